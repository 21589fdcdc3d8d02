// What any React application has; Plimsoll needs nothing here.
import react from "@vitejs/plugin-react";

export default { plugins: [react()] };

// What any Vue application has; Plimsoll needs nothing here.
import vue from "@vitejs/plugin-vue";

export default { plugins: [vue()] };

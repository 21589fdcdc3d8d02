// What any Svelte application has; Plimsoll needs nothing here.
import { svelte } from "@sveltejs/vite-plugin-svelte";

export default { plugins: [svelte()] };

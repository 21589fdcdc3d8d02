// The engine without a screen: bring your own.
export { createUploader } from "./index.js";

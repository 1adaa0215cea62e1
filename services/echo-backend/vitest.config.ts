export { default } from "../kit/vitest.config.ts";

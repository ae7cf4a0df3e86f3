/** The front door: middleware in order, then a router per noun. */
import { createRouter } from "./router.ts";

export const app = createRouter();

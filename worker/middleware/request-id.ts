/** Gives each request an id, by which its log line and its refusals are found. */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context.ts";

export function requestId() {
  return createMiddleware<AppEnv>(async function assignRequestId(c, next) {
    c.set("requestId", `req_${crypto.randomUUID().replaceAll("-", "")}`);
    await next();
  });
}

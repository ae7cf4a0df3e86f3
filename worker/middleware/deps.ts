/** Makes what the request needs: database, clock, ids, log, keys. */
import { createMiddleware } from "hono/factory";
import { createDeps } from "#queues/deps";
import type { AppEnv } from "../context.ts";

export function deps() {
  return createMiddleware<AppEnv>(async function provideDeps(c, next) {
    c.set("deps", createDeps(c.env));
    await next();
  });
}

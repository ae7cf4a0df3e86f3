/** One wide line per request: route, outcome, duration, who. Never an address, a body or a path with values in it. */
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppEnv } from "../context.ts";

export function logRequest() {
  return createMiddleware<AppEnv>(async function writeLogLine(c, next) {
    const { deps, requestId } = c.var;
    const startedAtMs = deps.now();
    await next();
    deps.log("request", {
      request_id: requestId,
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      duration_ms: deps.now() - startedAtMs,
      tenant: c.get("tenantId"),
      actor: c.get("actor")?.id ?? c.get("person")?.id,
      ray: c.req.header("cf-ray"),
    });
  });
}

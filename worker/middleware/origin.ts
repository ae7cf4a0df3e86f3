/** A browser sends our cookie along with requests other sites make; a write, or a socket, must come from our own pages. */
import { createMiddleware } from "hono/factory";
import { hasSessionCookie } from "../auth/session.ts";
import type { AppEnv } from "../context.ts";
import { problem } from "../problem.ts";

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

export function ownOrigin() {
  return createMiddleware<AppEnv>(async function checkOrigin(c, next) {
    const upgrade = c.req.header("upgrade")?.toLowerCase() === "websocket";
    const harmless = reading.has(c.req.method) && !upgrade;
    // Without our cookie there is nothing a foreign page could borrow.
    if (harmless || !hasSessionCookie(c.var.deps, c.req.header("cookie"))) return next();
    const origin = c.req.header("origin");
    // The address the browser used is as good as the configured one: both mean that the page is ours.
    if (origin === c.var.deps.publicOrigin || origin === new URL(c.req.url).origin) return next();
    return problem(c, { kind: "bad_origin" });
  });
}

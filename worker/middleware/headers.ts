/** Headers every answer carries. A page that needs a looser policy sets its own before this looks. */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context.ts";

const always = {
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
} as const;

export function secureHeaders() {
  return createMiddleware<AppEnv>(async function addHeaders(c, next) {
    await next();
    // An upgrade to a WebSocket has no headers to add, and copying it would lose the socket.
    if (c.res.status === 101) return;
    // Also makes a mutable copy where the answer came from elsewhere.
    c.header("x-request-id", c.var.requestId);
    const { headers } = c.res;
    const renewed = c.get("renewedCookie");
    // Unless the handler has just set, or cleared, the cookie itself.
    if (renewed && !headers.has("set-cookie")) headers.append("set-cookie", renewed);
    for (const [name, value] of Object.entries(always)) headers.set(name, value);
    const unlessSet = (name: string, value: string) => headers.has(name) || headers.set(name, value);
    unlessSet("referrer-policy", "no-referrer");
    unlessSet("cache-control", "no-store");
    const isPage = headers.get("content-type")?.startsWith("text/html");
    unlessSet(
      "content-security-policy",
      isPage ? "frame-ancestors 'none'" : "default-src 'none'; frame-ancestors 'none'",
    );
    unlessSet("x-frame-options", "DENY");
  });
}

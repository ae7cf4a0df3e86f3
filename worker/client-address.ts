/** Where a request came from, for the audit log. */
import type { Context } from "hono";
import type { AppEnv } from "./context.ts";

export function clientAddress(c: Context<AppEnv>): { readonly ip: string; readonly userAgent: string } {
  return {
    // Cloudflare sets it and overwrites what a client claims; without Cloudflare in front there is none.
    ip: (c.req.header("cf-connecting-ip") ?? "unknown").slice(0, 45),
    userAgent: (c.req.header("user-agent") ?? "").slice(0, 300),
  };
}

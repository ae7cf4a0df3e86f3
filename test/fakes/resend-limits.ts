/** Resend's limits: requests a second for the team, mails a day, and the memory of idempotency keys. */
import { problem, type ResendProblem } from "./resend-rules.ts";

export type Reply = { readonly status: number; readonly body: unknown };

const dayMs = 86_400_000;

/** A window of one second, as the `ratelimit-*` headers describe it. */
export function requestWindow(limit: () => number, now: () => number) {
  let startedMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  return {
    /** The headers of this answer, and whether the request passes. */
    take(): { readonly allowed: boolean; readonly headers: Record<string, string> } {
      if (now() - startedMs >= 1_000) {
        startedMs = now();
        used = 0;
      }
      used++;
      const resetSeconds = String(Math.max(1, Math.ceil((startedMs + 1_000 - now()) / 1_000)));
      const headers: Record<string, string> = {
        "ratelimit-limit": String(limit()),
        "ratelimit-remaining": String(Math.max(0, limit() - used)),
        "ratelimit-reset": resetSeconds,
      };
      const allowed = used <= limit();
      if (!allowed) headers["retry-after"] = resetSeconds;
      return { allowed, headers };
    },
  };
}

type Remembered = { readonly payload: string; readonly atMs: number; reply: Reply | undefined };

/** Keys belong to a credential and an endpoint, and are kept for 24 hours. */
export function keyMemory(now: () => number) {
  const known = new Map<string, Remembered>();
  return {
    /** `payload`: a text that differs where the meaning of the payload does. */
    async once(key: string, payload: string, run: () => Promise<Reply>): Promise<Reply | ResendProblem> {
      const found = known.get(key);
      if (found && now() - found.atMs < dayMs) {
        if (found.payload !== payload)
          return problem(
            409,
            "invalid_idempotent_request",
            "This idempotency key has already been used with a different payload.",
          );
        return (
          found.reply ??
          problem(
            409,
            "concurrent_idempotent_requests",
            "A request with this idempotency key is still being processed.",
          )
        );
      }
      const entry: Remembered = { payload, atMs: now(), reply: undefined };
      known.set(key, entry);
      const reply = await run();
      // Refusals are not kept: a corrected account may ask again under the same key.
      if (reply.status < 300) entry.reply = reply;
      else known.delete(key);
      return reply;
    },
    forget: () => known.clear(),
  };
}

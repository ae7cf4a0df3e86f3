/** A recipient at one of our links: who they are by their token, and the note that they came. */
import type { Context } from "hono";
import type { TenantDb } from "#db/scope";
import { type Purpose, type Verified, verifyToken } from "#domain/tracking/token";
import type { TrackedHit } from "#queues/messages";
import { clientAddress } from "../client-address.ts";
import type { AppEnv } from "../context.ts";

export type Visit = Verified & { readonly scope: TenantDb };

/** Undefined for a token we did not write, or not for this purpose. */
export async function visitOf(c: Context<AppEnv>, purpose: Purpose): Promise<Visit | undefined> {
  const { deps } = c.var;
  const { sign } = await deps.deploymentKey();
  const verified = await verifyToken(sign, purpose, c.req.param("token") ?? "");
  return verified && { ...verified, scope: deps.scope(verified.tenantId) };
}

export function hitOf(c: Context<AppEnv>, visit: Verified, event: TrackedHit["event"]): TrackedHit {
  const { deps } = c.var;
  const { ip, userAgent } = clientAddress(c);
  return {
    v: 1,
    kind: "tracked.hit",
    tenantId: visit.tenantId,
    event,
    messageId: visit.messageId,
    linkPosition: visit.position,
    hitId: deps.newId("evt"),
    atMs: deps.now(),
    ip,
    userAgent,
    method: c.req.method,
  };
}

/** Never throws and keeps nobody waiting: a person's click matters more than our count of it. */
export function noteHit(c: Context<AppEnv>, hit: TrackedHit): void {
  const { deps } = c.var;
  const sent = deps.env.INGEST_QUEUE.send(hit).catch((error: unknown) => {
    deps.log("hit.lost", { tenant: hit.tenantId, hit: hit.event, error: String(error) });
  });
  c.executionCtx.waitUntil(sent);
}

/** A recipient at one of our links: who they are by their token, and the note that they came. */
import type { Context } from "hono";
import type { TenantDb } from "#db/scope";
import type { TenantId } from "#domain/ids";
import { type Purpose, type Verified, verifyToken } from "#domain/tracking/token";
import type { Deps } from "#queues/deps";
import type { TrackedHit, TrackedHits } from "#queues/messages";
import { clientAddress } from "../client-address.ts";
import type { AppEnv } from "../context.ts";

export type Visit = Verified & { readonly scope: TenantDb };

/** Undefined for a token we did not write, or not for this purpose. */
export async function visitOf(c: Context<AppEnv>, purpose: Purpose): Promise<Visit | undefined> {
  const { deps } = c.var;
  const { sign } = await deps.deploymentKey();
  const verified = await verifyToken(sign, purpose, c.req.param("token") ?? "");
  if (!verified) return undefined;
  return {
    ...verified,
    // Where everything is known already, the database is not even opened.
    get scope() {
      return deps.scope(verified.tenantId);
    },
  };
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
    asn: networkOf(c),
  };
}

/** Cloudflare names the network a request comes from; without Cloudflare in front it is not known. */
function networkOf(c: Context<AppEnv>): number | null {
  const asn: unknown = c.req.raw.cf?.asn;
  return typeof asn === "number" && Number.isInteger(asn) && asn > 0 ? asn : null;
}

/** Hits of this isolate that wait for company, by tenant. */
const waiting = new Map<TenantId, TrackedHit[]>();
const companyMs = 200;
const maxTogether = 100;
/** When those that wait are sent; a sender that is later than this died with its request. */
let sendingAtMs = 0;
const senderLostMs = 2_000;

/** Never throws and keeps nobody waiting: a person's click matters more than our count of it. */
export function noteHit(c: Context<AppEnv>, hit: TrackedHit): void {
  const { deps } = c.var;
  const together = waiting.get(hit.tenantId) ?? [];
  together.push(hit);
  waiting.set(hit.tenantId, together);
  if (together.length >= maxTogether) {
    waiting.delete(hit.tenantId);
    c.executionCtx.waitUntil(sendHits(deps, together));
  }
  if (deps.now() < sendingAtMs + senderLostMs) return;
  sendingAtMs = deps.now() + companyMs;
  c.executionCtx.waitUntil(sendSoon(deps));
}

/** One request's timer sends what all of them left: an isolate may share values between requests, but no promises. */
async function sendSoon(deps: Deps): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, companyMs));
  sendingAtMs = 0;
  const all = [...waiting.values()];
  waiting.clear();
  await Promise.all(all.map((hits) => sendHits(deps, hits)));
}

async function sendHits(deps: Deps, hits: readonly TrackedHit[]): Promise<void> {
  const tenantId = hits[0]?.tenantId;
  if (!tenantId) return;
  const message: TrackedHits = { v: 1, kind: "tracked.hits", tenantId, hits: [...hits] };
  await deps.env.INGEST_QUEUE.send(message).catch((error: unknown) => {
    deps.log("hit.lost", { tenant: tenantId, hits: hits.length, error: String(error) });
  });
}

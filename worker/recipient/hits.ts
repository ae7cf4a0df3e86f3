/** The note that somebody came: gathered for a moment, then put on the queue together. */
import type { MessageId, TenantId } from "#domain/ids";
import { idMint } from "#domain/ports";
import type { TrackedHit, TrackedHits } from "#queues/messages";

const newId = idMint(
  () => Date.now(),
  (bytes) => void crypto.getRandomValues(bytes),
);

export function hitOf(
  request: Request,
  visit: { readonly messageId: MessageId; readonly position: number | null },
  event: TrackedHit["event"],
): TrackedHit {
  const { headers } = request;
  return {
    event,
    messageId: visit.messageId,
    linkPosition: visit.position,
    hitId: newId("evt"),
    atMs: Date.now(),
    // Cloudflare sets it and overwrites what a client claims; without Cloudflare in front there is none.
    ip: (headers.get("cf-connecting-ip") ?? "unknown").slice(0, 45),
    userAgent: (headers.get("user-agent") ?? "").slice(0, 300),
    method: request.method,
    asn: networkOf(request),
  };
}

/** Cloudflare names the network a request comes from; without Cloudflare in front it is not known. */
function networkOf(request: Request): number | null {
  const asn: unknown = request.cf?.asn;
  return typeof asn === "number" && Number.isInteger(asn) && asn > 0 ? asn : null;
}

/** Hits of this isolate that wait for company, by tenant. */
const waiting = new Map<TenantId, TrackedHit[]>();
const companyMs = 200;
const maxTogether = 100;
/** When those that wait are sent; a sender that is later than this died with its request. */
let sendingAtMs = 0;
const senderLostMs = 2_000;

type Outlet = Pick<Env, "INGEST_QUEUE">;
type Lifetime = Pick<ExecutionContext, "waitUntil">;

/** Never throws and keeps nobody waiting: a person's click matters more than our count of it. */
export function noteHit(env: Outlet, lifetime: Lifetime, tenantId: TenantId, hit: TrackedHit): void {
  const together = waiting.get(tenantId);
  if (!together) waiting.set(tenantId, [hit]);
  else if (together.push(hit) >= maxTogether) {
    waiting.delete(tenantId);
    lifetime.waitUntil(sendHits(env, tenantId, together));
  }
  const nowMs = hit.atMs;
  if (nowMs < sendingAtMs + senderLostMs) return;
  sendingAtMs = nowMs + companyMs;
  lifetime.waitUntil(sendSoon(env));
}

/** One request's timer sends what all of them left: an isolate may share values between requests, but no promises. */
async function sendSoon(env: Outlet): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, companyMs));
  sendingAtMs = 0;
  const all = [...waiting];
  waiting.clear();
  await Promise.all(all.map(([tenantId, hits]) => sendHits(env, tenantId, hits)));
}

async function sendHits(env: Outlet, tenantId: TenantId, hits: readonly TrackedHit[]): Promise<void> {
  const message: TrackedHits = { v: 1, kind: "tracked.hits", tenantId, hits: [...hits] };
  await env.INGEST_QUEUE.send(message).catch((error: unknown) => {
    const lost = { event: "hit.lost", tenant: tenantId, hits: hits.length, error: String(error) };
    console.log(JSON.stringify(lost));
  });
}

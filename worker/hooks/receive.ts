/** Takes a provider's report: whose it is, whether it is genuine, and onto the queue with it. */
import type { ConnectionId, TenantId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import type { ProviderKind } from "#domain/sending/provider";
import type { Deps } from "#queues/deps";
import type { ProviderReport } from "#queues/messages";
import { adapterOf, type Connection, loadConnection, verifyReport } from "#queues/providers/index";
import { noteForgery } from "./forgeries.ts";

export type Report = {
  readonly kind: ProviderKind;
  readonly id: ConnectionId;
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Uint8Array;
};

/** A queue takes 128,000 bytes a message, its envelope and the escaping of JSON included. */
const maxInlineBytes = 100_000;
const maxMessageBytes = 120_000;

const unknownConnection = fail({ kind: "not_found", what: "connection" });

/** `later` keeps what is left to do alive after the answer. */
export async function receiveReport(
  deps: Deps,
  report: Report,
  later: (work: Promise<unknown>) => void,
): Promise<Result<undefined>> {
  const raw = textOf(report.rawBody);
  const receiver = await receiverOf(deps, report.id, report.kind);
  if (!receiver) return unknownConnection;
  if (raw === undefined || !(await isGenuine(deps, report, receiver, raw))) {
    noteForgery(deps, { tenantId: receiver.tenantId, id: report.id, kind: report.kind }, later);
    return fail({ kind: "bad_signature" });
  }
  const { handshake } = adapterOf(report.kind);
  if (await handshake?.(requestOf(report, raw), receiver.connection, reportDeps(deps))) return ok();
  await enqueue(deps, report, receiver.tenantId, raw);
  return ok();
}

type Receiver = {
  readonly tenantId: TenantId;
  readonly kind: ProviderKind;
  readonly connection: Connection;
  readonly readAtMs: number;
};

/**
 * A provider posts thousands of times an hour: whose connection it is, and its secret, are remembered for a while.
 * A secret that was replaced meanwhile is read anew when a signature does not match, but not for every forgery.
 */
const receivers = new Map<ConnectionId, Receiver>();
const maxReceivers = 1_000;
const rememberedMs = 60_000;
const rereadAfterMs = 2_000;

async function receiverOf(deps: Deps, id: ConnectionId, kind: ProviderKind): Promise<Receiver | undefined> {
  const known = receivers.get(id);
  if (known && deps.now() - known.readAtMs < rememberedMs) return known.kind === kind ? known : undefined;
  return readReceiver(deps, id, kind);
}

async function readReceiver(deps: Deps, id: ConnectionId, kind: ProviderKind): Promise<Receiver | undefined> {
  receivers.delete(id);
  const owner = await deps.system.connections.owner(id);
  if (!owner || owner.kind !== kind) return undefined;
  const connection = await loadConnection(deps, owner.tenantId, id);
  if (!connection) return undefined;
  const receiver = { tenantId: owner.tenantId, kind, connection, readAtMs: deps.now() };
  if (receivers.size >= maxReceivers) receivers.clear();
  receivers.set(id, receiver);
  return receiver;
}

async function isGenuine(deps: Deps, report: Report, receiver: Receiver, raw: string): Promise<boolean> {
  const request = requestOf(report, raw);
  if (await verifyReport(request, receiver.connection, reportDeps(deps))) return true;
  if (deps.now() - receiver.readAtMs < rereadAfterMs) return false;
  const fresh = await readReceiver(deps, report.id, report.kind);
  if (!fresh || fresh.connection.changedAtMs === receiver.connection.changedAtMs) return false;
  return verifyReport(request, fresh.connection, reportDeps(deps));
}

const requestOf = ({ method, url, headers }: Report, rawBody: string) => ({ method, url, headers, rawBody });
const reportDeps = (deps: Deps) => ({
  now: deps.now,
  fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
});

/** Signatures are made over text; what is no UTF-8 was not signed by anyone we know. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function enqueue(deps: Deps, report: Report, tenantId: TenantId, raw: string): Promise<void> {
  const reportId = deps.newId("hkp");
  const message: ProviderReport = {
    v: 1,
    kind: "provider.report",
    tenantId,
    connectionId: report.id,
    reportId,
    raw,
    rawKey: null,
    method: report.method,
    url: withoutSecrets(report.url).slice(0, 4_000),
    headers: signatureHeaders(report.headers),
    receivedAtMs: deps.now(),
  };
  if (report.rawBody.length <= maxInlineBytes && sizeBytes(message) <= maxMessageBytes)
    return void (await deps.env.INGEST_QUEUE.send(message));
  const rawKey = `tenants/${tenantId}/hooks/${report.id}/${reportId}`;
  await deps.env.FILES.put(rawKey, report.rawBody);
  try {
    await deps.env.INGEST_QUEUE.send({ ...message, raw: null, rawKey });
  } catch (error) {
    // The provider is told to come again, with a copy of its own.
    await deps.env.FILES.delete(rawKey);
    throw error;
  }
}

/** Where a provider does not sign, a word in the address is the proof; the parser has no need of it. */
function withoutSecrets(address: string): string {
  const url = new URL(address);
  if (url.username === "" && url.password === "" && !url.searchParams.has("token")) return address;
  url.username = "";
  url.password = "";
  url.searchParams.delete("token");
  return url.href;
}

const sizeBytes = (message: ProviderReport) => new TextEncoder().encode(JSON.stringify(message)).length;

/** What the parser may need; cookies, addresses of proxies and the like stay outside. */
function signatureHeaders(headers: Report["headers"]): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => /^(?:svix-|webhook-|content-type$)/.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value.slice(0, 500)]));
}

/** From a queue message to the reports in it; replies, which belong to no message, are taken on the way. */
import type { ProviderEvent, ProviderKind } from "#domain/sending/provider";
import type { EventKind } from "#domain/tracking/event";
import type { Deps } from "../deps.ts";
import type { ProviderReport, ReportMessage, TrackedHit } from "../messages.ts";
import { loadConnection, parseReport } from "../providers/index.ts";
import { takeReplies } from "../replies/take.ts";
import { dedupeKey, visitorKey } from "./dedupe.ts";
import type { Report } from "./report.ts";

/** Throws where the report cannot be read now and may be later. */
export async function readReports(deps: Deps, message: ReportMessage, index: number): Promise<Report[]> {
  if (message.kind === "tracked.hits") return Promise.all(message.hits.map((hit) => readHit(hit, index)));
  const connection = await loadConnection(deps, message.tenantId, message.connectionId);
  if (!connection) {
    deps.log("ingest.no_connection", { tenant: message.tenantId, connection: message.connectionId });
    return [];
  }
  const raw = await rawBody(deps, message);
  const { method, url, headers } = message;
  const events = parseReport(connection.kind, { method, url, headers, rawBody: raw });
  await takeReplies(deps, connection, events, message.receivedAtMs);
  const ofMessages = events.flatMap(({ kind, ...rest }) => (kind === "replied" ? [] : [{ ...rest, kind }]));
  return Promise.all(ofMessages.map((event) => readEvent(message, connection.kind, event, index)));
}

async function readHit(hit: TrackedHit, index: number): Promise<Report> {
  return {
    index,
    source: "recipient",
    provider: "",
    messageId: hit.messageId,
    recipient: undefined,
    kind: hit.event,
    atMs: hit.atMs,
    dedupeKey: await dedupeKey("hit", hit.hitId),
    linkPosition: hit.linkPosition,
    bounce: undefined,
    detail: "",
    url: undefined,
    ip: hit.ip,
    userAgent: hit.userAgent,
    method: hit.method,
    asn: hit.asn ?? null,
    visitor: await visitorKey(hit.ip, hit.userAgent),
  };
}

async function readEvent(
  message: ProviderReport,
  provider: ProviderKind,
  event: ProviderEvent & { kind: EventKind },
  index: number,
): Promise<Report> {
  return {
    index,
    source: "provider",
    provider,
    messageId: event.messageId,
    recipient: event.recipient,
    kind: event.kind,
    atMs: momentOf(event.atMs, message.receivedAtMs),
    dedupeKey: await dedupeKey(message.connectionId, event.providerEventId),
    linkPosition: null,
    bounce: event.bounce,
    detail: event.detail ?? "",
    url: event.url,
    ip: event.ip ?? "",
    userAgent: event.userAgent ?? null,
    method: "GET",
    asn: null,
    visitor: null,
  };
}

const yearMs = 366 * 86_400_000;

/**
 * A provider's clock may be ahead of ours; nothing is reported before it happened. What is said to be years old is
 * somebody's empty date (0001-01-01 say), which no table takes.
 */
function momentOf(atMs: number, receivedAtMs: number): number {
  return atMs > receivedAtMs - yearMs ? Math.min(atMs, receivedAtMs) : receivedAtMs;
}

async function rawBody(deps: Deps, message: ProviderReport): Promise<string> {
  if (message.raw !== null) return message.raw;
  const stored = message.rawKey === null ? null : await deps.env.FILES.get(message.rawKey);
  if (!stored) throw new Error(`the body of a report is not in storage: ${message.rawKey}`);
  return stored.text();
}

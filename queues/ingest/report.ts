/** One thing that happened to one message, whoever told us. */
import type { NewEvent, ReportedMessage } from "#db/repos/events";
import type { MessageId } from "#domain/ids";
import type { ProviderKind } from "#domain/sending/provider";
import { classify } from "#domain/tracking/classify";
import type { EventKind } from "#domain/tracking/event";
import { rulesVersion } from "#domain/tracking/rules";
import type { Deps } from "../deps.ts";

export type Report = {
  /** Which queue message it came in. */
  readonly index: number;
  readonly source: "recipient" | "provider";
  /** Which kind of provider told us; empty for what our own pages saw. */
  readonly provider: ProviderKind | "";
  readonly messageId: MessageId | undefined;
  /** As the provider wrote it; undefined where it names nobody, and for what our own pages saw. */
  readonly recipient: string | undefined;
  readonly kind: EventKind;
  readonly atMs: number;
  readonly dedupeKey: Uint8Array;
  readonly linkPosition: number | null;
  readonly bounce: "hard" | "soft" | "block" | undefined;
  readonly detail: string;
  readonly url: string | undefined;
  readonly ip: string;
  /** Null where the provider does not say. */
  readonly userAgent: string | null;
  readonly method: string;
  /** The number of the visitor's network; null where it is not known. */
  readonly asn: number | null;
  /** 8 bytes made of address and agent; null where we did not see the visitor ourselves. */
  readonly visitor: Uint8Array | null;
};
export type Matched = { readonly report: Report; readonly message: ReportedMessage };

/** By itself; what came before and after it may change that (queues/ingest/judge.ts). */
function judgeAlone({ report, message }: Matched) {
  return classify({
    event: report.kind,
    userAgent: report.userAgent,
    method: report.method,
    atMs: report.atMs,
    acceptedAtMs: message.acceptedAt?.getTime() ?? null,
    asn: report.asn,
    linkPosition: report.linkPosition,
  });
}

export const isHit = ({ kind }: Pick<Report, "kind">) => kind === "opened" || kind === "clicked";

const longestDetail = 500;

export function eventOf(deps: Pick<Deps, "newId">, report: Report, message: ReportedMessage): NewEvent {
  const { machine, reasons } = judgeAlone({ report, message });
  const data: NewEvent["data"] = {};
  if (report.ip) data.ip = report.ip;
  if (report.userAgent !== null) data.user_agent = report.userAgent;
  if (report.url) data.url = report.url;
  if (report.bounce) data.bounce = report.bounce;
  if (report.method !== "GET") data.method = report.method;
  if (report.asn !== null) data.asn = report.asn;
  // Kept because it may change: a hit is itself the proof that a message was taken, where there was none yet.
  if (isHit(report)) data.accepted_ms = message.acceptedAt?.getTime() ?? null;
  if (reasons.length > 0) data.machine = reasons.join(" ");
  return {
    id: deps.newId("evt"),
    messageId: message.id,
    contactId: message.contactId,
    sourceId: message.sourceId,
    kind: report.kind,
    dedupeKey: report.dedupeKey,
    machine,
    rules: rulesVersion,
    linkPosition: report.linkPosition,
    visitor: report.visitor,
    detail: report.detail.slice(0, longestDetail),
    data,
    at: new Date(report.atMs),
  };
}

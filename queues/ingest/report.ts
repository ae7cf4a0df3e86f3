/** One thing that happened to one message, whoever told us. */
import type { NewEvent, ReportedMessage } from "#db/repos/events";
import type { MessageId } from "#domain/ids";
import { classify } from "#domain/tracking/classify";
import type { EventKind } from "#domain/tracking/event";
import type { Deps } from "../deps.ts";

export type Report = {
  /** Which queue message it came in. */
  readonly index: number;
  readonly source: "recipient" | "provider";
  readonly messageId: MessageId | undefined;
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
};
export type Matched = { readonly report: Report; readonly message: ReportedMessage };

export function judge({ report, message }: Matched) {
  return classify({
    event: report.kind,
    userAgent: report.userAgent,
    method: report.method,
    atMs: report.atMs,
    acceptedAtMs: message.acceptedAt?.getTime() ?? null,
  });
}

const longestDetail = 500;

export function eventOf(deps: Pick<Deps, "newId">, report: Report, message: ReportedMessage): NewEvent {
  const { machine, reasons } = judge({ report, message });
  const data: NewEvent["data"] = {};
  if (report.ip) data.ip = report.ip;
  if (report.userAgent) data.user_agent = report.userAgent;
  if (report.url) data.url = report.url;
  if (report.bounce) data.bounce = report.bounce;
  if (reasons.length > 0) data.machine = reasons.join(" ");
  return {
    id: deps.newId("evt"),
    messageId: message.id,
    contactId: message.contactId,
    sourceId: message.sourceId,
    kind: report.kind,
    dedupeKey: report.dedupeKey,
    machine,
    linkPosition: report.linkPosition,
    detail: report.detail.slice(0, longestDetail),
    data,
    at: new Date(report.atMs),
  };
}

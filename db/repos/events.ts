/** What happened to messages, as it was told: written in bulk, the same report twice is one row. */
import { inArray } from "drizzle-orm";
import type { ContactId, EventId, MessageId, RunId } from "#domain/ids";
import type { EventKind } from "#domain/tracking/event";
import { type Literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { messageEvents, messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type ReportedMessage = Pick<
  typeof messages.$inferSelect,
  | "id"
  | "sourceId"
  | "step"
  | "contactId"
  | "isDirect"
  | "state"
  | "tries"
  | "address"
  | "connectionId"
  | "acceptedAt"
  | "openedAt"
  | "clickedAt"
  | "machineOpenedAt"
  | "unsubscribedAt"
>;
export type NewEvent = {
  readonly id: EventId;
  readonly messageId: MessageId;
  readonly contactId: ContactId;
  readonly sourceId: RunId;
  readonly kind: EventKind;
  /** 16 bytes: the same report twice is one row. */
  readonly dedupeKey: Uint8Array;
  readonly machine: boolean;
  readonly rules: number;
  readonly linkPosition: number | null;
  /** 8 bytes; null where it is not known who came. */
  readonly visitor: Uint8Array | null;
  readonly detail: string;
  readonly data: Record<string, string | number | null>;
  readonly at: Date;
};

export const reported = {
  id: messages.id,
  sourceId: messages.sourceId,
  step: messages.step,
  contactId: messages.contactId,
  isDirect: messages.isDirect,
  state: messages.state,
  tries: messages.tries,
  address: messages.address,
  connectionId: messages.connectionId,
  acceptedAt: messages.acceptedAt,
  openedAt: messages.openedAt,
  clickedAt: messages.clickedAt,
  machineOpenedAt: messages.machineOpenedAt,
  unsubscribedAt: messages.unsubscribedAt,
};

export async function messagesById(scope: TenantDb, ids: readonly MessageId[]) {
  if (ids.length === 0) return new Map<MessageId, ReportedMessage>();
  const rows: ReportedMessage[] = await scope.pick(reported, messages, inArray(messages.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Those of the keys that are recorded already. */
export async function knownEvents(scope: TenantDb, keys: readonly Uint8Array[]): Promise<Uint8Array[]> {
  if (keys.length === 0) return [];
  const rows = await scope.pick(
    { key: messageEvents.dedupeKey },
    messageEvents,
    inArray(messageEvents.dedupeKey, [...keys]),
  );
  return rows.map((row) => row.key);
}

export async function insertEvents(scope: TenantDb, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((e): Literal[] => [
    { id: scope.tenantId },
    { id: e.id },
    { id: e.messageId },
    { id: e.contactId },
    { id: e.sourceId },
    e.kind,
    e.dedupeKey,
    e.machine,
    e.rules,
    e.linkPosition,
    e.visitor,
    e.detail,
    { json: e.data },
    e.at,
  ]);
  const columns =
    "tenant_id, id, message_id, contact_id, source_id, kind, dedupe_key, machine, rules, link_position, visitor, detail, data, at";
  const statement = rawStatement(
    `insert ignore into message_events (${columns}) values ${rowsLiteral(rows)}`,
  );
  await retryLocks(() => scope.execute(statement));
}

/** What happened to messages, written in bulk: a batch of reports costs a handful of statements. */
import { inArray } from "drizzle-orm";
import type { ContactId, EventId, MessageId, RunId } from "#domain/ids";
import { type ReportedState, statesBelow } from "#domain/sending/ledger";
import type { EventKind } from "#domain/tracking/event";
import { type Literal, literal, momentLiteral, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { messageEvents, messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type ReportedMessage = Pick<
  typeof messages.$inferSelect,
  | "id"
  | "sourceId"
  | "step"
  | "contactId"
  | "state"
  | "address"
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
  readonly linkPosition: number | null;
  readonly detail: string;
  readonly data: Record<string, string | number | null>;
  readonly at: Date;
};

export async function messagesById(scope: TenantDb, ids: readonly MessageId[]) {
  if (ids.length === 0) return new Map<MessageId, ReportedMessage>();
  const rows: ReportedMessage[] = await scope.pick(
    {
      id: messages.id,
      sourceId: messages.sourceId,
      step: messages.step,
      contactId: messages.contactId,
      state: messages.state,
      address: messages.address,
      acceptedAt: messages.acceptedAt,
      openedAt: messages.openedAt,
      clickedAt: messages.clickedAt,
      machineOpenedAt: messages.machineOpenedAt,
      unsubscribedAt: messages.unsubscribedAt,
    },
    messages,
    inArray(messages.id, [...ids]),
  );
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
    e.linkPosition,
    e.detail,
    { json: e.data },
    e.at,
  ]);
  const columns =
    "tenant_id, id, message_id, contact_id, source_id, kind, dedupe_key, machine, link_position, detail, data, at";
  const statement = rawStatement(
    `insert ignore into message_events (${columns}) values ${rowsLiteral(rows)}`,
  );
  await retryLocks(() => scope.execute(statement));
}

/** Rows of one run that lie together in its key. */
export type Group = { readonly runId: RunId; readonly step: number };
export type Stamp = { readonly contactId: ContactId; readonly at: Date };

function rowsOf(scope: TenantDb, group: Group, contactIds: readonly ContactId[]): string {
  // In key order: two consumers that touch the same rows then wait for each other instead of deadlocking.
  const ids = [...contactIds].sort().map((id) => literal({ id }));
  return (
    `tenant_id = ${literal({ id: scope.tenantId })} and source_id = ${literal({ id: group.runId })}` +
    ` and step = ${group.step} and contact_id in (${ids.join(",")})`
  );
}

/**
 * Moves messages forward to what was reported of them, never back (domain/sending/ledger.ts). A row that was put back
 * into the queue after an attempt counts as tried: the report proves that the provider has it. Answers how many moved.
 */
export async function moveForward(
  scope: TenantDb,
  group: Group,
  to: ReportedState,
  stamps: readonly Stamp[],
): Promise<number> {
  if (stamps.length === 0) return 0;
  const below = statesBelow(to).map(literal).join(",");
  const rows = rowsOf(
    scope,
    group,
    stamps.map((s) => s.contactId),
  );
  const statement = rawStatement(
    `update messages set accepted_at = coalesce(accepted_at, ${caseOf(stamps)}), state = ${literal(to)}` +
      ` where ${rows} and (state in (${below}) or (state = 'queued' and tries > 0))`,
  );
  return (await retryLocks(() => scope.execute(statement))).rowsAffected;
}

const stampColumns = {
  openedAt: "opened_at",
  clickedAt: "clicked_at",
  machineOpenedAt: "machine_opened_at",
  unsubscribedAt: "unsubscribed_at",
} as const;
export type StampColumn = keyof typeof stampColumns;

/** Writes a first time where there is none yet. Answers how many got one. */
export async function stampOnce(
  scope: TenantDb,
  group: Group,
  column: StampColumn,
  stamps: readonly Stamp[],
): Promise<number> {
  if (stamps.length === 0) return 0;
  const name = stampColumns[column];
  const rows = rowsOf(
    scope,
    group,
    stamps.map((s) => s.contactId),
  );
  const statement = rawStatement(
    `update messages set ${name} = ${caseOf(stamps)} where ${rows} and ${name} is null`,
  );
  return (await retryLocks(() => scope.execute(statement))).rowsAffected;
}

function caseOf(stamps: readonly Stamp[]): string {
  const whens = stamps.map((s) => `when ${literal({ id: s.contactId })} then ${momentLiteral(s.at)}`);
  return `case contact_id ${whens.join(" ")} end`;
}

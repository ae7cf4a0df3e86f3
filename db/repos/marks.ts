/** What reports and hits leave in the ledger: states, reasons and first times, for many messages of many runs at once. */
import { asc, sql } from "drizzle-orm";
import type { MessageId } from "#domain/ids";
import type { MessageState } from "#domain/sending/ledger";
import { literal, momentLiteral, rawStatement, textLiteral } from "../bulk.ts";
import { messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { type ReportedMessage, reported } from "./events.ts";

/** The ledger's own key of a message. */
export type Key = Pick<ReportedMessage, "id" | "sourceId" | "step" | "contactId">;

/** In key order: two consumers that touch the same rows then wait for each other instead of deadlocking. */
function keysText(keys: readonly Key[]): string {
  return keys
    .map((key) => `(${literal({ id: key.sourceId })},${key.step},${literal({ id: key.contactId })})`)
    .sort()
    .join(",");
}

/** The rows as they stand, held until the transaction ends. */
export async function lockMessages(
  tx: TenantDb,
  keys: readonly Key[],
): Promise<Map<MessageId, ReportedMessage>> {
  if (keys.length === 0) return new Map();
  const rows: ReportedMessage[] = await tx
    .pick(reported, messages, sql.raw(`(source_id, step, contact_id) in (${keysText(keys)})`))
    .orderBy(asc(messages.sourceId), asc(messages.step), asc(messages.contactId))
    .for("update");
  return new Map(rows.map((row) => [row.id, row]));
}

const columns = {
  acceptedAt: "accepted_at",
  openedAt: "opened_at",
  clickedAt: "clicked_at",
  machineOpenedAt: "machine_opened_at",
  unsubscribedAt: "unsubscribed_at",
} as const;
type Column = keyof typeof columns;

/** What changes in one row; what is absent stays. */
export type Mark = { readonly key: Key; readonly state?: MessageState; readonly reason?: string } & {
  readonly [C in Column]?: Date | null;
};

/** Hand in the scope of the transaction that locked the rows. One statement, whatever changes. */
export async function writeMarks(tx: TenantDb, marks: readonly Mark[]): Promise<void> {
  const sets = [
    ...textSet("state", marks, (mark) => mark.state),
    ...textSet("reason", marks, (mark) => mark.reason),
    ...(Object.keys(columns) as Column[]).flatMap((column) => momentSet(column, marks)),
  ];
  if (sets.length === 0) return;
  const where = `tenant_id = ${literal({ id: tx.tenantId })} and (source_id, step, contact_id) in`;
  const keys = keysText(marks.map((mark) => mark.key));
  await tx.execute(rawStatement(`update messages set ${sets.join(", ")} where ${where} (${keys})`));
}

/** Few different texts for many rows. */
function textSet(
  name: "state" | "reason",
  marks: readonly Mark[],
  textOf: (mark: Mark) => string | undefined,
): string[] {
  const changing = marks.filter((mark) => textOf(mark) !== undefined);
  if (changing.length === 0) return [];
  const whens = [...Map.groupBy(changing, (mark) => textOf(mark) ?? "")].map(
    ([value, some]) =>
      `when id in (${some.map((m) => literal({ id: m.key.id })).join(",")}) then ${textLiteral(value)}`,
  );
  return [`${name} = case ${whens.join(" ")} else ${name} end`];
}

function momentSet(column: Column, marks: readonly Mark[]): string[] {
  const name = columns[column];
  const whens = marks.flatMap((mark) => {
    const at = mark[column];
    if (at === undefined) return [];
    return [`when ${literal({ id: mark.key.id })} then ${at === null ? "null" : momentLiteral(at)}`];
  });
  return whens.length > 0 ? [`${name} = case id ${whens.join(" ")} else ${name} end`] : [];
}

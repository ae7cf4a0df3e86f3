/** Opens and clicks as they were recorded, and how they are judged. */
import { and, between, count, eq, gte, inArray, or } from "drizzle-orm";
import type { ContactId, EventId, MessageId, RunId } from "#domain/ids";
import { literal, rawStatement, textLiteral } from "../bulk.ts";
import { messageEvents, messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type HitRow = Pick<
  typeof messageEvents.$inferSelect,
  "id" | "messageId" | "at" | "linkPosition" | "data" | "visitor" | "machine" | "rules"
> & { readonly kind: "opened" | "clicked" };

type Owned = { readonly id: MessageId; readonly contactId: ContactId };
const ofMessages = (rows: readonly Owned[]) =>
  and(
    // By the index on the person; a person's other messages are few.
    inArray(messageEvents.contactId, [...new Set(rows.map((row) => row.contactId))]),
    inArray(
      messageEvents.messageId,
      rows.map((row) => row.id),
    ),
    inArray(messageEvents.kind, ["opened", "clicked"]),
  );

/** All opens and clicks of these messages, by message. */
export async function hitsOf(scope: TenantDb, rows: readonly Owned[]): Promise<Map<MessageId, HitRow[]>> {
  if (rows.length === 0) return new Map();
  const found = await scope.pick(
    {
      id: messageEvents.id,
      messageId: messageEvents.messageId,
      kind: messageEvents.kind,
      at: messageEvents.at,
      linkPosition: messageEvents.linkPosition,
      data: messageEvents.data,
      visitor: messageEvents.visitor,
      machine: messageEvents.machine,
      rules: messageEvents.rules,
    },
    messageEvents,
    ofMessages(rows),
  );
  return Map.groupBy(found as HitRow[], (hit) => hit.messageId);
}

/** How many opens and clicks are recorded of each. */
export async function hitCounts(scope: TenantDb, rows: readonly Owned[]): Promise<Map<MessageId, number>> {
  if (rows.length === 0) return new Map();
  const found = await scope
    .pick({ messageId: messageEvents.messageId, hits: count() }, messageEvents, ofMessages(rows))
    .groupBy(messageEvents.messageId);
  return new Map(found.map((row) => [row.messageId, Number(row.hits)]));
}

export type Window = { readonly visitor: Uint8Array; readonly fromMs: number; readonly toMs: number };
const mostClicks = 5_000;

/** The clicks of visitors in a run within windows of time, whosever message they were in. */
export async function visitorClicks(scope: TenantDb, runId: RunId, windows: readonly Window[]) {
  if (windows.length === 0) return [];
  const inWindows = windows.map(({ visitor, fromMs, toMs }) =>
    and(eq(messageEvents.visitor, visitor), between(messageEvents.at, new Date(fromMs), new Date(toMs))),
  );
  return scope
    .pick(
      {
        messageId: messageEvents.messageId,
        visitor: messageEvents.visitor,
        at: messageEvents.at,
        data: messageEvents.data,
      },
      messageEvents,
      and(eq(messageEvents.sourceId, runId), eq(messageEvents.kind, "clicked"), or(...inWindows)),
    )
    .limit(mostClicks);
}

export type Rejudged = { readonly id: EventId; readonly reasons: string };

/** Writes judgements: a machine where there are reasons. */
export async function writeJudgements(
  tx: TenantDb,
  rules: number,
  judged: readonly Rejudged[],
): Promise<void> {
  if (judged.length === 0) return;
  const sorted = [...judged].sort((a, b) => (a.id < b.id ? -1 : 1));
  const idsOf = (some: readonly Rejudged[]) => some.map(({ id }) => literal({ id })).join(",");
  const cases = [...Map.groupBy(sorted, (one) => one.reasons)].map(([reasons, some]) => {
    const data =
      reasons === ""
        ? "json_remove(data, '$.machine')"
        : `json_set(data, '$.machine', ${textLiteral(reasons)})`;
    return `when id in (${idsOf(some)}) then ${data}`;
  });
  const machines = sorted.filter((one) => one.reasons !== "");
  const machine = machines.length > 0 ? `id in (${idsOf(machines)})` : "0";
  await tx.execute(
    rawStatement(
      `update message_events set machine = ${machine}, rules = ${rules}, data = case ${cases.join(" ")} else data end` +
        ` where tenant_id = ${literal({ id: tx.tenantId })} and id in (${idsOf(sorted)})`,
    ),
  );
}

/** What bounced and what arrived at these people since, with the address it went to. */
export async function bounceHistory(scope: TenantDb, contactIds: readonly ContactId[], since: Date) {
  if (contactIds.length === 0) return [];
  return scope
    .pick(
      {
        contactId: messageEvents.contactId,
        address: messages.address,
        kind: messageEvents.kind,
        data: messageEvents.data,
        at: messageEvents.at,
      },
      messageEvents,
      and(
        inArray(messageEvents.contactId, [...contactIds]),
        inArray(messageEvents.kind, ["bounced", "delivered"]),
        gte(messageEvents.at, since),
      ),
    )
    .innerJoin(messages, scope.on(messages, eq(messages.id, messageEvents.messageId)));
}

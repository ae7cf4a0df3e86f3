/** Who a recipient link is about: a message of the ledger, its person, and where its clicks lead. */
import { and, asc, between, eq, sql } from "drizzle-orm";
import { idFromBytes, type MessageId, type RunId } from "#domain/ids";
import { contacts, links, messages, suppressions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

/** Answered from the index on the message id alone. */
export async function runOfMessage(scope: TenantDb, messageId: MessageId): Promise<RunId | undefined> {
  const [row] = await scope.pick({ runId: messages.sourceId }, messages, eq(messages.id, messageId));
  return row?.runId;
}

/** As good as always one: messages frozen in the same millisecond may begin alike. */
const mostAlike = 64;

/** Messages whose id lies between both ends, answered from the index on the message id alone. */
export async function messagesBetween(scope: TenantDb, first: Uint8Array, last: Uint8Array) {
  const end = (bytes: Uint8Array) => sql.param(idFromBytes("msg", bytes), messages.id);
  return scope
    .pick(
      { messageId: messages.id, runId: messages.sourceId },
      messages,
      between(messages.id, end(first), end(last)),
    )
    .limit(mostAlike);
}

/** By position. */
export async function linkTable(scope: TenantDb, runId: RunId): Promise<string[]> {
  const rows = await scope
    .pick({ position: links.position, url: links.url }, links, eq(links.runId, runId))
    .orderBy(asc(links.position));
  const table: string[] = [];
  for (const { position, url } of rows) table[position] = url;
  return table;
}

/** Where a message went, also when its contact was deleted since. */
export async function addressOfMessage(scope: TenantDb, messageId: MessageId): Promise<string | undefined> {
  const [row] = await scope.pick({ address: messages.address }, messages, eq(messages.id, messageId));
  return row?.address || undefined;
}

/** Undefined for test sends and for people who were erased. */
export async function recipientOf(scope: TenantDb, messageId: MessageId) {
  const [row] = await scope
    .pick(
      {
        runId: messages.sourceId,
        address: messages.address,
        contact: contacts,
        suppressed: suppressions.reason,
      },
      messages,
      eq(messages.id, messageId),
    )
    .innerJoin(contacts, scope.on(contacts, eq(contacts.id, messages.contactId)))
    .leftJoin(
      suppressions,
      scope.on(
        suppressions,
        // Telephone numbers begin with a plus, e-mail addresses never alone (domain/contact/consent.ts).
        and(
          sql`${suppressions.channel} = if(${messages.address} like '+%' and ${messages.address} not like '%@%', 'sms', 'email')`,
          eq(suppressions.address, messages.address),
        ),
      ),
    );
  return row;
}
export type MessageRecipient = NonNullable<Awaited<ReturnType<typeof recipientOf>>>;

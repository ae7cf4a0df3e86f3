/** Who a recipient link is about: a message of the ledger, its person, and where its clicks lead. */
import { and, asc, eq } from "drizzle-orm";
import type { MessageId, RunId } from "#domain/ids";
import { contacts, links, messages, suppressions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

/** Answered from the index on the message id alone. */
export async function runOfMessage(scope: TenantDb, messageId: MessageId): Promise<RunId | undefined> {
  const [row] = await scope.pick({ runId: messages.sourceId }, messages, eq(messages.id, messageId));
  return row?.runId;
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
        and(eq(suppressions.channel, "email"), eq(suppressions.address, messages.address)),
      ),
    );
  return row;
}
export type MessageRecipient = NonNullable<Awaited<ReturnType<typeof recipientOf>>>;

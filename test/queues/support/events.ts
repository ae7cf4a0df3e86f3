/** Reports of a provider, applied to the ledger the way the ingest consumer does it. */
import { and, eq, inArray } from "drizzle-orm";
import { messages } from "#db/schema/ledger";
import type { TenantDb } from "#db/scope";
import { type ReportedState, statesBelow } from "#domain/sending/ledger";
import type { Person } from "./run.ts";

export async function applyEvents(
  scope: TenantDb,
  people: readonly Person[],
  to: ReportedState,
): Promise<void> {
  for (const person of people)
    await scope.update(
      messages,
      { state: to },
      and(eq(messages.id, person.messageId), inArray(messages.state, statesBelow(to))),
    );
}

/** The ledger's statements: freeze, claim, record, release. Each statement on many rows goes in key order. */
import { and, asc, eq, gt, inArray, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Channel } from "#domain/contact/consent";
import type { ConnectionId, ContactId, MessageId, RunId } from "#domain/ids";
import type { SkipReason } from "#domain/sending/ledger";
import { bytesLiteral, type Literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { contacts, messages, suppressions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type Range = { readonly runId: RunId; readonly after: ContactId | null; readonly upTo: ContactId };

export function inRange(range: Range): SQL {
  return sql`${eq(messages.sourceId, range.runId)} and ${eq(messages.step, 0)} and ${lte(messages.contactId, range.upTo)}${
    range.after ? sql` and ${gt(messages.contactId, range.after)}` : sql``
  }`;
}

export type FrozenRow = {
  readonly contactId: ContactId;
  readonly messageId: MessageId;
  readonly address: string;
  readonly skip: SkipReason | null;
  /** Nothing goes before this moment. */
  readonly notBefore?: Date | null;
};

/** Writes what is missing; a page written twice changes nothing. */
export async function freezeRows(scope: TenantDb, runId: RunId, rows: readonly FrozenRow[]): Promise<void> {
  if (rows.length === 0) return;
  const tenant = { id: scope.tenantId };
  const source = { id: runId };
  const values: Literal[][] = rows.map((row) => [
    tenant,
    source,
    0,
    { id: row.contactId },
    { id: row.messageId },
    row.skip ? "skipped" : "queued",
    row.skip ?? "",
    row.address,
    row.notBefore ?? null,
  ]);
  const statement = rawStatement(
    `insert ignore into messages (tenant_id, source_id, step, contact_id, id, state, reason, address, not_before) values ${rowsLiteral(values)}`,
  );
  await retryLocks(() => scope.execute(statement));
}

/** Takes what is due in the range for this attempt, `limit` rows at most; two attempts never get the same row. */
export async function claim(
  scope: TenantDb,
  range: Range,
  attempt: { readonly id: Uint8Array; readonly connectionId: ConnectionId },
  now: Date,
  limit?: number,
): Promise<void> {
  const { id: attemptId, connectionId } = attempt;
  await retryLocks(() => {
    const taken = scope.update(
      messages,
      { state: "sending", attemptId, connectionId, claimedAt: now, tries: sql`${messages.tries} + 1` },
      and(
        inRange(range),
        eq(messages.state, "queued"),
        or(isNull(messages.notBefore), lte(messages.notBefore, now)),
      ),
    );
    return limit === undefined ? taken : taken.orderBy(asc(messages.contactId)).limit(limit);
  });
}

/** What sending needs to know of a person. */
export type Person = Pick<
  typeof contacts.$inferSelect,
  | "email"
  | "emailConsent"
  | "phone"
  | "smsConsent"
  | "firstName"
  | "lastName"
  | "locale"
  | "country"
  | "timeZone"
  | "fields"
>;

/** The rows an attempt has claimed, with all that is needed to write to each person, and nothing more. */
export async function attemptRows(scope: TenantDb, range: Range, attemptId: Uint8Array, channel: Channel) {
  return scope
    .pick(
      {
        contactId: messages.contactId,
        messageId: messages.id,
        address: messages.address,
        tries: messages.tries,
        heldSince: messages.heldSince,
        /** Null where the contact was deleted meanwhile. */
        person: {
          // First a column that is never null: drizzle takes a joined row for missing where its first column is.
          emailConsent: contacts.emailConsent,
          email: contacts.email,
          phone: contacts.phone,
          smsConsent: contacts.smsConsent,
          firstName: contacts.firstName,
          lastName: contacts.lastName,
          locale: contacts.locale,
          country: contacts.country,
          timeZone: contacts.timeZone,
          fields: contacts.fields,
        },
        suppressed: suppressions.reason,
      },
      messages,
      and(inRange(range), eq(messages.state, "sending"), eq(messages.attemptId, attemptId)),
    )
    .leftJoin(contacts, scope.on(contacts, eq(contacts.id, messages.contactId)))
    .leftJoin(
      suppressions,
      scope.on(
        suppressions,
        and(eq(suppressions.channel, channel), eq(suppressions.address, messages.address)),
      ),
    )
    .orderBy(asc(messages.contactId));
}

export type AttemptRow = Awaited<ReturnType<typeof attemptRows>>[number];

/** Rows of the range that some attempt holds, dead or alive. */
export async function claimedRows(scope: TenantDb, range: Range) {
  return scope
    .pick(
      {
        contactId: messages.contactId,
        messageId: messages.id,
        address: messages.address,
        attemptId: messages.attemptId,
        connectionId: messages.connectionId,
        claimedAt: messages.claimedAt,
        tries: messages.tries,
      },
      messages,
      and(inRange(range), eq(messages.state, "sending")),
    )
    .orderBy(asc(messages.contactId));
}
export type ClaimedRow = Awaited<ReturnType<typeof claimedRows>>[number];

export type Recorded = {
  readonly contactId: ContactId;
  readonly messageId: MessageId;
  readonly address: string;
  readonly state: "accepted" | "failed" | "skipped" | "queued" | "unknown";
  readonly reason: string;
  readonly providerMessageId: string | null;
  readonly notBefore: Date | null;
  /** Parts of a text message that was written; what is known stays where nothing was. */
  readonly segments?: number;
};

/**
 * Records what became of an attempt's rows, in one statement. Only rows the attempt still holds change state; an event
 * that came first (`delivered` before our own answer) keeps its place and gains the provider's id.
 */
export async function record(
  scope: TenantDb,
  runId: RunId,
  attemptId: Uint8Array,
  rows: readonly Recorded[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const tenant = { id: scope.tenantId };
  const source = { id: runId };
  const sorted = [...rows].sort((a, b) => (a.contactId < b.contactId ? -1 : 1));
  const values: Literal[][] = sorted.map((row) => [
    tenant,
    source,
    0,
    { id: row.contactId },
    { id: row.messageId },
    row.state,
    row.reason.slice(0, 300),
    row.address,
    row.notBefore,
    row.providerMessageId,
    row.state === "accepted" ? now : null,
    row.segments ?? 0,
  ]);
  const mine = `attempt_id = ${bytesLiteral(attemptId)} and state in ('sending','unknown')`;
  // MySQL assigns from left to right: `state` goes last, or the conditions before it would see the new one.
  const statement = rawStatement(
    `insert into messages (tenant_id, source_id, step, contact_id, id, state, reason, address, not_before, provider_message_id, accepted_at, segments) values ${rowsLiteral(values)} on duplicate key update ` +
      "provider_message_id = coalesce(provider_message_id, values(provider_message_id)), " +
      "accepted_at = coalesce(accepted_at, values(accepted_at)), " +
      "segments = greatest(segments, values(segments)), " +
      `not_before = if(${mine}, values(not_before), not_before), ` +
      `reason = if(${mine}, values(reason), reason), ` +
      `state = if(${mine}, values(state), state)`,
  );
  await retryLocks(() => scope.execute(statement));
}

/** Rows an attempt held and certainly did not hand to the provider: back into the queue, and the try does not count. */
export async function release(
  scope: TenantDb,
  runId: RunId,
  attemptId: Uint8Array,
  contactIds: readonly ContactId[],
): Promise<void> {
  if (contactIds.length === 0) return;
  await retryLocks(() =>
    scope.update(
      messages,
      { state: "queued", attemptId: null, claimedAt: null, tries: sql`greatest(${messages.tries} - 1, 0)` },
      and(
        eq(messages.sourceId, runId),
        eq(messages.step, 0),
        inArray(messages.contactId, [...contactIds]),
        eq(messages.attemptId, attemptId),
        eq(messages.state, "sending"),
      ),
    ),
  );
}

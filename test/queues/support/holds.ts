/** Runs to the same people, claimed, asked of caps and quiet hours, and accepted. */
import { type AttemptRow, attemptRows, claim, record } from "#db/repos/ledger";
import { contacts, messages, runs } from "#db/schema/index";
import type { TenantDb } from "#db/scope";
import type { RunId } from "#domain/ids";
import type { ChannelPolicy } from "#domain/sending/hold";
import { heldBack } from "#queues/sending/holds";
import { newId } from "#test/support/scope";
import { connectionId, frozenPeople, newAttempt, type Person, rangeOf } from "./run.ts";

export const noon = Date.UTC(2026, 11, 2, 12);
export const hour = 3_600_000;
export const night = { cap: null, quiet_hours: { from: "20:00", to: "09:00" } };
export const onceADay = { cap: { messages: 1, days: 1 }, quiet_hours: null };

async function addRun(scope: TenantDb, id: RunId, more: Partial<typeof runs.$inferInsert> = {}) {
  const text = {
    subject: "s",
    preheader: "",
    html: "h",
    text: "t",
    fromName: "",
    fromEmail: "a@shop.example",
  };
  await scope.insert(runs, {
    ...text,
    id,
    campaignId: newId("cmp"),
    connectionId,
    audience: { everyone: true, lists: [], segments: [], exclude_lists: [], exclude_segments: [] },
    defaults: {},
    replyTo: "",
    postalAddress: "",
    trackOpens: false,
    trackClicks: false,
    startedAt: new Date(noon),
    ...more,
  });
}
async function addContacts(scope: TenantDb, people: readonly Person[], zones: readonly string[]) {
  const at = new Date(noon);
  const rows = people.map((p, i) => ({
    id: p.contactId,
    email: p.address,
    timeZone: zones[i] ?? "",
    emailConsent: "subscribed" as const,
    fields: {},
    source: "api",
    createdAt: at,
    updatedAt: at,
  }));
  await scope.insert(contacts, rows);
}
export async function shopWith(count: number, zones: string[] = []) {
  const { scope, runId, people } = await frozenPeople(count);
  await addContacts(scope, people, zones);
  await addRun(scope, runId);
  return { scope, runId, people };
}
/** Another run to the same people. */
export async function secondRun(
  scope: TenantDb,
  people: readonly Person[],
  more: Partial<typeof runs.$inferInsert> = {},
) {
  const runId = newId("run");
  await addRun(scope, runId, more);
  const again = people.map((p) => ({ ...p, messageId: newId("msg") }));
  await scope.insert(
    messages,
    again.map((p) => ({
      sourceId: runId,
      contactId: p.contactId,
      id: p.messageId,
      state: "queued" as const,
      address: p.address,
    })),
  );
  return { runId, people: again };
}
export async function claimed(scope: TenantDb, runId: RunId, people: readonly Person[], atMs: number) {
  const attempt = newAttempt();
  await claim(scope, rangeOf(runId, people), { id: attempt, connectionId }, new Date(atMs));
  return { attempt, rows: await attemptRows(scope, rangeOf(runId, people), attempt, "email") };
}
export function ask(
  scope: TenantDb,
  runId: RunId,
  policy: ChannelPolicy,
  attempt: Uint8Array,
  rows: AttemptRow[],
  atMs: number,
  holdAtMostHours = 72,
) {
  const frozen = {
    run: { id: runId, channel: "email" } as never,
    policy,
    holdAtMostHours,
    tenantZone: "UTC",
  };
  return heldBack({ deps: { now: () => atMs }, scope }, frozen, attempt, rows);
}
export async function accept(
  scope: TenantDb,
  runId: RunId,
  attempt: Uint8Array,
  rows: AttemptRow[],
  atMs: number,
) {
  const taken = rows.map((r) => ({
    contactId: r.contactId,
    messageId: r.messageId,
    address: r.address,
    state: "accepted" as const,
    reason: "",
    providerMessageId: `far-${r.messageId}`,
    notBefore: null,
  }));
  await record(scope, runId, attempt, taken, new Date(atMs));
}

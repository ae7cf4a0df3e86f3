/** Bounces: the dead address at once, the full mailbox in the end, the refused sender never. */
import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { connections, messages, suppressions } from "#db/schema/index";
import { ingest } from "#queues/consumers/ingest-event";
import type { ProviderReport } from "#queues/messages";
import { hookedScope } from "#test/support/hooked-scope";
import { newId } from "#test/support/scope";
import { accepted, atMs } from "./support/reports.ts";

const dayMs = 86_400_000;
type Tenant = Awaited<ReturnType<typeof accepted>>;
type Person = Tenant["people"][0];
const only = (t: Tenant) => t.people[0] as Person;

/** A tenant whose provider is Resend: it passes on Amazon's three ways to bounce. */
async function bouncing() {
  const t = await accepted(1);
  await t.scope.update(connections, { kind: "resend" }, eq(connections.id, t.connectionId));
  return t;
}
const ways = {
  hard: { type: "Permanent", subType: "General" },
  soft: { type: "Transient", subType: "MailboxFull" },
  block: { type: "Transient", subType: "ContentRejected" },
};
const resend = (t: Tenant, day: number, type: string, more: object = {}): ProviderReport => {
  const created_at = new Date(atMs + day * dayMs).toISOString();
  const data = { email_id: "m", to: [only(t).address], tags: { mid: only(t).messageId }, ...more };
  return {
    ...t.report(only(t), "delivered"),
    raw: JSON.stringify({ type, created_at, data }),
    headers: { "svix-id": `${type}:${day}` },
    receivedAtMs: atMs + (day + 0.01) * dayMs,
  };
};
const bounce = (t: Tenant, way: keyof typeof ways, day: number) =>
  resend(t, day, "email.bounced", { bounce: { ...ways[way], message: "says the server" } });

test("soft bounces on five different days give the address up, four do not", async () => {
  const t = await bouncing();
  for (const day of [0, 1, 2, 2.1, 3]) await ingest(t.deps, [bounce(t, "soft", day)]);
  expect(await t.suppressed()).toEqual([]);
  await ingest(t.deps, [bounce(t, "soft", 9)]);
  expect(await t.suppressed()).toMatchObject([
    { reason: "bounced", detail: "Transient: MailboxFull: says the server" },
  ]);
});

test("a mail that arrived in between begins the count anew", async () => {
  const t = await bouncing();
  for (const day of [0, 1, 2, 3]) await ingest(t.deps, [bounce(t, "soft", day)]);
  await ingest(t.deps, [resend(t, 3.5, "email.delivered"), bounce(t, "soft", 4)]);
  expect(await t.suppressed()).toEqual([]);
});

test("being blocked never costs a person, however often", async () => {
  const t = await bouncing();
  for (let day = 0; day < 9; day++) await ingest(t.deps, [bounce(t, "block", day)]);
  expect(await t.suppressed()).toEqual([]);
  expect((await t.events()).every((event) => event.data.bounce === "block")).toBe(true);
});

test("the ledger says why it bounced, also when a complaint follows", async () => {
  const t = await bouncing();
  await ingest(t.deps, [bounce(t, "hard", 0)]);
  expect(await t.row(only(t))).toMatchObject({
    state: "bounced",
    reason: "Permanent: General: says the server",
  });
  await ingest(t.deps, [resend(t, 1, "email.complained")]);
  expect(await t.row(only(t))).toMatchObject({
    state: "complained",
    reason: "Permanent: General: says the server",
  });
});

test("an address that was taken off the list stays off it when an old bounce is told again", async () => {
  const t = await bouncing();
  const told = bounce(t, "hard", 0);
  await ingest(t.deps, [told]);
  await t.scope.delete(suppressions, sql`true`);
  await ingest(t.deps, [told]);
  expect(await t.suppressed()).toEqual([]);
});

test("a report that names an address and no message of ours still protects the address", async () => {
  const t = await bouncing();
  const stranger = (type: string, to: string, more: object = {}) => ({
    ...resend(t, 0, type, { ...more, to: [to], tags: {} }),
    headers: { "svix-id": `${type}:${to}` },
  });
  const bounced = (way: keyof typeof ways, to: string) =>
    stranger("email.bounced", to, { bounce: { ...ways[way], message: "says the server" } });
  await ingest(t.deps, [
    bounced("hard", "Gone@People.example"),
    bounced("soft", "full@people.example"),
    bounced("block", "blocked@people.example"),
    stranger("email.complained", "angry@people.example"),
    stranger("email.delivered", "fine@people.example"),
    bounced("hard", "no address at all"),
  ]);
  const listed = (await t.suppressed()).map(({ channel, address, reason }) => [channel, address, reason]);
  expect(listed.sort()).toEqual([
    ["email", "angry@people.example", "complained"],
    ["email", "gone@people.example", "bounced"],
  ]);
  expect(await t.events()).toEqual([]);
});

test("a thousand reports of one webhook, of several runs, cost a dozen statements", async () => {
  const t = await accepted(500);
  // Half of them belong to another run: grouped statements would double.
  const otherRun = newId("run");
  for (const p of t.people.slice(0, 20))
    await t.scope.update(messages, { sourceId: otherRun }, eq(messages.id, p.messageId));
  const statements: string[] = [];
  const scope = hookedScope(t.scope.tenantId, (statement, forward) => {
    statements.push(statement.slice(0, 60));
    return forward();
  });
  const events = t.people.flatMap((p, i) =>
    [t.report(p, "delivered"), i % 10 === 0 ? t.report(p, "complained") : t.report(p, "bounced")].flatMap(
      (report) => (JSON.parse(report.raw ?? "") as { events: object[] }).events,
    ),
  );
  const webhook = {
    ...t.report(only(t), "delivered"),
    raw: JSON.stringify({ events }),
  };
  const out = await ingest({ ...t.deps, scope: () => scope }, [webhook]);
  expect(out.deltas.map(({ delivered, bounced, complained }) => delivered + bounced + complained)).toEqual(
    expect.arrayContaining([40, 960]),
  );
  expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(18);
});

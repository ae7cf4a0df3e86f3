/** What is in doubt: how it goes back, and that it stands in nobody's way. */
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client";
import { moveAll } from "#db/repos/ledger-books";
import { requeueUnknown } from "#db/repos/ledger-evidence";
import { campaigns, messages, runs } from "#db/schema/index";
import { SystemDb } from "#db/system";
import { audienceSchema } from "#domain/campaign/audience";
import { sourceOf } from "#domain/sending/source";
import { ingest } from "#queues/consumers/ingest-event";
import { databaseUrl, newId, newScope } from "#test/support/scope";
import { directDesk } from "./support/direct.ts";
import { reportingTenant } from "./support/reports.ts";
import { frozenPeople, statesOf } from "./support/run.ts";

const system = () => new SystemDb(openDb(databaseUrl()).crossTenant);

test("sent again by a person: a report that comes before its next turn still proves that it arrived", async () => {
  const t = await reportingTenant(2);
  const [told, silent] = t.people;
  if (!told || !silent) throw new Error("nobody was frozen");
  for (const person of t.people) await t.set(person, { state: "unknown", tries: 1 });
  const again = { state: "queued", reason: "", resetTries: true } as const;
  expect(await moveAll(t.scope, t.runId, "unknown", again)).toBe(2);
  await ingest(t.deps, [t.report(told, "delivered")]);
  expect((await t.row(told)).state).toBe("delivered");
  expect((await t.row(silent)).state).toBe("queued");
});

test("a message in doubt for no reason that was given goes back into the queue like any other", async () => {
  const { scope, runId, people } = await frozenPeople(2);
  await scope.update(messages, { state: "unknown", reason: "" }, eq(messages.sourceId, runId));
  const ids = people.map((person) => person.contactId);
  await requeueUnknown(scope, runId, ids);
  expect(await statesOf(scope, runId)).toEqual({ queued: 2 });
});

test("a lost transactional message is swept before those that stay in doubt for hours", async () => {
  const desk = await directDesk();
  const hour = 3_600_000;
  const inDoubt = [];
  for (let i = 0; i < 3; i++) {
    const id = await desk.request({ sendAt: new Date(Date.now() - 10 * hour) });
    const claimedAt = new Date(Date.now() - 10 * hour);
    await desk.scope.update(messages, { state: "unknown", claimedAt }, eq(messages.sourceId, sourceOf(id)));
    inDoubt.push(id);
  }
  const lost = await desk.request();
  const soon = new Date(Date.now() + 60_000);
  const moments = { lostBefore: soon, leaseOverBefore: soon, evidenceBefore: soon, aheadUntil: soon };
  const swept = (await system().dueDirectSends(moments, 43_200, 100_000)).map((due) => due.id);
  for (const id of inDoubt) expect(swept.indexOf(id)).toBeGreaterThan(swept.indexOf(lost));
  expect(swept).toContain(lost);
});

test("runs that stay open for long do not keep the sweep from the others", async () => {
  const scope = newScope();
  const audience = audienceSchema.parse({ everyone: true });
  // Before all others that the database may hold.
  for (const year of [1990, 1991]) {
    const at = new Date(Date.UTC(year, 0));
    const campaignId = newId("cmp");
    const campaign = { id: campaignId, name: "Old", createdBy: "usr_x", createdAt: at, updatedAt: at };
    await scope.insert(campaigns, { ...campaign, state: "sending", audience });
    await scope.insert(runs, {
      id: newId("run"),
      campaignId,
      connectionId: newId("cxn"),
      audience,
      subject: "",
      preheader: "",
      html: "",
      text: "",
      defaults: {},
      fromName: "",
      fromEmail: "",
      replyTo: "",
      postalAddress: "",
      trackOpens: false,
      trackClicks: false,
      startedAt: at,
    });
  }
  const woken = new Set<string>();
  for (let sweep = 0; sweep < 60; sweep++) for (const run of await system().openRuns(1)) woken.add(run.id);
  expect(woken.size).toBeGreaterThan(1);
});

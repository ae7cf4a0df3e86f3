/** A run judged anew: what older rules took for people is taken back, page by page, once. */
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { beginRejudgement, rejudgementOf } from "#db/repos/rejudgements";
import { engagementOf, machineClicked, machineHits } from "#db/repos/reports";
import { messageEvents, messages } from "#db/schema/index";
import { rulesVersion } from "#domain/tracking/rules";
import { ingest } from "#queues/consumers/ingest-event";
import { rejudgeRun } from "#queues/consumers/rejudge";
import type { RunRejudge } from "#queues/messages";
import { accepted, atMs } from "./support/reports.ts";

/** As the first version of the rules left it: nothing of networks, agents only where there were any. */
async function judgedByOldRules(people: number) {
  const t = await accepted(people);
  await ingest(t.deps, [
    ...t.people.map((p) => t.hit(p, "clicked", { asn: 16_509 })),
    ...t.people.map((p) => t.hit(p, "opened", { atMs: atMs + 400_000 })),
  ]);
  for (const event of await t.scope.select(messageEvents, eq(messageEvents.kind, "clicked"))) {
    const { machine: _machine, accepted_ms: _accepted, ...data } = event.data;
    await t.scope.update(messageEvents, { machine: 0, rules: 1, data }, eq(messageEvents.id, event.id));
  }
  await t.scope.update(messages, { clickedAt: new Date(atMs + 60_000) }, eq(messages.sourceId, t.runId));
  const sent: RunRejudge[] = [];
  const told: object[] = [];
  const env = {
    ...t.deps.env,
    INGEST_QUEUE: { send: async (message: RunRejudge) => void sent.push(message) },
    CAMPAIGN_COORDINATOR: {
      getByName: () => ({ noteEvents: async (delta: object) => void told.push(delta) }),
    },
  } as unknown as Env;
  const first: RunRejudge = {
    v: 1,
    kind: "run.rejudge",
    tenantId: t.scope.tenantId,
    runId: t.runId,
    after: null,
  };
  return { ...t, deps: { ...t.deps, env }, sent, told, first };
}

test("clicks from a data centre stop being people's, opens stay, and the report follows", async () => {
  const t = await judgedByOldRules(3);
  expect(await engagementOf(t.scope, t.runId)).toMatchObject({ opened: 3, clicked: 3 });
  await beginRejudgement(t.scope, t.runId, rulesVersion, new Date(atMs));
  expect(await rejudgeRun(t.deps, t.first)).toEqual({ do: "ack" });
  expect(await engagementOf(t.scope, t.runId)).toMatchObject({ opened: 3, clicked: 0 });
  expect(await machineClicked(t.scope, t.runId)).toBe(3);
  expect(await machineHits(t.scope, t.runId)).toEqual([{ reason: "data_centre", opens: 0, clicks: 3 }]);
  expect(t.told).toMatchObject([{ runId: t.runId, opened: 0, clicked: -3 }]);
  expect((await t.events()).every((event) => event.rules === rulesVersion)).toBe(true);
  expect(await rejudgementOf(t.scope, t.runId)).toMatchObject({ total: 3, done: 3, changed: 3 });
  expect((await rejudgementOf(t.scope, t.runId))?.finishedAt).not.toBeNull();
});

test("a page that died and is read again counts once, and a second time round changes nothing", async () => {
  const t = await judgedByOldRules(2);
  await beginRejudgement(t.scope, t.runId, rulesVersion, new Date(atMs));
  await rejudgeRun(t.deps, t.first);
  const events = await t.events();
  await rejudgeRun(t.deps, t.first);
  expect(await rejudgementOf(t.scope, t.runId)).toMatchObject({ total: 2, done: 2, changed: 2 });
  expect(t.told).toHaveLength(1);
  await beginRejudgement(t.scope, t.runId, rulesVersion, new Date(atMs));
  await rejudgeRun(t.deps, t.first);
  expect(await rejudgementOf(t.scope, t.runId)).toMatchObject({ done: 2, changed: 0 });
  expect(await t.events()).toEqual(events);
});

test("a run of more than one page goes on where the page ended", async () => {
  const t = await judgedByOldRules(1);
  const run = t.runId;
  const more = Array.from({ length: 500 }, () => ({
    contactId: t.deps.newId("ctc"),
    messageId: t.deps.newId("msg"),
  }));
  await t.scope.insert(
    messages,
    more.map((p) => ({
      sourceId: run,
      contactId: p.contactId,
      id: p.messageId,
      state: "accepted" as const,
      address: "x@y.example",
    })),
  );
  await beginRejudgement(t.scope, run, rulesVersion, new Date(atMs));
  await rejudgeRun(t.deps, t.first);
  expect(t.sent).toMatchObject([{ runId: run }]);
  expect(await rejudgementOf(t.scope, run)).toMatchObject({ total: 501, done: 500, finishedAt: null });
  await rejudgeRun(t.deps, t.sent[0] as RunRejudge);
  expect(t.sent).toHaveLength(1);
  expect(await rejudgementOf(t.scope, run)).toMatchObject({ done: 501, changed: 1 });
});

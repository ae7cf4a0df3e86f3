/** Reports are kept as they came: once each, for thirty days, and can be read again. */
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { countReading, getPayload, listPayloads } from "#db/repos/hook-payloads";
import { hookPayloads, messageEvents } from "#db/schema/index";
import type { HookPayloadId } from "#domain/ids";
import { ingest } from "#queues/consumers/ingest-event";
import { replayReports } from "#queues/consumers/replay-reports";
import { requestOf } from "#queues/ingest/payload";
import type { ProviderReport, ReportReplay } from "#queues/messages";
import { keptMs, sweepReports } from "#queues/sweeps/reports";
import { accepted, atMs } from "./support/reports.ts";

type Tenant = Awaited<ReturnType<typeof accepted>>;
const kept = (t: Tenant) => listPayloads(t.scope, t.connectionId, { limit: 100 });
const withId = (t: Tenant, report: ProviderReport): ProviderReport => ({
  ...report,
  reportId: t.deps.newId("hkp"),
});
const replayOf = (t: Tenant, from: HookPayloadId, upTo = from): ReportReplay => ({
  v: 1,
  kind: "report.replay",
  tenantId: t.scope.tenantId,
  connectionId: t.connectionId,
  from,
  upTo,
  after: null,
});

test("a report the queue delivers twice is kept once, whole", async () => {
  const t = await accepted(1);
  const [p] = t.people as [Tenant["people"][0]];
  const report = withId(t, { ...t.report(p, "delivered"), headers: { "webhook-id": "w1" } });
  await ingest(t.deps, [report, report]);
  await ingest(t.deps, [report]);
  const rows = await kept(t);
  expect(rows).toMatchObject([
    { id: report.reportId, events: 1, readings: 1, receivedAt: new Date(report.receivedAtMs) },
  ]);
  const payload = await getPayload(t.scope, t.connectionId, report.reportId as HookPayloadId);
  expect(payload && (await requestOf(payload))).toEqual({
    method: "POST",
    url: report.url,
    headers: { "webhook-id": "w1" },
    raw: report.raw,
  });
});

test("what cannot be understood today is kept for the day when it can", async () => {
  const t = await accepted(1);
  const [p] = t.people as [Tenant["people"][0]];
  await ingest(t.deps, [withId(t, { ...t.report(p, "delivered"), raw: "{{{ not yet" })]);
  expect(await kept(t)).toMatchObject([{ events: 0 }]);
});

test("read again, a report adds what was missing and changes nothing else", async () => {
  const t = await accepted(12);
  const all = t.people.map((p) => withId(t, t.report(p, "delivered")));
  await ingest(t.deps, all);
  const before = await t.events();
  // As if a parser had overlooked two of them, on different pages.
  const lost = [before[0], before[11]].flatMap((event) => event ?? []);
  for (const event of lost) await t.scope.delete(messageEvents, eq(messageEvents.id, event.id));
  await t.set(t.people[0] as Tenant["people"][0], { state: "accepted" });
  const ids = (await kept(t)).map((row) => row.id);
  const sent: ReportReplay[] = [];
  const env = {
    ...t.deps.env,
    INGEST_QUEUE: { send: async (message: ReportReplay) => void sent.push(message) },
  };
  const deps = { ...t.deps, env: env as unknown as Env };
  const [from, upTo] = [ids.at(-1), ids[0]] as [HookPayloadId, HookPayloadId];
  expect(await countReading(t.scope, { connectionId: t.connectionId, from, upTo })).toBe(12);
  expect(await replayReports(deps, replayOf(t, from, upTo))).toEqual({ do: "ack" });
  expect(sent).toHaveLength(1);
  expect(await replayReports(deps, sent[0] as ReportReplay)).toEqual({ do: "ack" });
  expect(sent).toHaveLength(1);
  const after = await t.events();
  const told = (events: typeof before) =>
    events.map((e) => [e.messageId, e.kind, e.at.getTime()].join()).sort();
  expect(told(after)).toEqual(told(before));
  expect((await t.row(t.people[0] as Tenant["people"][0])).state).toBe("delivered");
  expect((await kept(t)).map((row) => row.readings)).toEqual(Array(12).fill(2));
});

test("another connection's or tenant's reports are out of reach of a replay", async () => {
  const [mine, theirs] = await Promise.all([accepted(1), accepted(1)]);
  const report = withId(theirs, theirs.report(theirs.people[0] as Tenant["people"][0], "delivered"));
  await ingest(theirs.deps, [report]);
  const foreign = { ...replayOf(mine, report.reportId as HookPayloadId), connectionId: theirs.connectionId };
  expect(await replayReports(mine.deps, foreign)).toEqual({ do: "ack" });
  expect(await mine.events()).toEqual([]);
  expect(await getPayload(mine.scope, theirs.connectionId, report.reportId as HookPayloadId)).toBeUndefined();
});

test("after thirty days rows and bodies are gone, younger ones stay", async () => {
  const t = await accepted(1);
  const [p] = t.people as [Tenant["people"][0]];
  const [old, large, young] = [0, 0, 1].map((ms) =>
    withId(t, { ...t.report(p, "delivered"), receivedAtMs: atMs + ms }),
  ) as [ProviderReport, ProviderReport, ProviderReport];
  t.files.set("hooks/large", large.raw ?? "");
  await ingest(t.deps, [old, { ...large, raw: null, rawKey: "hooks/large" }, young]);
  expect(await kept(t)).toHaveLength(3);
  const deleted: string[] = [];
  const env = { ...t.deps.env, FILES: { delete: async (keys: string[]) => void deleted.push(...keys) } };
  await sweepReports({ ...t.deps, env: env as unknown as Env, now: () => atMs + keptMs + 1 });
  expect((await t.scope.select(hookPayloads)).map((row) => row.id)).toEqual([young.reportId]);
  expect(deleted).toContain("hooks/large");
});

/** Reports reach the ledger: late, twice, out of order or all at once, the books end the same. */
import { describe, expect, test } from "vitest";
import type { MessageState } from "#domain/sending/ledger";
import { ingest } from "#queues/consumers/ingest-event";
import type { ReportMessage } from "#queues/messages";
import { accepted, atMs, reportingTenant } from "./support/reports.ts";

const none = { delivered: 0, bounced: 0, complained: 0, opened: 0, clicked: 0 };

test("each kind of report leaves its mark, its event and its number", async () => {
  const t = await accepted(4);
  const [a, b, c, d] = t.people as [
    (typeof t.people)[0],
    (typeof t.people)[0],
    (typeof t.people)[0],
    (typeof t.people)[0],
  ];
  const out = await ingest(t.deps, [
    t.report(a, "delivered"),
    t.hit(a, "opened"),
    t.hit(a, "clicked", { linkPosition: 2, atMs: atMs + 70_000 }),
    t.report(b, "delivered"),
    t.hit(b, "opened", { userAgent: "Mozilla/5.0" }),
    t.report(c, "bounced", { detail: "550 5.1.1 no such user" }),
    t.report(d, "complained"),
    t.hit(d, "unsubscribed", { method: "POST" }),
  ]);
  expect(out.verdicts.every((v) => v.do === "ack")).toBe(true);
  expect(out.deltas).toEqual([
    {
      tenantId: t.scope.tenantId,
      runId: t.runId,
      delivered: 2,
      bounced: 1,
      complained: 1,
      opened: 1,
      clicked: 1,
    },
  ]);
  expect(await t.row(a)).toMatchObject({
    state: "delivered",
    openedAt: new Date(atMs + 60_000),
    clickedAt: new Date(atMs + 70_000),
    machineOpenedAt: null,
  });
  expect(await t.row(b)).toMatchObject({
    state: "delivered",
    openedAt: null,
    machineOpenedAt: new Date(atMs + 60_000),
  });
  expect(await t.row(c)).toMatchObject({ state: "bounced" });
  expect(await t.row(d)).toMatchObject({ state: "complained", unsubscribedAt: new Date(atMs + 60_000) });
  const events = await t.events();
  expect(events).toHaveLength(8);
  expect(events.find((e) => e.kind === "clicked")).toMatchObject({
    linkPosition: 2,
    machine: 0,
    contactId: a.contactId,
  });
  expect(events.find((e) => e.messageId === b.messageId && e.kind === "opened")).toMatchObject({
    machine: 1,
    data: { machine: "apple_mail_privacy", user_agent: "Mozilla/5.0", ip: "198.18.0.1" },
  });
  expect(events.find((e) => e.kind === "bounced")).toMatchObject({
    detail: "550 5.1.1 no such user",
    data: { bounce: "hard" },
  });
});

test("the same reports again, together or later, change nothing and count nothing", async () => {
  const t = await accepted(2);
  const batch = t.people.flatMap((p) => [t.report(p, "delivered"), t.hit(p, "opened"), t.hit(p, "clicked")]);
  const first = await ingest(t.deps, [...batch, ...batch]);
  expect(first.deltas).toMatchObject([{ delivered: 2, opened: 2, clicked: 2 }]);
  const rows = await Promise.all(t.people.map(t.row));
  const again = await ingest(t.deps, batch);
  expect(again.verdicts).toEqual(batch.map(() => ({ do: "ack" })));
  expect(again.deltas).toEqual([]);
  expect(await Promise.all(t.people.map(t.row))).toEqual(rows);
  expect(await t.events()).toHaveLength(6);
});

test("a second open is an event more, and the first time stands", async () => {
  const t = await accepted(1);
  const [p] = t.people as [(typeof t.people)[0]];
  await ingest(t.deps, [
    t.hit(p, "opened", { atMs: atMs + 90_000 }),
    t.hit(p, "opened", { atMs: atMs + 80_000 }),
  ]);
  const later = await ingest(t.deps, [t.hit(p, "opened", { atMs: atMs + 99_000 })]);
  expect(later.deltas).toEqual([]);
  expect((await t.row(p)).openedAt).toEqual(new Date(atMs + 80_000));
  expect(await t.events()).toHaveLength(3);
});

describe("order does not matter", () => {
  const kinds = ["delivered", "bounced", "complained"] as const;
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  test.each(orders)("reports %i, %i, %i end as complained", async (...order) => {
    const t = await accepted(1);
    const [p] = t.people as [(typeof t.people)[0]];
    for (const i of order) await ingest(t.deps, [t.report(p, kinds[i] as "delivered")]);
    expect((await t.row(p)).state).toBe("complained");
    expect(await t.events()).toHaveLength(3);
  });

  test("all in one batch, the worst first", async () => {
    const t = await accepted(1);
    const [p] = t.people as [(typeof t.people)[0]];
    await ingest(t.deps, [t.report(p, "complained"), t.report(p, "delivered"), t.report(p, "bounced")]);
    expect((await t.row(p)).state).toBe("complained");
  });
});

describe("a report is evidence", () => {
  const cases: [MessageState, number, MessageState][] = [
    ["sending", 1, "accepted"],
    ["unknown", 1, "accepted"],
    // Put back into the queue, and the provider has it after all: it must not go out again.
    ["queued", 1, "accepted"],
    // Never tried: no report can be about it.
    ["queued", 0, "queued"],
    ["skipped", 0, "skipped"],
    ["failed", 1, "failed"],
    ["delivered", 1, "delivered"],
  ];
  test.each(cases)(
    "an open of a message that is %s after %i tries leaves it %s",
    async (state, tries, expected) => {
      const t = await reportingTenant(1);
      const [p] = t.people as [(typeof t.people)[0]];
      await t.set(p, { state, tries });
      await ingest(t.deps, [t.hit(p, "opened")]);
      const row = await t.row(p);
      expect(row.state).toBe(expected);
      if (state !== expected) expect(row.acceptedAt).toEqual(new Date(atMs + 60_000));
    },
  );

  test("that it was delivered, before our own answer was recorded", async () => {
    const t = await reportingTenant(1);
    const [p] = t.people as [(typeof t.people)[0]];
    await t.set(p, { state: "unknown", tries: 1 });
    const out = await ingest(t.deps, [t.report(p, "delivered")]);
    expect(out.deltas).toMatchObject([{ delivered: 1 }]);
    expect(await t.row(p)).toMatchObject({ state: "delivered", acceptedAt: new Date(atMs + 30_000) });
  });
});

test("a large report is read from storage; one that is not there yet is asked for again, alone", async () => {
  const t = await accepted(2);
  const [a, b] = t.people as [(typeof t.people)[0], (typeof t.people)[0]];
  const stored = t.report(a, "delivered");
  t.files.set("reports/1", stored.raw ?? "");
  const batch: ReportMessage[] = [
    { ...stored, raw: null, rawKey: "reports/1" },
    { ...t.report(b, "delivered"), raw: null, rawKey: "reports/2" },
    t.hit(b, "opened"),
  ];
  const out = await ingest(t.deps, batch);
  expect(out.verdicts).toEqual([{ do: "ack" }, { do: "retry", delaySeconds: 10 }, { do: "ack" }]);
  expect((await t.row(a)).state).toBe("delivered");
  expect((await t.row(b)).openedAt).not.toBeNull();
});

test("a batch of several tenants and runs is told to each apart", async () => {
  const [one, two] = await Promise.all([accepted(2), accepted(1)]);
  const batch = [
    ...one.people.map((p) => one.report(p, "delivered")),
    ...two.people.map((p) => two.hit(p, "clicked")),
  ];
  const { deltas } = await ingest(one.deps, batch);
  expect(deltas).toHaveLength(2);
  expect(deltas).toContainEqual({ ...none, tenantId: one.scope.tenantId, runId: one.runId, delivered: 2 });
  expect(deltas).toContainEqual({ ...none, tenantId: two.scope.tenantId, runId: two.runId, clicked: 1 });
});

test("two consumers with the same hundred reports count them once between them", async () => {
  const t = await accepted(50);
  const batch = t.people.flatMap((p) => [t.report(p, "delivered"), t.hit(p, "opened")]);
  const outs = await Promise.all([ingest(t.deps, batch), ingest(t.deps, [...batch].reverse())]);
  const sum = (key: "delivered" | "opened") =>
    outs.flatMap((o) => o.deltas).reduce((total, delta) => total + delta[key], 0);
  expect([sum("delivered"), sum("opened")]).toEqual([50, 50]);
  expect(await t.events()).toHaveLength(100);
});

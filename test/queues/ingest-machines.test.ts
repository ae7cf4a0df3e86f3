/** Judged one by one as they come, or all at the end: people and machines come out the same. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messagesById } from "#db/repos/events";
import { crowd, decoyPosition, maxHitsPerMessage, rulesVersion } from "#domain/tracking/rules";
import { ingest } from "#queues/consumers/ingest-event";
import { createDeps } from "#queues/deps";
import { rejudge } from "#queues/ingest/judge";
import type { TrackedHits } from "#queues/messages";
import { accepted, atMs } from "./support/reports.ts";

type Tenant = Awaited<ReturnType<typeof accepted>>;
type Person = Tenant["people"][0];
const at = (t: Tenant, index: number) => t.people[index] as Person;
const judged = async (t: Tenant) =>
  (await t.events()).map((e) => ({
    hit: [
      t.people.findIndex((p) => p.messageId === e.messageId),
      e.kind,
      e.at.getTime(),
      e.linkPosition,
    ].join(),
    machine: e.machine,
    reasons: e.data.machine ?? "",
  }));
const sorted = async (t: Tenant) =>
  (await judged(t)).sort((a, b) => (a.hit + a.reasons < b.hit + b.reasons ? -1 : 1));
const firsts = async (t: Tenant) =>
  (await Promise.all(t.people.map(t.row))).map(({ openedAt, clickedAt, machineOpenedAt }) => [
    openedAt?.getTime(),
    clickedAt?.getTime(),
    machineOpenedAt?.getTime(),
  ]);

test("the first clicks of a burst are taken back when the third one comes, and so is the number", async () => {
  const t = await accepted(1);
  const p = at(t, 0);
  const click = (linkPosition: number, ms: number) =>
    t.hit(p, "clicked", { linkPosition, atMs: atMs + 60_000 + ms });
  const first = await ingest(t.deps, [click(0, 0)]);
  expect(first.deltas).toMatchObject([{ clicked: 1 }]);
  expect((await t.row(p)).clickedAt).toEqual(new Date(atMs + 60_000));
  await ingest(t.deps, [click(1, 1_000)]);
  const third = await ingest(t.deps, [click(2, 2_000)]);
  expect(third.deltas).toMatchObject([{ clicked: -1 }]);
  expect((await t.row(p)).clickedAt).toBeNull();
  expect((await judged(t)).map((e) => e.reasons)).toEqual(Array(3).fill("burst_of_links"));
  // A person comes later: theirs is the first time.
  await ingest(t.deps, [click(1, 600_000)]);
  expect((await t.row(p)).clickedAt).toEqual(new Date(atMs + 660_000));
});

test("a gateway at many recipients' links: the earlier ones are judged anew, though nothing new came for them", async () => {
  const t = await accepted(crowd.messages);
  const deltas: number[] = [];
  for (const [i, p] of t.people.entries()) {
    const out = await ingest(t.deps, [t.hit(p, "clicked", { atMs: atMs + 60_000 + i * 100 })]);
    deltas.push(out.deltas.reduce((sum, d) => sum + d.clicked, 0));
  }
  expect(deltas).toEqual([1, 1, 1, 1, -4]);
  expect((await judged(t)).every((e) => e.machine === 1 && e.reasons === "burst_of_recipients")).toBe(true);
  expect((await firsts(t)).flat().every((moment) => moment === undefined)).toBe(true);
});

test("two consumers that each see half of a burst see all of it between them", async () => {
  const t = await accepted(1);
  const p = at(t, 0);
  const clicks = [0, 1, 2, 3].map((linkPosition) =>
    t.hit(p, "clicked", { linkPosition, atMs: atMs + 60_000 + linkPosition }),
  );
  // Each its own invocation, with connections of its own.
  const deps = () => ({ ...t.deps, scope: createDeps(t.deps.env).scope });
  await Promise.all(clicks.map((click) => ingest(deps(), [click])));
  expect((await judged(t)).map((e) => e.reasons)).toEqual(Array(4).fill("burst_of_links"));
  expect((await t.row(p)).clickedAt).toBeNull();
});

test("an open from a data centre and a click on the link nobody sees are a machine's", async () => {
  const t = await accepted(2);
  await ingest(t.deps, [
    t.hit(at(t, 0), "opened", { asn: 16_509 }),
    t.hit(at(t, 1), "clicked", { linkPosition: 0 }),
    t.hit(at(t, 1), "clicked", { linkPosition: decoyPosition, atMs: atMs + 90_000, ip: "203.0.113.4" }),
  ]);
  expect((await judged(t)).map((e) => e.reasons).sort()).toEqual(["data_centre", "decoy", "decoy"]);
  expect(await firsts(t)).toEqual([
    [undefined, undefined, atMs + 60_000],
    [undefined, undefined, undefined],
  ]);
});

test("one by one, all at once or judged again at the end: the same", { timeout: 60_000 }, async () => {
  const browser = "Mozilla/5.0 (X11; Linux x86_64) Firefox/144.0";
  const hits = fc.array(
    fc.record({
      person: fc.nat({ max: 5 }),
      event: fc.constantFrom("opened" as const, "clicked" as const),
      linkPosition: fc.constantFrom(0, 1, 2, decoyPosition),
      atMs: fc.integer({ min: 0, max: 6_000 }).map((ms) => atMs + 60_000 + ms),
      ip: fc.constantFrom("198.51.100.1", "198.51.100.2"),
      userAgent: fc.constantFrom(browser, "Mozilla/5.0", "curl/8.0"),
    }),
    { minLength: 5, maxLength: 16 },
  );
  await fc.assert(
    fc.asyncProperty(hits, async (all) => {
      const [apart, together] = await Promise.all([accepted(6), accepted(6)]);
      const told = (t: Tenant): TrackedHits[] =>
        all.map(({ person, event, linkPosition, ...rest }, i) =>
          t.hit(at(t, person), event, {
            ...rest,
            hitId: `h${i}`,
            linkPosition: event === "clicked" ? linkPosition : null,
          }),
        );
      let people = 0;
      for (const hit of told(apart)) {
        const { deltas } = await ingest(apart.deps, [hit]);
        people += deltas.reduce((sum, d) => sum + d.opened + d.clicked, 0);
      }
      await ingest(together.deps, told(together));
      const [events, times] = [await sorted(apart), await firsts(apart)];
      expect(await sorted(together)).toEqual(events);
      expect(await firsts(together)).toEqual(times);
      expect(people).toBe(times.flatMap((time) => time.slice(0, 2)).filter(Boolean).length);
      const keys = await messagesById(
        apart.scope,
        apart.people.map((p) => p.messageId),
      );
      expect((await rejudge(apart.scope, [...keys.values()])).changed).toBe(0);
      expect(await sorted(apart)).toEqual(events);
      expect(await firsts(apart)).toEqual(times);
    }),
    { numRuns: 12 },
  );
});

describe("what is kept", () => {
  test("is enough to judge again, and names the version of the rules", async () => {
    const t = await accepted(1);
    await ingest(t.deps, [t.hit(at(t, 0), "clicked", { method: "HEAD", userAgent: "", asn: 64_500 })]);
    const [event] = await t.events();
    expect(event).toMatchObject({
      rules: rulesVersion,
      data: { method: "HEAD", user_agent: "", asn: 64_500, accepted_ms: atMs, ip: "198.18.0.1" },
    });
    expect(event?.visitor).toHaveLength(8);
  });
  test("is bounded: a flood of hits at one message leaves so many events and no more", async () => {
    const t = await accepted(1);
    const flood = (n: number) => Array.from({ length: n }, () => t.hit(at(t, 0), "opened"));
    await ingest(t.deps, flood(maxHitsPerMessage - 1));
    await ingest(t.deps, flood(50));
    await ingest(t.deps, flood(50));
    expect(await t.events()).toHaveLength(maxHitsPerMessage);
    expect(t.logged.filter((line) => line.event === "ingest.flood").map((line) => line.fields?.hits)).toEqual(
      [49, 50],
    );
  });
});

/** Reports protect people, and reports about strangers do nothing. */
import { describe, expect, test } from "vitest";
import { setConsent } from "#db/repos/unsubscribe";
import { ingest } from "#queues/consumers/ingest-event";
import { newId } from "#test/support/scope";
import { accepted, atMs } from "./support/reports.ts";

describe("people are protected", () => {
  test.each(["0001-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"])(
    "a report with a moment that cannot be (%s) counts as of its arrival, and holds no other up",
    async (impossible) => {
      const t = await accepted(2);
      const [gone, fine] = t.people as [(typeof t.people)[0], (typeof t.people)[0]];
      const batch = [
        t.report(gone, "bounced", { atMs: Date.parse(impossible) }),
        t.report(fine, "delivered"),
      ];
      const { verdicts } = await ingest(t.deps, batch);
      expect(verdicts).toEqual([{ do: "ack" }, { do: "ack" }]);
      expect(await t.suppressed()).toMatchObject([{ address: gone.address }]);
      const at = (await t.events()).find(({ kind }) => kind === "bounced")?.at;
      expect(at).toEqual(new Date(atMs + 3_600_000));
    },
  );

  test("a hard bounce and a complaint suppress the address; the complaint ends consent, with proof", async () => {
    const t = await accepted(2);
    const [gone, angry] = t.people as [(typeof t.people)[0], (typeof t.people)[0]];
    const batch = [t.report(gone, "bounced", { detail: "550 5.1.1" }), t.report(angry, "complained")];
    await ingest(t.deps, batch);
    await ingest(t.deps, batch);
    const suppressed = (await t.suppressed()).sort((a, b) => (a.reason < b.reason ? -1 : 1));
    expect(suppressed).toMatchObject([
      { channel: "email", address: gone.address, reason: "bounced", detail: "550 5.1.1" },
      { channel: "email", address: angry.address, reason: "complained" },
    ]);
    expect(await t.consentOf(gone)).toBe("subscribed");
    expect(await t.consentOf(angry)).toBe("unsubscribed");
    expect(await t.proofs()).toMatchObject([
      { contactId: angry.contactId, source: "complaint", status: "unsubscribed" },
    ]);
  });

  test("an old report that comes again does not undo what the person decided since", async () => {
    const t = await accepted(1);
    const [p] = t.people as [(typeof t.people)[0]];
    const batch = [t.report(p, "complained"), t.hit(p, "unsubscribed")];
    await ingest(t.deps, batch);
    const back = {
      id: newId("con"),
      contactId: p.contactId,
      source: "preference_page",
      ip: "",
      userAgent: "",
      wording: "",
      at: new Date(atMs),
    };
    expect(await setConsent(t.scope, "email", "subscribed", [back])).toEqual([p.contactId]);
    await ingest(t.deps, batch);
    expect(await t.consentOf(p)).toBe("subscribed");
  });

  test("work half done by a consumer that died is finished by the next", async () => {
    const t = await accepted(1);
    const [p] = t.people as [(typeof t.people)[0]];
    const batch = [t.report(p, "complained"), t.hit(p, "opened")];
    // Dies at the last statement: everything is done but the mark that says so.
    const broken = {
      ...t.deps,
      newId: (() => {
        throw new Error("killed");
      }) as typeof t.deps.newId,
    };
    const dead = await ingest(broken, batch);
    expect(dead.verdicts).toEqual([
      { do: "retry", delaySeconds: 10 },
      { do: "retry", delaySeconds: 10 },
    ]);
    expect(await t.events()).toEqual([]);
    const next = await ingest(t.deps, batch);
    expect(next.verdicts).toEqual([{ do: "ack" }, { do: "ack" }]);
    expect(await t.row(p)).toMatchObject({ state: "complained" });
    expect(await t.events()).toHaveLength(2);
    expect(await t.suppressed()).toHaveLength(1);
  });
});

describe("what does not belong is left out", () => {
  test("test sends and erased messages are counted in the log and acknowledged; what they say of an address counts", async () => {
    const t = await accepted(1);
    const stranger = { messageId: newId("msg"), address: "x@people.example" };
    const out = await ingest(t.deps, [t.hit(stranger, "opened"), t.report(stranger, "bounced")]);
    expect(out).toEqual({ verdicts: [{ do: "ack" }, { do: "ack" }], deltas: [] });
    expect(await t.events()).toEqual([]);
    expect(await t.suppressed()).toMatchObject([{ address: stranger.address, reason: "bounced" }]);
    expect(t.logged).toContainEqual({
      event: "ingest.dropped",
      fields: { tenant: t.scope.tenantId, unknown: 2 },
    });
  });

  test("another tenant's message is unknown here: what is said of its address is kept here alone", async () => {
    const [mine, theirs] = await Promise.all([accepted(1), accepted(1)]);
    const [victim] = theirs.people as [(typeof theirs.people)[0]];
    await ingest(mine.deps, [mine.report(victim, "complained"), mine.hit(victim, "opened")]);
    expect(await theirs.row(victim)).toMatchObject({ state: "accepted", openedAt: null });
    expect(await theirs.suppressed()).toEqual([]);
    expect(await mine.suppressed()).toMatchObject([{ address: victim.address, reason: "complained" }]);
  });

  test("a connection that was removed meanwhile", async () => {
    const t = await accepted(1);
    const [p] = t.people as [(typeof t.people)[0]];
    const out = await ingest(t.deps, [{ ...t.report(p, "delivered"), connectionId: newId("cxn") }]);
    expect(out).toEqual({ verdicts: [{ do: "ack" }], deltas: [] });
  });

  test("garbage in a report", async () => {
    const t = await accepted(1);
    const [p] = t.people as [(typeof t.people)[0]];
    const out = await ingest(t.deps, [{ ...t.report(p, "delivered"), raw: "{{{" }]);
    expect(out).toEqual({ verdicts: [{ do: "ack" }], deltas: [] });
  });
});

/** What every provider must do, whatever it is made of: one suite, run over each of them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MessageId } from "#domain/ids";
import { idMint } from "#domain/ports";
import type {
  BatchResult,
  Outcome,
  Outgoing,
  OutgoingEmail,
  OutgoingSms,
  Provider,
} from "#domain/sending/provider";

/** The far end as the suite sees it, fresh for each test. */
export type FarEnd<M extends Outgoing = OutgoingEmail> = {
  readonly provider: Provider<M>;
  /** Our message ids of all it took, repeats included, in order. Its own log, not our opinion. */
  taken(): Promise<readonly (string | undefined)[]>;
  /** A recipient it refuses for good. */
  readonly poison: string;
  /** It takes the mails of the next call, and its answer is lost. */
  loseNextAnswer(): Promise<void>;
  /** Nobody is there any more. */
  vanish(): Promise<void>;
  /** It no longer accepts our credentials; absent where there are none. */
  revoke?(): Promise<void>;
  /** It answers the next call that we are too fast, and names the wait. */
  slowDown?(waitMs: number): Promise<void>;
  close(): Promise<void>;
};

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

/** What all letters share; each is this template, filled with its recipient. */
const template = { subject: "Für ~to; 🎉", html: "<p>Grüße an ~to;</p>", text: "Grüße an ~to;" };

export function letter(to: string, over: Partial<OutgoingEmail> = {}): OutgoingEmail {
  const messageId = newId("msg");
  return {
    messageId,
    from: { email: "news@shop.example", name: "Shop" },
    to: { email: to },
    subject: `Für ${to} 🎉`,
    html: `<p>Grüße an ${to}</p>`,
    text: `Grüße an ${to}`,
    headers: { "List-Unsubscribe": `<https://shop.example/t/u/${messageId}>` },
    merge: (over.subject ?? over.html ?? over.text) ? undefined : { template, values: { "~to;": to } },
    ...over,
  };
}

export const letters = (count: number, name = "person") =>
  Array.from({ length: count }, (_, i) => letter(`${name}${i}@people.example`));

export function text(to: string, over: Partial<OutgoingSms> = {}): OutgoingSms {
  return { channel: "sms", messageId: newId("msg"), from: "", to, text: `Für ${to} 🎉`, ...over };
}

export const texts = (count: number, name = "person") =>
  Array.from({ length: count }, (_, i) =>
    text(`+35387${(name.length * 10_000 + i).toString().padStart(7, "0")}`),
  );

/** How the suite speaks of messages of one channel. */
type Kind<M extends Outgoing> = {
  one(to: string): M;
  many(count: number, name?: string): M[];
  to(message: M): string;
  readonly good: readonly [string, string];
  /** A batch is one call, and keeps its order. */
  readonly isOneCall: boolean;
  /** An address that would end the field it stands in. */
  readonly evil: string;
};
const mail: Kind<OutgoingEmail> = {
  one: letter,
  many: letters,
  to: (message) => message.to.email,
  isOneCall: true,
  good: ["good@people.example", "good2@people.example"],
  evil: "evil@people.example>\r\nRCPT TO:<victim@people.example",
};
const sms: Kind<OutgoingSms> = {
  one: text,
  many: texts,
  to: (message) => message.to,
  isOneCall: false,
  good: ["+353879999001", "+353879999002"],
  evil: '+353879999003&To=%2B353870000000\r\n","mobile_number":"+353870000000',
};

const ids = (batch: readonly Outgoing[]): MessageId[] => batch.map((message) => message.messageId);
const key = (): string => newId("evt");
const soon = { timeoutMs: 5_000 };

function outcomesOf(result: BatchResult): readonly Outcome[] {
  if (result.kind !== "settled") throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.outcomes;
}
const kinds = (result: BatchResult) => outcomesOf(result).map((outcome) => outcome.kind);

export function providerContract(name: string, open: () => Promise<FarEnd>): void {
  contract(name, open, mail);
}

export function smsProviderContract(name: string, open: () => Promise<FarEnd<OutgoingSms>>): void {
  contract(name, open, sms);
}

function contract<M extends Outgoing>(name: string, open: () => Promise<FarEnd<M>>, kind: Kind<M>): void {
  describe(`${name} as a provider`, () => {
    let far: FarEnd<M>;
    beforeEach(async () => {
      far = await open();
    });
    afterEach(() => far.close());

    const send = (batch: readonly M[], idempotencyKey = key(), timeoutMs = soon.timeoutMs) =>
      far.provider.send(batch, { idempotencyKey, timeoutMs });

    test("takes its largest batch, each mail once, and answers in order", async () => {
      const batch = kind.many(far.provider.traits.maxBatch);
      const outcomes = outcomesOf(await send(batch));
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(batch.map(() => "accepted"));
      const given = outcomes.map((o) => (o.kind === "accepted" ? o.providerMessageId : ""));
      expect(new Set(given).size).toBe(batch.length);
      expect(given).not.toContain("");
      // Several calls may be under way at once.
      expect([...(await far.taken())].sort()).toEqual(ids(batch).sort());
    });

    test("an empty batch is settled without a word", async () => {
      expect(await send([])).toEqual({ kind: "settled", outcomes: [] });
      expect(await far.taken()).toEqual([]);
    });

    test("one poison recipient does not sink the others", async () => {
      const batch = [...kind.many(3, "before"), kind.one(far.poison), ...kind.many(4, "after")];
      const result = await send(batch);
      expect(kinds(result)).toEqual(
        batch.map((message) => (kind.to(message) === far.poison ? "failed" : "accepted")),
      );
      expect(outcomesOf(result)[3]).toMatchObject({ reason: expect.stringMatching(/\S/) });
      expect([...(await far.taken())].sort()).toEqual(
        ids(batch.filter((message) => kind.to(message) !== far.poison)).sort(),
      );
    });

    test("a poison recipient alone is refused as that recipient, not as the connection", async () => {
      expect(kinds(await send([kind.one(far.poison)]))).toEqual(["failed"]);
    });

    test("asked twice under one key it sends once, if it says that it is idempotent", async () => {
      const batch = kind.many(5);
      const [same, first] = [key(), outcomesOf(await send(batch, "k1"))];
      await send(batch, same);
      const again = await send(batch, "k1");
      if (far.provider.traits.idempotent) {
        expect(outcomesOf(again)).toEqual(first);
        expect((await far.taken()).length).toBe(10);
      } else {
        expect((await far.taken()).length).toBe(15);
      }
    });

    test("another payload under a used key is not taken, and not called accepted", async () => {
      if (!far.provider.traits.idempotent) return;
      const [batch, other] = [kind.many(2), kind.many(2, "other")];
      await send(batch, "used");
      const result = await send(other, "used");
      expect(result.kind === "refused" ? [] : kinds(result)).not.toContain("accepted");
      expect(await far.taken()).toEqual(ids(batch));
    });

    test("a lost answer is unknown, never failed and never deferred", async () => {
      const batch = kind.many(1);
      await far.loseNextAnswer();
      expect(kinds(await send(batch, "lost", 1_000))).toEqual(["unknown"]);
      expect(await far.taken()).toEqual(ids(batch));
    });

    test("after a lost answer the same question brings the stored one, and no second mail", async () => {
      if (!far.provider.traits.idempotent) return;
      const batch = kind.many(3);
      await far.loseNextAnswer();
      await send(batch, "asked-again", 1_000);
      expect(kinds(await send(batch, "asked-again"))).toEqual(["accepted", "accepted", "accepted"]);
      expect(await far.taken()).toEqual(ids(batch));
    });

    test("a far end that is gone is no exception, and nothing is called accepted or failed", async () => {
      await far.vanish();
      const result = await send(kind.many(2), key(), 1_000);
      if (result.kind === "refused") expect(result.refusal.kind).toBe("unavailable");
      else for (const kind of kinds(result)) expect(["unknown", "deferred"]).toContain(kind);
      expect(await far.provider.verify()).toMatchObject({ ok: false, reason: expect.stringMatching(/\S/) });
    });

    test("refused credentials refuse the connection, and verifying says so", async () => {
      if (!far.revoke) return;
      expect(await far.provider.verify()).toEqual({ ok: true });
      await far.revoke();
      expect(await send(kind.many(2))).toMatchObject({ kind: "refused", refusal: { kind: "rejected" } });
      expect(await far.provider.verify()).toMatchObject({ ok: false, reason: expect.stringMatching(/\S/) });
      expect(await far.taken()).toEqual([]);
    });

    test("asked to slow down, it says for how long, and has taken nothing", async () => {
      if (!far.slowDown) return;
      await far.slowDown(7_000);
      expect(await send(kind.many(2))).toMatchObject({
        kind: "refused",
        refusal: { kind: "rate_limited", retryAfterMs: 7_000 },
      });
      expect(await far.taken()).toEqual([]);
    });

    test("an address that would break out of the protocol harms nobody else", async () => {
      const batch = [kind.one(kind.good[0]), kind.one(kind.evil), kind.one(kind.good[1])];
      const outcome = kinds(await send(batch));
      expect([outcome[0], outcome[2]]).toEqual(["accepted", "accepted"]);
      expect(outcome[1]).not.toBe("unknown");
    });
  });
}

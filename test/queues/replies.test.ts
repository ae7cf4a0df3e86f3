/** Replies by text message: obeyed with proof, kept once, answered once, whatever is repeated. */
import { expect, test } from "vitest";
import { appendProofs } from "#db/repos/consents";
import { suppress } from "#db/repos/suppressions";
import { setConsent } from "#db/repos/unsubscribe";
import { loadConnection } from "#queues/providers/connection";
import { takeReplies } from "#queues/replies/take";
import { ownNumber, textingTenant } from "./support/texting.ts";

const phone = "+353871234567";

test("a keyword Twilio does not know takes the person out of texts, with proof, and is confirmed once", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  const report = t.from(phone, "Abmelden!");
  expect(await t.receive(report, report)).toEqual(["ack", "ack"]);
  expect(await t.receive(report)).toEqual(["ack"]);
  expect(await t.consentOf(id)).toEqual({ email: "subscribed", sms: "unsubscribed" });
  expect(await t.proofs(id)).toMatchObject([
    { channel: "sms", status: "unsubscribed", source: "reply", wording: "Abmelden!" },
  ]);
  expect(await t.suppressed()).toMatchObject([{ channel: "sms", address: phone, reason: "opted_out" }]);
  expect(await t.replies()).toMatchObject([
    {
      contactId: id,
      fromAddress: phone,
      toAddress: ownNumber,
      keyword: "stop",
      needsReview: 0,
      text: "Abmelden!",
    },
  ]);
  expect(t.fake.taken).toMatchObject([
    { to: phone, from: ownNumber, body: expect.stringMatching(/^Acme: Sie sind abgemeldet/) },
  ]);
});

test("what Twilio has answered itself is recorded and not answered again", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  await t.receive(t.from(phone, "STOP"), t.from("+353871234568", "Let me go", "STOP"), t.from(phone, "HELP"));
  expect(await t.consentOf(id)).toMatchObject({ sms: "unsubscribed" });
  expect((await t.replies()).map((reply) => reply.keyword).sort()).toEqual(["help", "stop", "stop"]);
  expect(t.fake.taken).toEqual([]);
});

test("START brings back whom a STOP took out, and lifts what it put on the list", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  await t.receive(t.from(phone, "STOP"));
  await t.receive(t.from(phone, "START"));
  expect(await t.consentOf(id)).toEqual({ email: "subscribed", sms: "subscribed" });
  expect((await t.proofs(id)).map((proof) => [proof.status, proof.source])).toEqual([
    ["unsubscribed", "reply"],
    ["subscribed", "reply"],
  ]);
  expect(await t.suppressed()).toEqual([]);
});

test("START from somebody never asked is their consent", async () => {
  const t = await textingTenant();
  const id = await t.person(phone, "none");
  await t.receive(t.from(phone, "Reprendre"));
  expect(await t.consentOf(id)).toMatchObject({ sms: "subscribed" });
  expect(t.fake.taken).toMatchObject([{ body: expect.stringMatching(/^Acme : vous recevez/) }]);
});

test("YES brings back whoever left, and is nothing but an answer from everybody else", async () => {
  const t = await textingTenant();
  const left = await t.person(phone);
  await t.receive(t.from(phone, "STOP"));
  await t.receive(t.from(phone, "Yes!"));
  expect(await t.consentOf(left)).toMatchObject({ sms: "subscribed" });

  const asked = "+353871234569";
  const never = await t.person(asked, "none");
  await t.receive(t.from(asked, "YES"), t.from(asked, "yes."));
  expect(await t.consentOf(never)).toMatchObject({ sms: "none" });
  expect(await t.proofs(never)).toEqual([]);
  const kept = (await t.replies()).filter(({ contactId }) => contactId === never);
  expect(kept).toMatchObject([
    { keyword: "", needsReview: 0 },
    { keyword: "", needsReview: 0 },
  ]);
});

test("START from somebody your team or a complaint took out is for a person to decide", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  const at = new Date();
  const proof = { contactId: id, ip: "", userAgent: "", wording: "", at };
  await setConsent(t.scope, "sms", "unsubscribed", [
    { ...proof, id: t.deps.newId("con"), source: "dashboard" },
  ]);
  await t.receive(t.from(phone, "unstop"));
  expect(await t.consentOf(id)).toMatchObject({ sms: "unsubscribed" });
  expect(await t.replies()).toMatchObject([{ keyword: "start", needsReview: 1 }]);

  const other = await t.person("+353871234569", "none");
  const address = "+353871234569";
  await suppress(t.scope, { channel: "sms", address, reason: "manual", detail: "", createdAt: at });
  await t.receive(t.from(address, "Reprendre"));
  expect(await t.consentOf(other)).toMatchObject({ sms: "none" });
  expect(t.fake.taken).toEqual([]);
});

test("a plea that is no keyword changes nothing and waits for a person", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  await t.receive(t.from(phone, "please stop texting me"), t.from(phone, "Are you open on Sunday?"));
  expect(await t.consentOf(id)).toMatchObject({ sms: "subscribed" });
  expect((await t.replies()).map((reply) => [reply.keyword, reply.needsReview]).sort()).toEqual([
    ["", 0],
    ["", 1],
  ]);
  expect(t.fake.taken).toEqual([]);
});

test("HELP in another language is answered in it, with where to ask, and once a day", async () => {
  const t = await textingTenant();
  await t.person(phone, "subscribed", "de-AT");
  for (let i = 0; i < 4; i++) await t.receive(t.from(phone, "Hilfe"));
  expect(t.fake.taken.map((text) => text.body)).toEqual([
    "Acme: Werbung per SMS. hi@acme.ie. Abmelden mit STOP.",
  ]);
  expect(await t.replies()).toHaveLength(4);
});

test("a STOP from a number nobody owns is kept: a list imported tomorrow may hold it", async () => {
  const t = await textingTenant();
  await t.receive(t.from(phone, "STOP"));
  expect(await t.suppressed()).toMatchObject([{ channel: "sms", address: phone }]);
  expect(await t.replies()).toMatchObject([{ contactId: null }]);
});

test("everybody who shares a number leaves together", async () => {
  const t = await textingTenant();
  const ids = [await t.person(phone), await t.person(phone)];
  await t.receive(t.from(phone, "STOP"));
  for (const id of ids) expect(await t.consentOf(id)).toMatchObject({ sms: "unsubscribed" });
});

test("an answer that Twilio does not take harms nothing: the wish is recorded all the same", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  t.fake.tokens.clear();
  expect(await t.receive(t.from(phone, "Afmelden"))).toEqual(["ack"]);
  expect(await t.consentOf(id)).toMatchObject({ sms: "unsubscribed" });
  expect(t.logged).toContain("reply.unanswered");
});

test("a proof from before the telephone is no reason to bring somebody back", async () => {
  const t = await textingTenant();
  const id = await t.person(phone, "unsubscribed");
  const proof = {
    contactId: id,
    ip: "",
    userAgent: "",
    wording: "",
    at: new Date(),
    channel: "email",
  } as const;
  await appendProofs(t.scope, [
    { ...proof, id: t.deps.newId("con"), status: "unsubscribed", source: "provider" },
  ]);
  await t.receive(t.from(phone, "START"));
  expect(await t.consentOf(id)).toMatchObject({ sms: "unsubscribed" });
});

test("a reply without a number of its own, told again across any full minute, is one; a while later it is another", async () => {
  const t = await textingTenant();
  const connection = await loadConnection(t.deps, t.scope.tenantId, t.connectionId);
  const says = (text: string, receivedAtMs: number) => {
    const reply = { from: phone, to: ownNumber, text };
    const event = { kind: "replied" as const, providerEventId: "", atMs: receivedAtMs, reply };
    const unnamed = { ...event, messageId: undefined, providerMessageId: undefined };
    return connection && takeReplies(t.deps, connection, [unnamed], receivedAtMs);
  };
  const full = Date.UTC(2026, 10, 22, 9, 0);
  const minute = 60_000;
  await says("Is it Tuesday?", full - 1);
  await says("Is it Tuesday?", full);
  await says("Is it Tuesday?", full + 4 * minute);
  expect(await t.replies()).toHaveLength(1);
  await says("Is it Tuesday?", full + 10 * minute);
  expect(await t.replies()).toHaveLength(2);
});

test("STOP, START and STOP again within minutes end in STOP, also where replies have no number of their own", async () => {
  const t = await textingTenant();
  const id = await t.person(phone);
  const connection = await loadConnection(t.deps, t.scope.tenantId, t.connectionId);
  const says = (text: string) => {
    const reply = { from: phone, to: ownNumber, text };
    const event = { kind: "replied" as const, providerEventId: "", atMs: 1_790_000_000_000, reply };
    const unnamed = { ...event, messageId: undefined, providerMessageId: undefined };
    return connection && takeReplies(t.deps, connection, [unnamed], event.atMs);
  };
  for (const text of ["STOP", "STOP", "START"]) await says(text);
  expect(await t.consentOf(id)).toMatchObject({ sms: "subscribed" });
  await says("STOP");
  expect(await t.consentOf(id)).toMatchObject({ sms: "unsubscribed" });
  // The row and the confirmation are those of the first.
  expect((await t.replies()).map((reply) => reply.keyword).sort()).toEqual(["start", "stop"]);
});

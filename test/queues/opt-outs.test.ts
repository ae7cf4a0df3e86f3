/** What a provider knows about a person's will by text: learned while sending or by report, and kept to that channel. */
import { expect, test } from "vitest";
import { freezeRows } from "#db/repos/ledger";
import { ok } from "#domain/result";
import { loadConnection } from "#queues/providers/connection";
import { openProvider } from "#queues/providers/index";
import { deliver } from "#queues/sending/deliver";
import { claimAll, jobFor, type letterOf, newAttempt, rangeOf, statesOf } from "./support/run.ts";
import { textingTenant } from "./support/texting.ts";

/** A run of text messages to these numbers, frozen. */
async function run(t: Awaited<ReturnType<typeof textingTenant>>, phones: readonly string[]) {
  const runId = t.deps.newId("run");
  const people = await Promise.all(
    phones.map(async (address) => ({
      contactId: await t.person(address),
      messageId: t.deps.newId("msg"),
      address,
    })),
  );
  people.sort((a, b) => (a.contactId < b.contactId ? -1 : 1));
  await freezeRows(
    t.scope,
    runId,
    people.map((one) => ({ ...one, skip: null })),
  );
  const of = (phone: string) => {
    const found = people.find((one) => one.address === phone);
    if (!found) throw new Error(`nobody has ${phone}`);
    return found;
  };
  return { runId, people, of };
}

test("Twilio's 21610 while sending takes that person out of texts, and nobody else", async () => {
  const t = await textingTenant();
  const [left, stays] = ["+353871234567", "+353871234568"] as const;
  const { runId, people, of } = await run(t, [left, stays]);
  t.fake.account.optedOut.add(left);
  const connection = await loadConnection(t.deps, t.scope.tenantId, t.connectionId);
  if (!connection) throw new Error("no connection");
  const job = {
    ...jobFor(t.scope, rangeOf(runId, people), openProvider(t.deps, connection)),
    deps: t.deps,
    writer: {
      write: async ({ messageId, address }: ReturnType<typeof letterOf>) =>
        ok({ channel: "sms", messageId, from: "", to: address, text: "Hi" } as const),
    },
  };
  const attempt = newAttempt();
  await deliver(job as never, attempt, await claimAll(job as never, attempt), []);
  expect(await statesOf(t.scope, runId)).toEqual({ accepted: 1, failed: 1 });
  expect(await t.consentOf(of(left).contactId)).toEqual({
    email: "subscribed",
    sms: "unsubscribed",
  });
  expect(await t.consentOf(of(stays).contactId)).toEqual({
    email: "subscribed",
    sms: "subscribed",
  });
  expect(await t.suppressed()).toMatchObject([{ channel: "sms", address: left, reason: "opted_out" }]);
  expect(await t.proofs(of(left).contactId)).toMatchObject([
    { channel: "sms", source: "provider", wording: "21610: Attempt to send to unsubscribed recipient" },
  ]);
});

test("the same by status callback; a dead number is suppressed as a number, mail is left alone", async () => {
  const t = await textingTenant();
  const [left, gone] = ["+353871234567", "+353871234568"] as const;
  const { of } = await run(t, [left, gone]);
  const told = (phone: string, status: string, code: number) => {
    const fields = { MessageSid: `SM${phone}`, MessageStatus: status, ErrorCode: String(code), To: phone };
    const url = `https://mail.example/hooks/twilio/${t.connectionId}?mid=${of(phone).messageId}`;
    return t.report(new URLSearchParams(fields).toString(), { url });
  };
  const reports = [told(left, "failed", 21610), told(gone, "undelivered", 30005)];
  expect(await t.receive(...reports, ...reports)).toEqual(["ack", "ack", "ack", "ack"]);
  expect(await t.consentOf(of(left).contactId)).toEqual({
    email: "subscribed",
    sms: "unsubscribed",
  });
  expect(await t.consentOf(of(gone).contactId)).toEqual({ email: "subscribed", sms: "subscribed" });
  expect((await t.suppressed()).map((row) => [row.channel, row.address, row.reason]).sort()).toEqual([
    ["sms", left, "opted_out"],
    ["sms", gone, "bounced"],
  ]);
});

/** The sandbox's people by telephone, inside workerd: what arrives, what does not, and what they write back. */
import { expect, test } from "vitest";
import type { ProviderEvent } from "#domain/sending/provider";
import { parseSandboxReport } from "#queues/providers/sandbox";
import { text } from "../contracts/provider.ts";
import { frontDoor, mailbox, playOut } from "./sandbox-support.ts";

async function played(...numbers: string[]) {
  const { stub, identity } = mailbox();
  const seen = await frontDoor(stub, () => 202);
  const batch = numbers.map((to) => text(to, { from: "+353861000000" }));
  const result = await stub.accept(identity, batch, "k");
  await playOut(stub);
  const events: ProviderEvent[] = seen.flatMap(({ body }) => [...parseSandboxReport(body)]);
  return { stub, identity, batch, result, events };
}

test("a number decides by its last three digits what becomes of a text", async () => {
  const { result } = await played(
    "+353870000991",
    "+353870000992",
    "+353870000999",
    "+353870000998",
    "no number",
  );
  expect(result).toMatchObject({
    outcomes: [
      { kind: "failed", reason: expect.stringMatching(/^21614/) },
      { kind: "deferred" },
      { kind: "failed", optedOut: true },
      { kind: "accepted" },
      { kind: "failed", reason: expect.stringMatching(/^21211/) },
    ],
  });
});

test("it is kept whole, told as delivered or not, and found by its number", async () => {
  const { stub, batch, events } = await played("+353870000993", "+353870000998");
  expect(events.filter((event) => event.kind !== "replied")).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: "bounced", bounce: "hard", messageId: batch[0]?.messageId }),
      expect.objectContaining({ kind: "delivered", messageId: batch[1]?.messageId }),
    ]),
  );
  const [mail] = await stub.list({ search: "0998", before: null, limit: 5 });
  expect(mail).toMatchObject({ channel: "sms", to: "+353870000998", subject: "", plot: "answers" });
  expect(mail?.happened).toEqual(["delivered", "replied"]);
  expect(await stub.mail(mail?.id as never)).toMatchObject({ text: batch[1]?.text, html: "", headers: {} });
});

test.each([
  ["994", "STOP"],
  ["995", "START"],
  ["996", "HELP"],
  ["997", "please stop texting me"],
])("…%s writes back %s, to whoever wrote", async (digits, words) => {
  const { events } = await played(`+353870000${digits}`);
  expect(events.find((event) => event.kind === "replied")).toMatchObject({
    messageId: undefined,
    reply: { from: `+353870000${digits}`, to: "+353861000000", text: words },
  });
});

test("nobody answers the answer to their own words", async () => {
  const { stub, identity } = await played("+353870000994");
  const seen = await frontDoor(stub, () => 202);
  await stub.accept(identity, [text("+353870000994", { text: "You are unsubscribed" })], "k2");
  await playOut(stub);
  expect(seen.flatMap(({ body }) => parseSandboxReport(body).map((event) => event.kind))).toEqual([
    "delivered",
  ]);
});

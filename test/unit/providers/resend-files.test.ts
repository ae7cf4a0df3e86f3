/** Mails with files at Resend: its batches drop them, so they go singly, each under a key of its own. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { openResend } from "#queues/providers/resend";
import { letter, letters } from "../../contracts/provider.ts";
import { type ResendFake, startResend } from "../../fakes/resend.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
// The tenant is part of the payload: asked again, it has to be the same.
const tenantId = newId("ten");
let fake: ResendFake;
beforeEach(async () => {
  fake = await startResend();
});
afterEach(() => fake.stop());

const send = (batch: ReturnType<typeof letters>) =>
  openResend(
    { now: Date.now },
    {
      tenantId,
      id: newId("cxn"),
      kind: "resend",
      settings: { base_url: fake.baseUrl },
      secrets: { api_key: "re_test_full" },
    },
  ).send(batch, { idempotencyKey: "k", timeoutMs: 5_000 });
const attachments = [
  { filename: "terms.pdf", contentType: "application/pdf", content: "JVBERi0=" },
  { filename: "logo.png", contentType: "image/png", content: "iVBORw0=", contentId: "logo@shop" },
];
const mixed = () => {
  const [a, b, c] = letters(3);
  if (!a || !b || !c) throw new Error("three are needed");
  return [
    a,
    letter("file1@people.example", { attachments }),
    b,
    letter("file2@people.example", { attachments }),
    c,
  ];
};

test("they arrive with their mail, the others in one batch, and the answers in order", async () => {
  const batch = mixed();
  const result = await send(batch);
  expect(fake.requests.map(({ path, headers }) => [path, headers["idempotency-key"]])).toEqual([
    ["/emails/batch", "k"],
    ["/emails", "kf1"],
    ["/emails", "kf3"],
  ]);
  const byId = new Map(fake.taken.map((mail) => [mail.headers["X-Larkpost-Message"], mail]));
  expect(result).toEqual({
    kind: "settled",
    outcomes: batch.map(({ messageId }) => ({
      kind: "accepted",
      providerMessageId: byId.get(messageId)?.id,
    })),
  });
  expect(byId.get(batch[1]?.messageId)?.attachments).toEqual([
    { filename: "terms.pdf", content: "JVBERi0=", content_type: "application/pdf" },
    { filename: "logo.png", content: "iVBORw0=", content_type: "image/png", content_id: "logo@shop" },
  ]);
});

test("asked again after a lost answer, nobody gets a second mail", async () => {
  const batch = mixed();
  fake.faults.push({ kind: "cut", when: "after" });
  await send(batch);
  const again = await send(batch);
  expect(again).toMatchObject({ outcomes: batch.map(() => ({ kind: "accepted" })) });
  expect(fake.taken).toHaveLength(5);
});

test("refused in the middle, the rest is in doubt under its keys, never free for another", async () => {
  const batch = mixed();
  fake.limits.requestsPerSecond = 2;
  const result = await send(batch);
  expect(result).toMatchObject({
    outcomes: ["accepted", "accepted", "accepted", "unknown", "accepted"].map((kind) => ({ kind })),
  });
});

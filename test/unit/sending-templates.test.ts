/** From a run's content to SendGrid's far end: letters of one run share a call, and everybody gets their own mail. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileContent } from "#domain/message/compile";
import { idMint } from "#domain/ports";
import { deploymentKey } from "#domain/tenant/sealing";
import type { Deps } from "#queues/deps";
import { openSendgrid } from "#queues/providers/sendgrid/adapter";
import type { FrozenRun } from "#queues/sending/frozen-run";
import { writerFor } from "#queues/sending/writer";
import { type SendgridFake, startSendgrid } from "../fakes/sendgrid.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const tenantId = newId("ten");
const key = deploymentKey(Buffer.alloc(32, 7).toString("base64"));
let fake: SendgridFake;
beforeEach(async () => {
  fake = await startSendgrid();
});
afterEach(() => fake.stop());

async function mailsFor(html: string, names: readonly string[]) {
  const content = {
    subject: "For {{ first_name }}",
    preheader: "Only {{ first_name }}",
    html,
    text: "",
    defaults: {},
  };
  const compiled = compileContent(content, { trackOpens: true, trackClicks: true });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const sender = { fromEmail: "news@shop.example", fromName: "Shop", replyTo: "" };
  const run = { ...content, ...sender, startedAt: new Date(0) };
  const frozen = { run, compiled: compiled.value, tenantName: "Shop" } as unknown as FrozenRun;
  const deps = { deploymentKey: () => key, publicOrigin: "https://mail.shop.example" } as unknown as Deps;
  const writer = await writerFor(deps, tenantId, frozen);
  const letters = names.map((firstName, i) =>
    writer.prepare(
      { contactId: newId("ctc"), messageId: newId("msg"), address: `p${i}@x.example`, tries: 1 },
      {
        email: `p${i}@x.example`,
        firstName,
        lastName: "",
        locale: "",
        country: "",
        timeZone: "",
        emailConsent: "subscribed",
        phone: null,
        smsConsent: "none",
        fields: {},
      },
    ),
  );
  return Promise.all(
    letters.map(async (letter) => {
      const mail = await writer.write(letter);
      if (!mail.ok) throw new Error(JSON.stringify(mail.error));
      if (mail.value.channel === "sms") throw new Error("an e-mail was asked for");
      return mail.value;
    }),
  );
}

async function sentCalls(html: string, names: readonly string[]): Promise<number> {
  const mails = await mailsFor(html, names);
  const connection = {
    tenantId,
    id: newId("cxn"),
    kind: "sendgrid",
    settings: { base_url: fake.baseUrl },
    secrets: { api_key: "SG.test.full" },
  } as const;
  const sent = await openSendgrid({ now: Date.now }, connection).send(mails, {
    idempotencyKey: "k",
    timeoutMs: 5_000,
  });
  expect(sent).toMatchObject({ outcomes: names.map(() => ({ kind: "accepted" })) });
  const byId = new Map(fake.taken.map((mail) => [mail.messageId, mail]));
  for (const { messageId, subject, html, text, headers } of mails) {
    const taken = byId.get(messageId);
    expect([taken?.subject, taken?.html, taken?.text]).toEqual([subject, html, text]);
    expect(taken?.headers["List-Unsubscribe"]).toBe(headers["List-Unsubscribe"]);
    expect(taken?.html).toContain("https://mail.shop.example/t/");
  }
  expect(fake.taken).toHaveLength(names.length);
  return new Set(fake.taken.map((mail) => mail.callId)).size;
}

const simple = '<h1>Hi {{ first_name | default: "you" }}</h1><a href="https://shop.example/a">A</a>';

test("plain content is one call for all", async () => {
  expect(await sentCalls(simple, ["Ada", "Bob", "", "O'Brien & <b>", "名前"])).toBe(1);
});
test("whose name could be taken for a key goes alone, and gets their name as it is", async () => {
  expect(await sentCalls(simple, ["Ada", "~lp0; ~lp1;", "Bob"])).toBe(2);
});
test("content that is interpreted for each person is a call for each", async () => {
  expect(await sentCalls("{% if first_name == 'Ada' %}A{% else %}B{% endif %}", ["Ada", "Bob"])).toBe(2);
});

/** Mailgun's fake for one test, the adapter over real HTTP to it, and letters that are made from one template. */
import { afterEach } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult, Merge, OutgoingEmail } from "#domain/sending/provider";
import type { Connection } from "#queues/providers/index";
import { openMailgun } from "#queues/providers/mailgun/adapter";
import { letter } from "../../contracts/provider.ts";
import { type MailgunFake, type MailgunOptions, startMailgun } from "../../fakes/mailgun.ts";

export const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
export const tenantId = newId("ten");
const running: MailgunFake[] = [];
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop();
});

export async function serve(options: MailgunOptions = {}): Promise<MailgunFake> {
  const fake = await startMailgun(options);
  running.push(fake);
  return fake;
}

export function connectionTo(
  fake: { baseUrl: string; domain?: string },
  over: Partial<Connection> = {},
): Connection {
  return {
    tenantId,
    id: newId("cxn"),
    kind: "mailgun",
    settings: { base_url: `${fake.baseUrl}/`, domain: fake.domain ?? "mg.shop.example" },
    secrets: { api_key: "key-full" },
    ...over,
  };
}

export const send = (fake: MailgunFake, batch: readonly OutgoingEmail[], timeoutMs = 5_000) =>
  openMailgun({ now: Date.now }, connectionTo(fake)).send(batch, { idempotencyKey: "k", timeoutMs });
export const kinds = (result: BatchResult) =>
  result.kind === "settled" ? result.outcomes.map((o) => o.kind) : [result.refusal.kind];

export const template: Merge["template"] = {
  subject: "Für ~lp0; 🎉",
  html: '<p>Grüße an ~lp0;</p><a href="~lp1;">raus</a> 100% ~lp0;',
  text: "Grüße an ~lp0;: ~lp1;",
};

/** The letter as it stands, and the template it comes from. */
export function merged(
  to: string,
  name = to,
  over: Partial<OutgoingEmail> = {},
  from = template,
): OutgoingEmail {
  const base = letter(to);
  const values = { "~lp0;": name, "~lp1;": `https://shop.example/t/u/${base.messageId}` };
  const fill = (part: string) =>
    Object.entries(values).reduce((out, [key, value]) => out.replaceAll(key, () => value), part);
  return {
    ...base,
    subject: fill(from.subject),
    html: fill(from.html),
    text: fill(from.text),
    merge: { template: from, values },
    ...over,
  };
}

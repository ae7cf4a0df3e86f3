/** A stand-in for SendGrid on this machine (test/fakes/sendgrid.ts), with signed events of what became of each mail. */
import { actsOf } from "#domain/sending/sandbox-plot";
import { startSendgrid } from "#test/fakes/sendgrid";
import type { ApiClient } from "#test/support/client";
import type { FarEnd } from "./far-end.ts";
import { actAll, type Deeds } from "./recipients.ts";

const reported = { delivered: "delivered", bounced: "bounce", complained: "spamreport" } as const;

export async function sendgridEnd(client: ApiClient): Promise<FarEnd> {
  const senderDomain = "shop.example";
  const fake = await startSendgrid({ domains: [senderDomain] });
  type Made = { id: string; webhook_url: string };
  const made = await client.call<Made>("POST", "/v1/connections", {
    kind: "sendgrid",
    name: "Stand-in for SendGrid",
    rate_per_second: 2_000,
    settings: { base_url: fake.baseUrl },
    api_key: "SG.test.full",
  });
  const endpoint = fake.hooks.register(new URL(made.webhook_url, client.origin).href);
  await client.call("PATCH", `/v1/connections/${made.id}`, {
    secrets: { webhook_secret: endpoint.publicKey },
  });
  let deeds: Deeds = { opened: 0, clicked: 0, unsubscribed: 0 };
  const counts = { delivered: 0, bounced: 0 };
  return {
    senderDomain,
    connectionId: made.id,
    async play() {
      for (const mail of fake.taken) {
        fake.hooks.note("processed", mail);
        for (const { happening } of actsOf(mail.to)) {
          if (happening !== "delivered" && happening !== "bounced" && happening !== "complained") continue;
          fake.hooks.note(reported[happening], mail);
          if (happening !== "complained") counts[happening]++;
        }
      }
      await fake.hooks.deliver();
      const refused = endpoint.noted.find(({ status }) => (status ?? 500) >= 300);
      if (refused) throw new Error(`events were answered with ${refused.status}`);
      const arrived = fake.taken.map(({ to, html, headers }) => ({ recipient: to, html, headers }));
      deeds = await actAll(client.origin, arrived);
    },
    async count() {
      const recipients = new Set(fake.taken.map(({ to }) => to));
      const mails = fake.taken.length;
      return { mails, duplicates: mails - recipients.size, ...counts, ...deeds };
    },
    stop: () => fake.stop(),
  };
}

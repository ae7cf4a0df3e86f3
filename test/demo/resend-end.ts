/** A stand-in for Resend on this machine (test/fakes/resend.ts), with signed reports of what became of each mail. */
import { actsOf } from "#domain/sending/sandbox-plot";
import { startResend } from "#test/fakes/resend";
import type { ApiClient } from "#test/support/client";
import type { FarEnd } from "./far-end.ts";
import { actAll, type Deeds } from "./recipients.ts";

const reported = {
  delivered: "email.delivered",
  bounced: "email.bounced",
  complained: "email.complained",
} as const;
const gone = { bounce: { type: "Permanent", subType: "General", message: "550 5.1.1 no such mailbox" } };

export async function resendEnd(client: ApiClient): Promise<FarEnd> {
  const senderDomain = "shop.example";
  const fake = await startResend({ domains: [senderDomain] });
  type Made = { id: string; webhook_url: string };
  const made = await client.call<Made>("POST", "/v1/connections", {
    kind: "resend",
    name: "Stand-in for Resend",
    rate_per_second: 2_000,
    settings: { base_url: fake.baseUrl },
    api_key: "re_test_full",
  });
  const endpoint = fake.hooks.register(
    new URL(made.webhook_url, client.origin).href,
    Object.values(reported),
  );
  await client.call("PATCH", `/v1/connections/${made.id}`, {
    secrets: { webhook_secret: endpoint.secrets[0] },
  });
  let deeds: Deeds = { opened: 0, clicked: 0, unsubscribed: 0 };
  const counts = { delivered: 0, bounced: 0 };
  return {
    senderDomain,
    connectionId: made.id,
    async play() {
      for (const mail of fake.taken)
        for (const { happening } of actsOf(mail.to[0] ?? "")) {
          if (happening !== "delivered" && happening !== "bounced" && happening !== "complained") continue;
          fake.hooks.note(reported[happening], mail, happening === "bounced" ? gone : {});
          if (happening !== "complained") counts[happening]++;
        }
      await fake.hooks.deliver();
      const refused = fake.hooks.reports.find((report) => (report.status ?? 500) >= 300);
      if (refused) throw new Error(`a report was answered with ${refused.status}`);
      const arrived = fake.taken.map(({ to, html = "", headers }) => ({
        recipient: to[0] ?? "",
        html,
        headers,
      }));
      deeds = await actAll(client.origin, arrived);
    },
    async count() {
      const recipients = new Set(fake.taken.flatMap((mail) => mail.to));
      const mails = fake.taken.length;
      return { mails, duplicates: mails - recipients.size, ...counts, ...deeds };
    },
    stop: () => fake.stop(),
  };
}

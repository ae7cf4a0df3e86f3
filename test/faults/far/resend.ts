/** Resend: idempotency keys and signed reports, behind a line that fails. */

import { startResend, type TakenMail } from "../../fakes/resend.ts";
import { svixHeaders } from "../../fakes/resend-webhooks.ts";
import { type Courier, startCourier } from "../courier.ts";
import { callFates } from "../plan.ts";
import { stream } from "../random.ts";
import { startSpoiler } from "../spoiler.ts";
import { bareAddress, type FarDeps, type FarEnd, post } from "./far-end.ts";

const events = ["email.delivered", "email.bounced", "email.complained", "email.sent"];
const words = {
  rateLimited: {
    body: { statusCode: 429, name: "rate_limit_exceeded", message: "Too many requests." },
    headers: { "retry-after": "1" },
  },
  broken: { statusCode: 503, name: "internal_server_error", message: "Something went wrong." },
};
const bounce = { bounce: { type: "Permanent", subType: "General", message: "550 5.1.1 no such mailbox" } };

export async function resendEnd({ plan, journal }: FarDeps): Promise<FarEnd> {
  const name = "resend";
  const fake = await startResend();
  const line = await startSpoiler({
    behind: fake.baseUrl,
    words,
    next: callFates(plan.seed, name),
    note: (fault) => journal.note(`call ${fault}`, name),
  });
  let courier: Courier | undefined;
  return {
    name,
    law: { idempotent: true, evidence: true },
    connection: { kind: "resend", settings: { base_url: line.baseUrl }, api_key: "re_test_full" },
    async attach({ webhook_url }) {
      const endpoint = fake.hooks.register(webhook_url, events);
      courier = startCourier({
        taken: fake.taken,
        addressOf,
        habits: plan.reports,
        random: stream(plan.seed, "reports resend"),
        mayKeepSilent: true,
        note: (what) => journal.note(what, name),
        event(mail, kind) {
          const type = kind === "accepted" ? "email.sent" : `email.${kind}`;
          const [noted] = fake.hooks.note(type, mail, kind === "bounced" ? bounce : {});
          const { svixId, body } = noted ?? { svixId: "", body: "" };
          return () => post(webhook_url, svixHeaders(endpoint.secrets, svixId, seconds(), body), body);
        },
      });
      return { webhook_secret: endpoint.secrets[0] ?? "" };
    },
    count: () => fake.taken.length,
    log: async () => fake.taken.map((mail) => ({ to: addressOf(mail), messageId: mail.tags.mid ?? "" })),
    told: () => courier?.told ?? [],
    left: () => courier?.left() ?? 0,
    forge({ to, messageId }, { webhook_url }) {
      const data = { email_id: "forged", to: [to], tags: { mid: messageId }, ...bounce };
      const body = JSON.stringify({ type: "email.bounced", created_at: new Date().toISOString(), data });
      return post(
        webhook_url,
        svixHeaders(["whsec_Zm9yZ2VkLXNlY3JldA=="], "msg_forged", seconds(), body),
        body,
      );
    },
    async stop() {
      courier?.stop();
      await line.stop();
      await fake.stop();
    },
  };
}

const seconds = () => Math.floor(Date.now() / 1_000);
const addressOf = (mail: TakenMail) => bareAddress(mail.to[0] ?? "");

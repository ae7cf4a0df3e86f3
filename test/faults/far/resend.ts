/** Resend: idempotency keys, and reports signed by Svix. */
import { startResend } from "../../fakes/resend.ts";
import { type Endpoint, svixHeaders } from "../../fakes/resend-webhooks.ts";
import { bareAddress, type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const events = ["email.delivered", "email.bounced", "email.complained"];
const bounce = { bounce: { type: "Permanent", subType: "General", message: "550 5.1.1 no such mailbox" } };
const forgedSecret = "whsec_Zm9yZ2VkLXNlY3JldA==";
const seconds = () => Math.floor(Date.now() / 1_000);

export async function resendEnd(deps: FarDeps): Promise<FarEnd> {
  const fake = await startResend();
  let endpoint: Endpoint | undefined;
  return httpEnd(deps, {
    name: "resend",
    law: { idempotent: true, evidence: true },
    perCall: 100,
    words: {
      rateLimited: {
        body: { statusCode: 429, name: "rate_limit_exceeded", message: "Too many requests." },
        headers: { "retry-after": "1" },
      },
      broken: { statusCode: 503, name: "internal_server_error", message: "Something went wrong." },
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: (mail) => ({ to: bareAddress(mail.to[0] ?? ""), messageId: mail.tags.mid ?? "", atMs: mail.atMs }),
    connection: (base_url) => ({ kind: "resend", settings: { base_url }, api_key: "re_test_full" }),
    register(webhookUrl) {
      endpoint = fake.hooks.register(webhookUrl, events);
      return { webhook_secret: endpoint.secrets[0] ?? "" };
    },
    event(mail, kind) {
      const [noted] = fake.hooks.note(`email.${kind}`, mail, kind === "bounced" ? bounce : {});
      const { svixId, body } = noted ?? { svixId: "", body: "" };
      return () =>
        post(endpoint?.url ?? "", svixHeaders(endpoint?.secrets ?? [], svixId, seconds(), body), body);
    },
    forge({ to, messageId }, { webhook_url }) {
      const data = { email_id: "forged", to: [to], tags: { mid: messageId }, ...bounce };
      const body = JSON.stringify({ type: "email.bounced", created_at: new Date().toISOString(), data });
      return post(webhook_url, svixHeaders([forgedSecret], "msg_forged", seconds(), body), body);
    },
    stop: fake.stop,
  });
}

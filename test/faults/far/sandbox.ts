/** The sandbox, as each of the three classes of provider: its far end lives in workerd and dies with it. */
import { randomBytes } from "node:crypto";
import type { ApiClient } from "#test/support/client";
import { type FarEnd, type Law, post } from "./far-end.ts";

type SandboxMail = { readonly to: string; readonly connection_id: string; readonly at: string };

export function sandboxEnd(name: string, law: Law, client: () => ApiClient): FarEnd {
  let connectionId = "";
  return {
    name,
    law,
    connection: { kind: "sandbox", settings: { idempotency: law.idempotent, evidence: law.evidence } },
    async attach({ id }) {
      connectionId = id;
      return undefined;
    },
    count: undefined,
    async log() {
      const mails = await client().all<SandboxMail>("/v1/sandbox/mails");
      return mails
        .filter((mail) => mail.connection_id === connectionId)
        .map(({ to, at }) => ({ to, messageId: "", atMs: Date.parse(at) }));
    },
    told: () => [],
    left: () => 0,
    forge({ to, messageId }, { webhook_url }) {
      const event = { id: "forged", type: "bounced", mail_id: "mai_x", message_id: messageId, recipient: to };
      const body = JSON.stringify({ events: [{ ...event, at: new Date().toISOString() }] });
      const headers = {
        "content-type": "application/json",
        "webhook-id": "wh_forged",
        "webhook-timestamp": String(Math.floor(Date.now() / 1_000)),
        "webhook-signature": `v1,${randomBytes(32).toString("base64")}`,
      };
      return post(webhook_url, headers, body);
    },
    stop: async () => undefined,
  };
}

/** SendGrid: no keys; reports by signed batches, many events in one post. */
import { generateKeyPairSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { startSendgrid } from "../../fakes/sendgrid.ts";
import { bodyOf, type EventEndpoint, signatureHeaders } from "../../fakes/sendgrid-webhooks.ts";
import { behaviourOf } from "../audience.ts";
import { type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const kinds = {
  accepted: "processed",
  delivered: "delivered",
  bounced: "bounce",
  complained: "spamreport",
} as const;
const gatherMs = 100;
const perPost = 200;
const seconds = () => Math.floor(Date.now() / 1_000);
const error = (message: string) => ({ errors: [{ message, field: null, help: null }] });

export async function sendgridEnd(deps: FarDeps, addresses: readonly string[]): Promise<FarEnd> {
  const fake = await startSendgrid();
  for (const address of addresses) if (behaviourOf(address) === "refuse") fake.account.refused.add(address);
  let endpoint: EventEndpoint | undefined;
  let gathering: { events: unknown[]; status: Promise<number> } | undefined;

  /** Waits a little for company, then goes out under one signature. */
  function together(event: unknown): Promise<number> {
    if (!gathering || gathering.events.length >= perPost) {
      const events: unknown[] = [];
      const status = (async () => {
        await delay(gatherMs);
        if (gathering?.events === events) gathering = undefined;
        const body = bodyOf(events);
        return endpoint
          ? post(endpoint.url, signatureHeaders(endpoint.privateKey, seconds(), body), body)
          : 0;
      })();
      gathering = { events, status };
    }
    gathering.events.push(event);
    return gathering.status;
  }

  return httpEnd(deps, {
    name: "sendgrid",
    law: { idempotent: false, evidence: true },
    perCall: 1_000,
    words: {
      rateLimited: {
        body: error("too many requests"),
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(seconds() + 1) },
      },
      broken: error("Internal Server Error"),
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: (mail) => ({ to: mail.to, messageId: mail.messageId ?? "", atMs: mail.atMs }),
    connection: (base_url) => ({ kind: "sendgrid", settings: { base_url }, api_key: "SG.test.full" }),
    register(webhookUrl) {
      endpoint = fake.hooks.register(webhookUrl);
      return { webhook_secret: endpoint.publicKey };
    },
    event(mail, kind) {
      fake.hooks.note(kinds[kind], mail);
      const event = endpoint?.noted.pop()?.event;
      return () => together(event);
    },
    forge({ to, messageId }, { webhook_url }) {
      const event = {
        email: to,
        timestamp: seconds(),
        event: "bounce",
        type: "bounce",
        sg_event_id: "forged",
      };
      const body = bodyOf([{ ...event, lark_mid: messageId }]);
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return post(webhook_url, signatureHeaders(privateKey, seconds(), body), body);
    },
    stop: fake.stop,
  });
}

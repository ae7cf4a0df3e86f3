/** A recipient's own decision about marketing: written with its proof before we answer. */
import type { Context } from "hono";
import type { MessageRecipient } from "#db/repos/recipients";
import { setConsent } from "#db/repos/unsubscribe";
import type { Channel } from "#domain/contact/consent";
import { clientAddress } from "../client-address.ts";
import type { AppEnv } from "../context.ts";
import { hitOf, noteHit } from "./hits.ts";
import type { Visit } from "./visit.ts";

export type Decision = {
  readonly status: "subscribed" | "unsubscribed";
  readonly source: "one_click" | "unsubscribe_page" | "preference_page";
  readonly wording: string;
};

export async function changeConsent(
  c: Context<AppEnv>,
  visit: Visit,
  recipient: MessageRecipient,
  decision: Decision,
  channel: Channel = "email",
): Promise<void> {
  const { deps } = c.var;
  const { ip, userAgent } = clientAddress(c);
  const proof = {
    id: deps.newId("con"),
    contactId: recipient.contact.id,
    source: decision.source,
    ip,
    userAgent: userAgent.slice(0, 300),
    wording: decision.wording.slice(0, 1_000),
    at: new Date(deps.now()),
  };
  const changed = await setConsent(visit.scope, channel, decision.status, [proof]);
  // Asked twice is left once: the campaign's numbers count people.
  if (decision.status === "unsubscribed" && changed.length > 0)
    noteHit(c.env, c.executionCtx, visit.tenantId, hitOf(c.req.raw, visit, "unsubscribed"));
}

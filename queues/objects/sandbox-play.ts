/** Playing what is due: providers' reports by signed webhook, people's opens, clicks and goodbyes through the front door. */
import { limitConcurrency } from "#db/concurrency";
import { channelOf } from "#domain/contact/consent";
import { actsOf, plotOf, wordsOf } from "#domain/sending/sandbox-people";
import { type Act, happenings, personOf, proxyOf } from "#domain/sending/sandbox-plot";
import type { SandboxReport } from "../providers/sandbox.ts";
import { signWebhook } from "../providers/standard-webhooks.ts";
import type { MailboxIdentity } from "./sandbox-mailbox.ts";
import type { MailRow, SandboxStore } from "./sandbox-store.ts";

export type Stage = {
  readonly env: Pick<Env, "SELF" | "PUBLIC_ORIGIN">;
  readonly store: SandboxStore;
  readonly identity: MailboxIdentity;
  readonly nowMs: number;
};

/** One alarm's work: enough to keep up, little enough to be repeated after a crash without much ado. */
const pageSize = 500;
const eventsPerPost = 100;
const atOnce = 5;
const maxTries = 8;

const reported = ["delivered", "bounced", "complained", "replied"] as const;

type Due = { readonly mail: MailRow; readonly act: Act; readonly next: Act | undefined };

export async function playDue(stage: Stage): Promise<void> {
  const due = stage.store.due(stage.nowMs, pageSize).map(nextAct);
  const [reports, visits] = [due.filter(isReport), due.filter((d) => !isReport(d))];
  const inTurn = limitConcurrency(atOnce);
  const posts: Promise<void>[] = [];
  for (let first = 0; first < reports.length; first += eventsPerPost) {
    const part = reports.slice(first, first + eventsPerPost);
    posts.push(inTurn(() => report(stage, part)));
  }
  await Promise.all([...posts, ...visits.map((visit) => inTurn(() => act(stage, visit)))]);
}

function nextAct(mail: MailRow): Due {
  const acts = actsOf(mail.recipient);
  const next = acts[mail.acts_done];
  // The plot belongs to the address, so a stored mail always has as many acts as were counted when it came.
  if (!next) throw new Error(`mail ${mail.id} has no act ${mail.acts_done}`);
  // Some have fewer: whoever has written back once does so no more.
  return { mail, act: next, next: mail.acts_done + 1 < mail.acts ? acts[mail.acts_done + 1] : undefined };
}

function isReport({ act }: Due): boolean {
  return (reported as readonly string[]).includes(act.happening);
}

function tick({ store }: Stage, { mail, act, next }: Due, happened: boolean): void {
  const bit = happened ? 1 << happenings.indexOf(act.happening) : 0;
  store.tick(mail.id, mail.acts_done, bit, next ? mail.at_ms + next.afterMs : null);
}

async function report(stage: Stage, part: readonly Due[]): Promise<void> {
  const { identity, nowMs, store } = stage;
  if (identity.evidence && !(await post(stage, part))) {
    for (const due of part) {
      if (due.mail.tries >= maxTries) tick(stage, due, true);
      else store.postpone(due.mail.id, nowMs + backoffMs(due.mail.tries));
    }
    return;
  }
  for (const due of part) tick(stage, due, true);
}

async function post({ env, identity }: Stage, part: readonly Due[]): Promise<boolean> {
  const body = JSON.stringify({ events: part.map(eventOf) } satisfies SandboxReport);
  // A repeat after a crash may be grouped otherwise: what counts is that each event keeps its own id.
  const id = `wh_${eventId(part[0] as Due)}_${part.length}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": await signWebhook(identity.webhookSecret, id, timestamp, body),
  };
  const url = `${env.PUBLIC_ORIGIN}/hooks/sandbox/${identity.connectionId}`;
  const status = await statusOf(env, url, { method: "POST", headers, body });
  return status >= 200 && status < 300;
}

const eventId = ({ mail }: Due) => `${mail.id}_${mail.acts_done}`;

function eventOf(due: Due): SandboxReport["events"][number] {
  const { mail, act } = due;
  return {
    id: eventId(due),
    type: act.happening as (typeof reported)[number],
    mail_id: mail.id,
    message_id: mail.message_id,
    recipient: mail.recipient,
    at: new Date(mail.at_ms + act.afterMs).toISOString(),
    ...(act.happening === "bounced"
      ? {
          detail: channelOf(mail.recipient) === "sms" ? "30005 unknown handset" : "550 5.1.1 no such mailbox",
        }
      : {}),
    ...(act.happening === "replied" ? { to: mail.sender, text: wordsOf[plotOf(mail.recipient)] ?? "" } : {}),
  };
}

/** A visit that met no answer is tried again; whatever the answer was, the person has acted. */
async function act(stage: Stage, due: Due): Promise<void> {
  const { mail } = due;
  const happening = due.act.happening;
  const url = happening === "opened" ? mail.pixel : happening === "clicked" ? mail.link : mail.unsubscribe;
  // Reading needs no pixel, only nobody will know of it; what is not in the mail cannot be touched.
  if (!url) return tick(stage, due, happening === "opened");
  const { ip, userAgent } = due.act.machine ? proxyOf(mail.recipient) : personOf(mail.recipient);
  const headers = new Headers({ "user-agent": userAgent, "cf-connecting-ip": ip });
  const request: RequestInit = { headers, redirect: "manual" };
  if (happening === "unsubscribed") {
    request.method = "POST";
    request.body = "List-Unsubscribe=One-Click";
    headers.set("content-type", "application/x-www-form-urlencoded");
  }
  const status = await statusOf(stage.env, url, request);
  const answered = status > 0 && status < 500 && status !== 429;
  if (answered || mail.tries >= maxTries) return tick(stage, due, answered);
  stage.store.postpone(mail.id, stage.nowMs + backoffMs(mail.tries));
}

/** 0 where no answer came. */
async function statusOf(env: Stage["env"], url: string, init: RequestInit): Promise<number> {
  try {
    const response = await env.SELF.fetch(url, init);
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

function backoffMs(tries: number): number {
  return Math.min(60_000, 500 * 2 ** tries);
}

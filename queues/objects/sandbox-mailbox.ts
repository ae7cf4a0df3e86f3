/** A sandbox connection's far end: keeps every mail it took, plays the recipients, reports by signed webhook. */

import { DurableObject } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { z } from "zod";
import { type Channel, channelOf } from "#domain/contact/consent";
import { idText } from "#domain/id-schema";
import type { ConnectionId, MailId } from "#domain/ids";
import { idMint } from "#domain/ports";
import type { Address, BatchResult, Outcome, Outgoing } from "#domain/sending/provider";
import { touchable } from "#domain/sending/sandbox-links";
import { actsOf, type Plot, plotOf, receptionOf } from "#domain/sending/sandbox-people";
import { type Happening, happenings } from "#domain/sending/sandbox-plot";
import { playDue } from "./sandbox-play.ts";
import { type MailRow, maxMailCharacters, type NewMail, pack, SandboxStore } from "./sandbox-store.ts";
import { newText, textRefusal } from "./sandbox-text.ts";

const identitySchema = z.object({
  tenantId: idText("ten"),
  connectionId: idText("cxn"),
  idempotent: z.boolean(),
  evidence: z.boolean(),
  webhookSecret: z.string(),
});
export type MailboxIdentity = Readonly<z.output<typeof identitySchema>>;

export type MailSummary = {
  readonly id: MailId;
  readonly connectionId: ConnectionId;
  readonly channel: Channel;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly plot: Plot;
  readonly happened: Happening[];
  readonly messageId: string;
  readonly atMs: number;
};
export type WholeMail = MailSummary & {
  readonly html: string;
  readonly text: string;
  readonly headers: Record<string, string>;
};
export type MailboxSummary = {
  readonly mails: number;
  /** Distinct ids of our own among them: what is missing from `mails` came twice. */
  readonly messages: number;
  readonly recipients: number;
  readonly waitingEvents: number;
  readonly firstAtMs: number | null;
};
const beatMs = 250;

export type MailFilter = {
  readonly search: string;
  readonly before: MailId | null;
  readonly limit: number;
};

export class SandboxMailbox extends DurableObject<Env> {
  readonly #store: SandboxStore;
  readonly #newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
  #identity: MailboxIdentity | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new SandboxStore(ctx.storage.sql);
    ctx.blockConcurrencyWhile(async () => {
      this.#identity = identitySchema.safeParse(await ctx.storage.get("identity")).data;
      await this.#wake();
    });
  }

  /** Takes a batch like a provider would; nothing between the look at the key and the last row can come in between. */
  async accept(
    identity: MailboxIdentity,
    batch: readonly Outgoing[],
    idempotencyKey: string,
  ): Promise<BatchResult> {
    await this.#remember(identity);
    const nowMs = Date.now();
    const digest = createHash("sha256").update(JSON.stringify(batch)).digest("base64");
    const key = identity.idempotent ? idempotencyKey : undefined;
    const result = this.ctx.storage.transactionSync((): BatchResult => {
      const known = key === undefined ? undefined : this.#store.answerTo(key, nowMs);
      if (known && known.digest !== digest) return conflict(batch.length);
      if (known) return JSON.parse(known.answer) as BatchResult;
      const settled: BatchResult = { kind: "settled", outcomes: this.#take(batch, nowMs) };
      if (key !== undefined) this.#store.remember(key, { digest, answer: JSON.stringify(settled) }, nowMs);
      return settled;
    });
    await this.#wake();
    return result;
  }

  async ping(identity: MailboxIdentity): Promise<void> {
    await this.#remember(identity);
  }

  async list(filter: MailFilter): Promise<MailSummary[]> {
    return this.#store.list(filter).map((row) => this.#summaryOf(row));
  }

  async mail(id: MailId): Promise<WholeMail | undefined> {
    const found = this.#store.mail(id);
    if (!found) return undefined;
    const { html, text, headers } = found.body;
    return { ...this.#summaryOf(found.row), html, text, headers: { ...headers } };
  }

  async summary(): Promise<MailboxSummary> {
    const { mails, messages, recipients, waiting, first_ms } = this.#store.summary();
    return { mails, messages, recipients, waitingEvents: waiting, firstAtMs: first_ms };
  }

  async clear(): Promise<void> {
    this.#store.clear();
    await this.ctx.storage.deleteAlarm();
  }

  /** Runs at least once, perhaps twice: every act is ticked off only while it is still the next. */
  override async alarm(): Promise<void> {
    const identity = this.#identity;
    if (!identity) return;
    try {
      await playDue({ env: this.env, store: this.#store, identity, nowMs: Date.now() });
    } catch (error) {
      // Left to the runtime, a failing alarm would be given up after a few tries.
      console.log(JSON.stringify({ event: "sandbox.alarm_failed", error: String(error).slice(0, 300) }));
      await this.ctx.storage.setAlarm(Date.now() + 1_000);
      return;
    }
    await this.#wake();
  }

  #take(batch: readonly Outgoing[], nowMs: number): Outcome[] {
    const mails: NewMail[] = [];
    // Ids of one millisecond come in any order; sorted, the inbox keeps the order of the batch.
    const ids = batch.map(() => this.#newId("mai")).sort();
    const outcomes = batch.map((mail, index): Outcome => {
      const refusal = refusalOf(mail);
      if (refusal) return refusal;
      const id = ids[index] as MailId;
      mails.push(this.#newMail(id, mail, nowMs));
      return { kind: "accepted", providerMessageId: id };
    });
    if (mails.length > 0) this.#store.add(mails, pack(mails), nowMs);
    return outcomes;
  }

  #newMail(id: MailId, mail: Outgoing, nowMs: number): NewMail {
    if (mail.channel === "sms") return newText(id, mail, nowMs, !this.#store.hasReplied(mail.to));
    const { html, text, headers, subject } = mail;
    const recipient = mail.to.email;
    const acts = actsOf(recipient);
    const { pixel, link, unsubscribe } = touchable({ html, headers, recipient }, this.env.PUBLIC_ORIGIN);
    return {
      id,
      messageId: mail.messageId,
      recipient,
      sender: shown(mail.from),
      subject,
      html,
      text,
      headers,
      acts: acts.length,
      dueMs: nowMs + (acts[0]?.afterMs ?? 0),
      pixel: pixel ?? null,
      link: link ?? null,
      unsubscribe: unsubscribe ?? null,
    };
  }

  #summaryOf(row: MailRow): MailSummary {
    return {
      id: row.id,
      connectionId: this.#identity?.connectionId as ConnectionId,
      channel: channelOf(row.recipient),
      to: row.recipient,
      from: row.sender,
      subject: row.subject,
      plot: plotOf(row.recipient),
      happened: happenings.filter((_name, bit) => (row.happened & (1 << bit)) !== 0),
      messageId: row.message_id,
      atMs: row.at_ms,
    };
  }

  async #remember(identity: MailboxIdentity): Promise<void> {
    const known = this.#identity;
    if (known && JSON.stringify(known) === JSON.stringify(identity)) return;
    this.#identity = identitySchema.parse(identity);
    await this.ctx.storage.put("identity", this.#identity);
  }

  /** The alarm rings soon after the next act is due, on a coarse beat, so that reports gather into few posts. */
  async #wake(): Promise<void> {
    const dueMs = this.#store.nextDueMs();
    if (dueMs === undefined) return;
    const ringMs = Math.ceil(dueMs / beatMs) * beatMs;
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > ringMs) await this.ctx.storage.setAlarm(ringMs);
  }
}

function conflict(count: number): BatchResult {
  // As with Resend's 409: what was sent under this key before stays sent; of this call nothing is known to be taken.
  const reason = "this idempotency key was used with another payload";
  return { kind: "settled", outcomes: Array.from({ length: count }, () => ({ kind: "unknown", reason })) };
}

function refusalOf(mail: Outgoing): Outcome | undefined {
  if (mail.channel === "sms") return textRefusal(mail);
  if (mail.html.length + mail.text.length > maxMailCharacters)
    return { kind: "failed", reason: "552 5.3.4 message too large" };
  const reception = receptionOf(mail.to.email);
  if (reception === "refuses") return { kind: "failed", reason: "550 5.1.1 no such mailbox" };
  if (reception === "defers")
    return { kind: "deferred", reason: "450 4.2.1 mailbox busy", retryAfterMs: 5_000 };
  return undefined;
}

function shown(address: Address): string {
  return address.name ? `${address.name} <${address.email}>` : address.email;
}

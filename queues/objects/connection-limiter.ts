/** What one tenant's connection lets through: every run and flow that uses the connection asks here first. */
import { DurableObject } from "cloudflare:workers";
import {
  type Account,
  type Ask,
  ask,
  type Gate,
  type Grant,
  gate,
  newGate,
  settleAccount,
  type Terms,
  withLearned,
  withTerms,
  withTrouble,
} from "#domain/sending/gate";
import { closeUntil } from "#domain/sending/pacing";

/** Null until somebody has said what the connection may do: after its storage was lost, it is asked for again. */
export type Answer = Grant | null;

const key = "gate";

export class ConnectionLimiter extends DurableObject<Env> {
  #gate: Gate | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => {
      this.#gate = gate.safeParse(await ctx.storage.get(key)).data;
    });
  }

  /** Some of what is wanted, or nothing and when to come again. */
  async take(wanted: Ask): Promise<Answer> {
    if (!this.#gate) return null;
    const asked = ask(this.#gate, wanted, Date.now());
    this.#keep(asked.gate);
    return asked.grant;
  }

  /** Once per attempt, when it is over. */
  async settle(account: Account): Promise<void> {
    if (this.#gate) this.#keep(settleAccount(this.#gate, account, Date.now()));
  }

  /** Reports of mailboxes that put messages off after the provider had taken them. */
  async learn(groups: Account["groups"]): Promise<void> {
    if (this.#gate) this.#keep(withLearned(this.#gate, groups, Date.now()));
  }

  /** After a 429: nothing leaves before this time has passed. A shorter penalty never shortens a longer one. */
  async penalize(retryAfterMs: number): Promise<void> {
    if (!this.#gate) return;
    const { bucket } = this.#gate;
    this.#keep({ ...this.#gate, bucket: closeUntil(bucket, Date.now() + Math.max(0, retryAfterMs)) });
  }

  /** Credentials that were tried and refused, outside of any sending. */
  async noteRejected(reason: string): Promise<void> {
    if (this.#gate) this.#keep(withTrouble(this.#gate, "rejected", reason, Date.now()));
  }

  /** Other terms take over what is left in the bucket and any penalty; the same terms change nothing. */
  async configure(terms: Terms): Promise<void> {
    const nowMs = Date.now();
    this.#keep(this.#gate ? withTerms(this.#gate, terms, nowMs) : newGate(terms, nowMs));
  }

  /** Null where nothing was ever asked of this connection since its storage began. */
  async look(): Promise<Gate | null> {
    return this.#gate ?? null;
  }

  #keep(next: Gate): void {
    this.#gate = next;
    // Not awaited: the output gate holds the answer until it is written.
    void this.ctx.storage.put(key, next);
  }
}

/** A provider of a fault run, seen from outside: what it is told, what it took by its own log, what it told us. */
import type { Channel } from "#domain/contact/consent";
import type { Reported } from "../courier.ts";
import type { Journal } from "../journal.ts";
import type { Plan } from "../plan.ts";

/** One mail in a far end's own log. */
export type FarMail = {
  readonly to: string;
  /** Our own id in it; empty where the log does not tell. */
  readonly messageId: string;
  readonly atMs?: number | undefined;
};

/** What the engine may rely on there. */
export type Law = { readonly idempotent: boolean; readonly evidence: boolean };

export type Made = { readonly id: string; readonly webhook_url: string };
export type FarDeps = { readonly plan: Plan; readonly journal: Journal };

export type FarEnd = {
  readonly name: string;
  readonly channel: Channel;
  readonly law: Law;
  /** Messages that one loss of an answer can leave in doubt: what is announced together (docs/providers.md). */
  readonly perCall: number;
  /** The body that connects it, name and pace left out. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** The connection exists: now it knows where to report. Answers what the connection must be told in turn. */
  attach?(made: Made): Promise<Readonly<Record<string, string>> | undefined>;
  /** How many it has taken. */
  count(): number;
  log(): Promise<readonly FarMail[]>;
  /** What it told us and we took. */
  told(): readonly Reported[];
  /** Reports that are still on their way. */
  left(): number;
  /** Posts a report in its name, without its key: `to` is said to have bounced. Answers with the status. */
  forge?(mail: FarMail, made: Made): Promise<number>;
  stop(): Promise<void>;
};

/** Posts and answers with the status; 0 where nobody answers. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number> {
  try {
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}

export const bareAddress = (mailbox: string) => /<([^>]+)>/.exec(mailbox)?.[1] ?? mailbox;

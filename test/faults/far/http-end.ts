/** What far ends that speak HTTP have in common: a line that fails before them, a courier for their reports. */

import type { Channel } from "#domain/contact/consent";
import type { ReportKind } from "../courier.ts";
import { type Courier, startCourier } from "../courier.ts";
import { callFates, latestReportMs } from "../plan.ts";
import { stream } from "../random.ts";
import { startSpoiler, type Words } from "../spoiler.ts";
import type { FarDeps, FarEnd, FarMail, Law, Made } from "./far-end.ts";

type Secrets = Readonly<Record<string, string>>;

export type HttpEnd<Mail> = {
  readonly name: string;
  /** Mail where absent. */
  readonly channel?: Channel;
  readonly law: Law;
  readonly perCall: number;
  readonly words: Words;
  /** How many calls it will see at least; a few, where they take many mails. */
  readonly calls?: number;
  /** The fake's own address and log. */
  readonly baseUrl: string;
  readonly taken: readonly Mail[];
  readonly read: (mail: Mail) => FarMail;
  /** `baseUrl`: the line's. */
  readonly connection: (baseUrl: string) => Readonly<Record<string, unknown>>;
  /** Registers our address; answers with the secrets the connection must know. */
  readonly register: (webhookUrl: string) => Secrets | undefined | Promise<undefined>;
  /** Makes the event once; the answer posts it, as often as it is called, and answers with the status. */
  readonly event: (mail: Mail, kind: ReportKind) => () => Promise<number>;
  readonly forge: (mail: FarMail, made: Made) => Promise<number>;
  readonly stop: () => Promise<void>;
};

export async function httpEnd<Mail>({ plan, journal }: FarDeps, end: HttpEnd<Mail>): Promise<FarEnd> {
  const { name, law, taken, read, channel = "email" } = end;
  const line = await startSpoiler({
    behind: end.baseUrl,
    words: end.words,
    next: callFates(plan.seed, name, end.calls),
    note: (fault) => journal.note(`call ${fault}`, name),
  });
  let courier: Courier | undefined;
  return {
    name,
    channel,
    law,
    perCall: end.perCall,
    connection: end.connection(line.baseUrl),
    async attach({ webhook_url }) {
      const secrets = await end.register(webhook_url);
      courier = startCourier({
        taken,
        addressOf: (mail) => read(mail).to,
        channel,
        habits: plan.reports,
        random: stream(plan.seed, `reports ${name}`),
        latestMs: latestReportMs(plan.recipients),
        // Without keys a report is the only evidence: of every mail one must get through (docs/sending.md).
        mayKeepSilent: law.idempotent,
        event: end.event,
        note: (what) => journal.note(what, name),
      });
      return secrets;
    },
    count: () => taken.length,
    log: async () => taken.map(read),
    told: () => courier?.told ?? [],
    left: () => courier?.left() ?? 0,
    forge: end.forge,
    async stop() {
      courier?.stop();
      await line.stop();
      await end.stop();
    },
  };
}

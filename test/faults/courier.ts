/** Carries a far end's reports to us as providers do: repeated until they are taken, doubled, late, in any order, some never. */
import { setTimeout as delay } from "node:timers/promises";
import type { Channel } from "#domain/contact/consent";
import { type Behaviour, behaviourOf } from "./audience.ts";
import type { ReportHabits } from "./plan.ts";
import { between, type Random } from "./random.ts";

export type ReportKind = "accepted" | "delivered" | "bounced" | "complained";
export type Reported = {
  readonly to: string;
  readonly kind: ReportKind;
  /** When it was answered with 2xx. */
  readonly atMs: number;
};

const perPoll = 100;
const atOnce = 12;
/** Doubles and repeats of a report come this much later, at most. */
const repeatWithinMs = 1_500;

/** Of a text nobody complains; whoever does so of a mail has it delivered. */
const storyOf = (behaviour: Behaviour, channel: Channel) =>
  channel === "sms" ? stories[behaviour].slice(0, 1) : stories[behaviour];
const stories: Readonly<Record<Behaviour, readonly ReportKind[]>> = {
  ignore: ["delivered"],
  reads: ["delivered"],
  click: ["delivered"],
  bounce: ["bounced"],
  complain: ["delivered", "complained"],
  unsubscribe: ["delivered"],
  defer: ["delivered"],
  refuse: ["delivered"],
};

export type Courier = {
  /** What was told and answered with 2xx. */
  readonly told: readonly Reported[];
  /** Reports on their way. */
  left(): number;
  stop(): void;
};

/** `post` answers with the status of the answer, 0 for none. Posting the same mail and kind again repeats the same event. */
export function startCourier<Mail>(options: {
  /** The far end's log, which only grows. */
  readonly taken: readonly Mail[];
  readonly addressOf: (mail: Mail) => string;
  readonly channel: Channel;
  readonly habits: ReportHabits;
  readonly random: Random;
  readonly latestMs: number;
  /** False where the first report on a mail must come through. */
  readonly mayKeepSilent: boolean;
  /** Makes the event once; the answer posts it, as often as called. */
  readonly event: (mail: Mail, kind: ReportKind) => () => Promise<number>;
  readonly note: (what: string) => void;
}): Courier {
  const { taken, addressOf, channel, habits, random, latestMs, mayKeepSilent, event, note } = options;
  const told: Reported[] = [];
  const due: { atMs: number; run: () => Promise<void> }[] = [];
  let seen = 0;
  let running = 0;
  let ended = false;

  const later = (ms: number, run: () => Promise<void>) => due.push({ atMs: Date.now() + ms, run });

  function plan(mail: Mail): void {
    const kinds = storyOf(behaviourOf(addressOf(mail)), channel);
    for (const [place, kind] of kinds.entries()) {
      if ((mayKeepSilent || place > 0) && random() < habits.never) {
        note("report never told");
        continue;
      }
      const isLate = random() < habits.late;
      if (isLate) note("report late");
      const post = event(mail, kind);
      later(between(random, 50, isLate ? latestMs : 1_200), () => tell(mail, kind, post));
      if (random() >= habits.doubled) continue;
      note("report doubled");
      later(between(random, 50, latestMs), () => tell(mail, kind, post));
    }
  }

  async function tell(mail: Mail, kind: ReportKind, post: () => Promise<number>): Promise<void> {
    const status = await post();
    if (status >= 200 && status < 300) told.push({ to: addressOf(mail), kind, atMs: Date.now() });
    else later(between(random, 200, repeatWithinMs), () => tell(mail, kind, post));
  }

  async function work(): Promise<void> {
    while (!ended) {
      const end = Math.min(taken.length, seen + perPoll);
      for (; seen < end; seen++) plan(taken[seen] as Mail);
      const nowMs = Date.now();
      for (let i = 0; i < due.length && running < atOnce; ) {
        const next = due[i];
        if (!next || next.atMs > nowMs) {
          i++;
          continue;
        }
        // The order of what is due is nobody's business: the last takes the place of the one that leaves.
        const last = due.pop();
        if (last && last !== next) due[i] = last;
        running++;
        void next.run().finally(() => running--);
      }
      await delay(seen < taken.length ? 1 : 15);
    }
  }
  void work();
  return {
    told,
    left: () => due.length + running + (taken.length - seen),
    stop() {
      ended = true;
    },
  };
}

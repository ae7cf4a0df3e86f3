/** The figures of a run in one form, whether they come from a live frame or from the books. */
import type { LiveFrame, Reconciliation } from "../queries.ts";

export type Figures = {
  readonly audience: number;
  readonly delivered: number;
  /** At the provider, without word from the mailbox. */
  readonly accepted: number;
  readonly bounced: number;
  readonly skipped: number;
  readonly failed: number;
  readonly unknown: number;
  readonly waiting: number;
};

/** In a frame `accepted` counts all the provider took, what became of them included. */
export function figuresOfFrame(frame: LiveFrame): Figures {
  const { audience, skipped, failed, unknown, bounced, queued } = frame;
  const delivered = Math.min(frame.delivered, Math.max(0, frame.accepted - bounced));
  const accepted = Math.max(0, frame.accepted - delivered - bounced);
  return { audience, delivered, accepted, bounced, skipped, failed, unknown, waiting: queued };
}
export function figuresOfBooks({ audience, states }: Reconciliation): Figures {
  return {
    audience,
    delivered: states.delivered + states.complained,
    accepted: states.accepted,
    bounced: states.bounced,
    skipped: states.skipped,
    failed: states.failed,
    unknown: states.unknown,
    waiting: states.queued + states.sending,
  };
}
/** Of everybody in the audience, those for whom there is nothing left to do. */
export function settledRatio(figures: Figures): number {
  return figures.audience > 0 ? 1 - figures.waiting / figures.audience : 0;
}

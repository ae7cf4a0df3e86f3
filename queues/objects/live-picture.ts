/** The picture of a run that open dashboards see: at most four frames a second, pushed to every socket. */
import type { CampaignState, PauseReason } from "#domain/campaign/state";
import type { RunProgress } from "./run-progress.ts";

export type LiveFrame = {
  readonly state: CampaignState;
  readonly pause_reason: PauseReason | null;
  readonly frozen: boolean;
  readonly audience: number;
  readonly queued: number;
  readonly skipped: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
  readonly delivered: number;
  readonly bounced: number;
  readonly opened: number;
  readonly clicked: number;
  readonly rate_per_second: number;
  readonly seconds_left: number | null;
  /** Why nothing goes out at this moment although the run is not paused, and until when. */
  readonly waits_for: "slow_down" | "quota" | "warm_up" | null;
  readonly waits_until: string | null;
  readonly at: string;
};

const frameEveryMs = 250;
const rateWindowMs = 5_000;

export class LivePicture {
  readonly #ctx: DurableObjectState;
  #state: CampaignState = "preparing";
  #pauseReason: PauseReason | null = null;
  #samples: { atMs: number; accepted: number }[] = [];
  #lastFrameMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  setState(state: CampaignState, pauseReason: PauseReason | null): void {
    this.#state = state;
    this.#pauseReason = pauseReason;
  }

  frame(progress: RunProgress, nowMs: number): LiveFrame {
    const done = progress.skipped + progress.accepted + progress.failed + progress.unknown;
    const queued = Math.max(0, progress.audience - done);
    const waiting =
      this.#state === "sending" && progress.waiting && progress.waiting.untilMs > nowMs
        ? progress.waiting
        : null;
    const rate = this.#state === "sending" ? this.#rate(progress.accepted, nowMs) : 0;
    return {
      state: this.#state,
      pause_reason: this.#pauseReason,
      frozen: progress.frozen,
      audience: progress.audience,
      queued,
      skipped: progress.skipped,
      accepted: progress.accepted,
      failed: progress.failed,
      unknown: progress.unknown,
      delivered: progress.delivered,
      bounced: progress.bounced,
      opened: progress.opened,
      clicked: progress.clicked,
      rate_per_second: Math.round(rate * 10) / 10,
      seconds_left: rate > 0 && progress.frozen ? Math.ceil(queued / rate) : null,
      waits_for: waiting?.for ?? null,
      waits_until: waiting ? new Date(waiting.untilMs).toISOString() : null,
      at: new Date(nowMs).toISOString(),
    };
  }

  /** Pushes the picture now or, when one went out just before, a little later: the last change is never lost. */
  push(progress: () => RunProgress | undefined, nowMs: number): void {
    if (this.#ctx.getWebSockets().length === 0 || this.#timer) return;
    const waitMs = this.#lastFrameMs + frameEveryMs - nowMs;
    if (waitMs <= 0) {
      this.#send(progress());
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send(progress());
    }, waitMs);
  }

  #send(progress: RunProgress | undefined): void {
    if (!progress) return;
    this.#lastFrameMs = Date.now();
    const text = JSON.stringify(this.frame(progress, this.#lastFrameMs));
    for (const socket of this.#ctx.getWebSockets()) {
      try {
        socket.send(text);
      } catch {
        // The peer is gone; its close handler tidies up.
      }
    }
  }

  #rate(accepted: number, nowMs: number): number {
    this.#samples.push({ atMs: nowMs, accepted });
    while (this.#samples.length > 2 && (this.#samples[0]?.atMs ?? nowMs) < nowMs - rateWindowMs)
      this.#samples.shift();
    const first = this.#samples[0];
    if (!first || nowMs - first.atMs < 500) return 0;
    return ((accepted - first.accepted) * 1_000) / (nowMs - first.atMs);
  }
}

/**
 * How fast one connection writes to one group of mailboxes: halved when too many of them are put off, raised again in
 * small steps while they are not (additive increase, multiplicative decrease, as TCP finds its pace: RFC 5681 §3.1).
 */
import { z } from "zod";
import type { MailboxGroup } from "./mailbox-group.ts";

export const mailboxPace = z.object({
  /** What became of the messages of the window. */
  sent: z.number(),
  deferred: z.number(),
  windowSinceMs: z.number(),
  /** Messages a second at most; null where nothing slows the group down. */
  ratePerSecond: z.number().nullable(),
  /** The pace at which the trouble began: once it is reached again, nothing slows the group down any more. */
  ceilingPerSecond: z.number(),
  tokens: z.number(),
  updatedAtMs: z.number(),
  /** When the pace was last cut or raised. */
  steppedAtMs: z.number(),
  cutAtMs: z.number(),
});
export type MailboxPace = z.output<typeof mailboxPace>;
export type Learned = { readonly sent: number; readonly deferred: number };

export const windowMs = 60_000;
export const minSample = 20;
/**
 * Share of messages put off (4xx) at which a group is slowed down. The large ones say 4xx when a sender is too fast for
 * them; among all others, greylisting (RFC 6647) puts off many first messages and means nothing.
 */
export const maxDeferredShare = {
  gmail: 0.1,
  outlook: 0.1,
  yahoo: 0.1,
  apple: 0.1,
  other: 0.5,
} as const satisfies Record<MailboxGroup, number>;
const cutFactor = 0.5;
/** A cut is given this long to take effect before the next, and a raise before the next. */
export const stepMs = 30_000;
const raiseShare = 0.1;
export const floorPerSecond = 0.1;
/** As much as this many seconds earn may leave at once, so that waiting rows are looked at seldom. */
export const burstSeconds = 10;

export function newPace(nowMs: number): MailboxPace {
  return {
    sent: 0,
    deferred: 0,
    windowSinceMs: nowMs,
    ratePerSecond: null,
    ceilingPerSecond: 0,
    tokens: 0,
    updatedAtMs: nowMs,
    steppedAtMs: nowMs,
    cutAtMs: 0,
  };
}

const burstOf = (ratePerSecond: number) => Math.max(1, ratePerSecond * burstSeconds);

/** Refills and, for every step of quiet time, raises. Without a slowed pace it changes nothing. */
export function advance(pace: MailboxPace, nowMs: number): MailboxPace {
  if (pace.ratePerSecond === null || nowMs <= pace.updatedAtMs) return pace;
  const earned = ((nowMs - pace.updatedAtMs) * pace.ratePerSecond) / 1_000;
  const steps = Math.floor((nowMs - pace.steppedAtMs) / stepMs);
  const raised = pace.ratePerSecond + steps * Math.max(floorPerSecond, pace.ceilingPerSecond * raiseShare);
  const isFree = raised >= pace.ceilingPerSecond;
  return {
    ...pace,
    ratePerSecond: isFree ? null : raised,
    tokens: Math.min(burstOf(raised), pace.tokens + earned),
    updatedAtMs: nowMs,
    steppedAtMs: pace.steppedAtMs + steps * stepMs,
  };
}

/** `connectionRatePerSecond` is all the connection may send: no group was ever faster. */
export function learn(
  pace: MailboxPace,
  group: MailboxGroup,
  learned: Learned,
  connectionRatePerSecond: number,
  nowMs: number,
): MailboxPace {
  const now = advance(pace, nowMs);
  const isOld = nowMs - now.windowSinceMs > windowMs;
  const sent = (isOld ? 0 : now.sent) + learned.sent;
  const deferred = (isOld ? 0 : now.deferred) + learned.deferred;
  const windowSinceMs = isOld ? nowMs : now.windowSinceMs;
  const counted = { ...now, sent, deferred, windowSinceMs };
  const all = sent + deferred;
  const isTooMuch = all >= minSample && deferred / all > maxDeferredShare[group];
  const mayCut = now.ratePerSecond === null || nowMs - now.cutAtMs >= stepMs;
  if (!isTooMuch || !mayCut) return counted;
  const observed = (all * 1_000) / Math.max(1_000, nowMs - windowSinceMs);
  const base = now.ratePerSecond ?? Math.max(floorPerSecond, Math.min(connectionRatePerSecond, observed));
  const ratePerSecond = Math.max(floorPerSecond, base * cutFactor);
  return {
    sent: 0,
    deferred: 0,
    windowSinceMs: nowMs,
    ratePerSecond,
    ceilingPerSecond: now.ratePerSecond === null ? Math.max(base, 2 * floorPerSecond) : now.ceilingPerSecond,
    tokens: 0,
    updatedAtMs: nowMs,
    steppedAtMs: nowMs,
    cutAtMs: nowMs,
  };
}

/** How many of `want` may leave now; all of them where nothing slows the group down. */
export function takePace(
  pace: MailboxPace,
  want: number,
  nowMs: number,
): { readonly pace: MailboxPace; readonly granted: number } {
  const now = advance(pace, nowMs);
  if (now.ratePerSecond === null) return { pace: now, granted: want };
  const granted = Math.max(0, Math.min(want, Math.floor(now.tokens + 1e-6)));
  return { pace: { ...now, tokens: now.tokens - granted }, granted };
}

export function giveBackPace(pace: MailboxPace, count: number): MailboxPace {
  if (pace.ratePerSecond === null) return pace;
  return { ...pace, tokens: Math.min(burstOf(pace.ratePerSecond), pace.tokens + count) };
}

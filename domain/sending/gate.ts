/** What one connection lets through: its pace, its warm-up day, its health, and the mailboxes that want it slower. */
import { z } from "zod";
import {
  afterExperience,
  connectionHealth,
  type Experience,
  healthState,
  healthy,
  onTrial,
  probeSize,
} from "./connection-health.ts";
import { type MailboxGroup, mailboxGroups } from "./mailbox-group.ts";
import { giveBackPace, type Learned, learn, mailboxPace, newPace, takePace } from "./mailbox-pace.ts";
import { closeUntil, giveBack, newBucket, take, takeAhead } from "./pacing.ts";
import { warmUp } from "./warm-up.ts";
import { dailyAllowance, nextUtcDayMs, utcDay } from "./warm-up-days.ts";

const trouble = z.object({ atMs: z.number(), kind: z.string(), reason: z.string() });
export type Trouble = z.output<typeof trouble>;

export const gate = z.object({
  bucket: z.object({
    ratePerSecond: z.number().positive(),
    capacity: z.number().positive(),
    tokens: z.number(),
    updatedAtMs: z.number(),
    closedUntilMs: z.number(),
  }),
  /** What closed it: a provider's "slow down", or a quota that is spent. */
  closedBy: z.enum(["slow_down", "quota"]).default("slow_down"),
  warmUp: warmUp.nullable(),
  /** Messages granted on this UTC day. */
  day: z.object({ date: z.string(), granted: z.number() }),
  health: connectionHealth,
  paces: z.partialRecord(z.enum(mailboxGroups), mailboxPace),
  /** Grants whose attempts have not said yet what they used. */
  outstanding: z.record(z.string(), z.object({ granted: z.number(), atMs: z.number() })),
  troubles: z.array(trouble),
});
export type Gate = z.output<typeof gate>;
export type Terms = { readonly ratePerSecond: number; readonly warmUp: Gate["warmUp"] };

/** What waiting is for. `pace` is over in about a second; the others are worth telling a person. */
export type WaitsFor = "pace" | "slow_down" | "quota" | "warm_up" | "recovery";
export type Budgets = Partial<Record<MailboxGroup, number>>;
export type Grant = {
  /** How many of the messages asked for may leave; 0 where none. */
  readonly granted: number;
  /** When asking again makes sense; 0 where something was granted. */
  readonly waitMs: number;
  readonly waitsFor: WaitsFor | null;
  /** How many of the granted may go to a group of mailboxes that is slowed down; groups not named are not. */
  readonly budgets: Budgets;
};

/** A second's worth leaves at once and no more: providers count by the second. */
const burstSeconds = 1;
const keptTroubles = 5;
/** An attempt that has not spoken for this long has used what it was granted, for all anybody knows. */
const outstandingMs = 15 * 60_000;

const capacityOf = (ratePerSecond: number) => Math.max(1, Math.ceil(ratePerSecond * burstSeconds));

export function newGate({ ratePerSecond, warmUp }: Terms, nowMs: number): Gate {
  return {
    bucket: newBucket(ratePerSecond, capacityOf(ratePerSecond), nowMs),
    closedBy: "slow_down",
    warmUp,
    day: { date: utcDay(nowMs), granted: 0 },
    health: healthy(nowMs),
    paces: {},
    outstanding: {},
    troubles: [],
  };
}

/** Other terms take over what is left in the bucket, any penalty and what the day has had; the same change nothing. */
export function withTerms(gate: Gate, { ratePerSecond, warmUp }: Terms, nowMs: number): Gate {
  // Taking nothing refills what the old rate earned until now.
  const earned = take(gate.bucket, 0, nowMs).bucket;
  const capacity = capacityOf(ratePerSecond);
  const bucket = { ...earned, ratePerSecond, capacity, tokens: Math.min(earned.tokens, capacity) };
  return { ...gate, warmUp, bucket };
}

/** Messages the warm-up still allows today; null where none is under way. */
export function warmUpToday(gate: Gate, nowMs: number): { allowed: number; used: number } | null {
  const date = utcDay(nowMs);
  const allowed = gate.warmUp && dailyAllowance(gate.warmUp, date);
  if (allowed === null) return null;
  return { allowed, used: gate.day.date === date ? gate.day.granted : 0 };
}

const nothing = (waitMs: number, waitsFor: WaitsFor): Grant => ({
  granted: 0,
  waitMs: Math.max(1, waitMs),
  waitsFor,
  budgets: {},
});

export type Ask = {
  readonly want: number;
  /** Names the attempt, so that what it did not use can be given back, once. */
  readonly attempt?: string | undefined;
  /** Grants though the connection rests after trouble: nothing healthier is left. */
  readonly isLastResort?: boolean | undefined;
  /** Transactional: before everything else, and held up by neither warm-up nor rest. Refusals hold it up. */
  readonly isDirect?: boolean | undefined;
};

/** Some of what is wanted, up to what a second, the day and its health allow; or nothing, and when to come again. */
export function ask(
  gate: Gate,
  { want, attempt, isLastResort, isDirect }: Ask,
  nowMs: number,
): { gate: Gate; grant: Grant } {
  const { bucket } = gate;
  if (nowMs < bucket.closedUntilMs)
    return { gate, grant: nothing(bucket.closedUntilMs - nowMs, gate.closedBy) };
  if (isDirect) return askAhead(gate, want, nowMs);
  const state = healthState(gate.health, nowMs);
  if (state === "resting" && !isLastResort)
    return { gate, grant: nothing(gate.health.restsUntilMs - nowMs, "recovery") };
  const today = warmUpToday(gate, nowMs);
  const left = today ? today.allowed - today.used : want;
  if (left <= 0) return { gate, grant: nothing(nextUtcDayMs(nowMs) - nowMs, "warm_up") };
  const most = Math.min(want, left, bucket.capacity, state === "healthy" ? want : probeSize);
  const taken = take(bucket, most, nowMs);
  if (!taken.granted)
    return { gate: { ...gate, bucket: taken.bucket }, grant: nothing(taken.waitMs, "pace") };
  const date = utcDay(nowMs);
  const { paces, budgets } = budgetsOf(gate, most, nowMs);
  const next: Gate = {
    ...gate,
    bucket: taken.bucket,
    day: { date, granted: (gate.day.date === date ? gate.day.granted : 0) + most },
    health: state === "healthy" ? gate.health : onTrial(gate.health, nowMs),
    paces,
    outstanding: attempt
      ? { ...recent(gate.outstanding, nowMs), [attempt]: { granted: most, atMs: nowMs } }
      : gate.outstanding,
  };
  return { gate: next, grant: { granted: most, waitMs: 0, waitsFor: null, budgets } };
}

/** All or nothing. It counts into the day of a warm-up, whose allowance bulk then has less of. */
function askAhead(gate: Gate, want: number, nowMs: number): { gate: Gate; grant: Grant } {
  const taken = takeAhead(gate.bucket, want, nowMs);
  if (!taken.granted)
    return { gate: { ...gate, bucket: taken.bucket }, grant: nothing(taken.waitMs, "pace") };
  const date = utcDay(nowMs);
  const before = gate.day.date === date ? gate.day.granted : 0;
  const next: Gate = { ...gate, bucket: taken.bucket, day: { date, granted: before + want } };
  return { gate: next, grant: { granted: want, waitMs: 0, waitsFor: null, budgets: {} } };
}

function recent(outstanding: Gate["outstanding"], nowMs: number): Gate["outstanding"] {
  return Object.fromEntries(
    Object.entries(outstanding).filter(([, { atMs }]) => nowMs - atMs < outstandingMs),
  );
}

function budgetsOf(gate: Gate, most: number, nowMs: number): { paces: Gate["paces"]; budgets: Budgets } {
  const paces = { ...gate.paces };
  const budgets: Budgets = {};
  for (const group of mailboxGroups) {
    const pace = paces[group];
    if (!pace || pace.ratePerSecond === null) continue;
    const taken = takePace(pace, most, nowMs);
    paces[group] = taken.pace;
    if (taken.pace.ratePerSecond !== null) budgets[group] = taken.granted;
  }
  return { paces, budgets };
}

/** What an attempt did with its grant, told once when it is over. */
export type Account = {
  readonly attempt: string;
  /** Messages handed to the provider, whatever it said to them. */
  readonly used: number;
  readonly experience: Experience;
  readonly reason: string;
  /** How long the connection is to be left alone; 0 where the provider did not refuse the call. */
  readonly closeMs: number;
  readonly groups: Partial<Record<MailboxGroup, Learned>>;
  /** What of the budgets was not used. */
  readonly unusedBudgets: Budgets;
};

export function settleAccount(gate: Gate, account: Account, nowMs: number): Gate {
  const { experience } = account;
  let next: Gate = { ...gate, health: afterExperience(gate.health, experience, nowMs) };
  const granted = gate.outstanding[account.attempt];
  if (granted) next = withUnused(next, account, granted);
  if (account.closeMs > 0) {
    const bucket = closeUntil(next.bucket, nowMs + account.closeMs);
    const closedBy = experience.refusal === "quota_spent" ? "quota" : "slow_down";
    next = {
      ...next,
      bucket,
      closedBy: bucket.closedUntilMs > next.bucket.closedUntilMs ? closedBy : next.closedBy,
    };
  }
  if (experience.refusal) next = withTrouble(next, experience.refusal, account.reason, nowMs);
  return withLearned(next, account.groups, nowMs);
}

/** A message delivered twice makes two accounts of one grant: what was not used comes back once. */
function withUnused(
  gate: Gate,
  { attempt, used, unusedBudgets }: Account,
  grant: { granted: number; atMs: number },
): Gate {
  const unused = Math.max(0, grant.granted - used);
  const { [attempt]: _settled, ...outstanding } = gate.outstanding;
  const isToday = gate.day.date === utcDay(grant.atMs);
  const paces = { ...gate.paces };
  for (const group of mailboxGroups) {
    const pace = paces[group];
    if (pace) paces[group] = giveBackPace(pace, unusedBudgets[group] ?? 0);
  }
  return {
    ...gate,
    outstanding,
    paces,
    bucket: giveBack(gate.bucket, unused),
    day: isToday ? { ...gate.day, granted: Math.max(0, gate.day.granted - unused) } : gate.day,
  };
}

/** The latest few are kept, for people to read. */
export function withTrouble(gate: Gate, kind: Trouble["kind"], reason: string, nowMs: number): Gate {
  const latest = { atMs: nowMs, kind, reason: reason.slice(0, 300) };
  return { ...gate, troubles: [latest, ...gate.troubles].slice(0, keptTroubles) };
}

/** Also what reports say later: mailboxes that were put off after the provider had taken the message. */
export function withLearned(gate: Gate, groups: Account["groups"], nowMs: number): Gate {
  const paces = { ...gate.paces };
  for (const group of mailboxGroups) {
    const learned = groups[group];
    if (learned)
      paces[group] = learn(paces[group] ?? newPace(nowMs), group, learned, gate.bucket.ratePerSecond, nowMs);
  }
  return { ...gate, paces };
}

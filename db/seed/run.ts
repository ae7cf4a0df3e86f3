/** One run of one campaign, as the sending engine would have left it: frozen audience, ledger, events. */
import type { Audience } from "#domain/campaign/audience";
import { idToBytes, type MessageId, type RunId, type SegmentId } from "#domain/ids";
import { matches, type Person as Subject } from "#domain/segment/matches";
import type { SegmentRule } from "#domain/segment/schema";
import { reasonToSkip } from "#domain/sending/eligibility";
import type { SkipReason } from "#domain/sending/ledger";
import type { messageEvents, messages } from "../schema/index.ts";
import { later, minuteMs } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import { changeConsent, emailConsentAt, type Person, suppress } from "./person.ts";
import { type Happening, reactionOf } from "./reactions.ts";

export type MessageRow = Omit<typeof messages.$inferInsert, "tenantId">;
export type EventRow = Omit<typeof messageEvents.$inferInsert, "tenantId">;
export type RunStory = { readonly ledger: readonly MessageRow[]; readonly events: readonly EventRow[] };

export type RunPlan = {
  readonly runId: RunId;
  readonly audience: Audience;
  readonly launchedAt: Date;
  readonly now: Date;
  readonly links: number;
  readonly appeal: number;
  /** Where a person stopped it: after so many were handed over. The rest waits, or was cancelled. */
  readonly stopped?: { readonly after: number; readonly rest: "queued" | "cancelled" };
};

/** Chunks and batches as the engine makes them (domain/sending/settings.ts, queues/providers/sandbox.ts). */
const chunkSize = 500;
const batchSize = 100;
const secondsPerChunk = 3;

export function tellRun(
  chance: Chance,
  people: readonly Person[],
  rules: ReadonlyMap<SegmentId, SegmentRule>,
  plan: RunPlan,
): RunStory {
  const ledger: MessageRow[] = [];
  const events: EventRow[] = [];
  const frozenAt = later(plan.launchedAt, 800);
  let tried = 0;
  let attempt = new Uint8Array(16);
  for (const person of people) {
    if (person.createdAt > plan.launchedAt || !isIn(person, plan.audience, rules, plan.launchedAt)) continue;
    const row: MessageRow = {
      sourceId: plan.runId,
      step: 0,
      contactId: person.id,
      id: chance.id("msg", frozenAt),
      state: "queued",
      reason: "",
      address: person.email,
      tries: 0,
    };
    ledger.push(row);
    const skip = skipReason(person, plan, rules);
    if (skip) {
      Object.assign(row, { state: "skipped", reason: skip });
      continue;
    }
    if (plan.stopped && tried >= plan.stopped.after) {
      if (plan.stopped.rest === "cancelled") Object.assign(row, { state: "skipped", reason: "cancelled" });
      continue;
    }
    const claimedAt = later(frozenAt, 1_200 + Math.floor(tried / chunkSize) * secondsPerChunk * 1_000);
    if (tried % chunkSize === 0) attempt = idToBytes(chance.id("evt", claimedAt)) as Uint8Array<ArrayBuffer>;
    const acceptedAt = later(claimedAt, 250 + Math.floor((tried % chunkSize) / batchSize) * 420);
    tried += 1;
    Object.assign(row, { tries: 1, attemptId: attempt, claimedAt });
    if (chance.happens(0.0015)) {
      Object.assign(row, { state: "failed", reason: "550 5.1.1 no such mailbox" });
      continue;
    }
    const told = reactionOf(chance, person, { ...plan, acceptedAt });
    Object.assign(row, { state: told.state, acceptedAt, providerMessageId: chance.id("mai", acceptedAt) });
    for (const happening of told.happenings) {
      events.push(eventRow(chance, row.id, person, plan.runId, happening));
      stamp(row, happening);
      consequences(chance, person, happening);
    }
  }
  return { ledger, events };
}

function eventRow(chance: Chance, id: MessageId, person: Person, runId: RunId, told: Happening): EventRow {
  const { machine, ...rest } = told;
  const dedupeKey = new Uint8Array(16);
  chance.fill(dedupeKey);
  return {
    ...rest,
    id: chance.id("evt", told.at),
    messageId: id,
    contactId: person.id,
    sourceId: runId,
    dedupeKey,
    machine: machine ? 1 : 0,
  };
}

/** First times, as queues/ingest/apply.ts stamps them. Happenings come in the order of time. */
function stamp(row: MessageRow, { kind, machine, at }: Happening): void {
  if (kind === "opened" && machine) row.machineOpenedAt ??= at;
  if (kind === "opened" && !machine) row.openedAt ??= at;
  if (kind === "clicked" && !machine) row.clickedAt ??= at;
  if (kind === "unsubscribed") row.unsubscribedAt ??= at;
}

function consequences(chance: Chance, person: Person, { kind, at, detail, data }: Happening): void {
  if (kind === "bounced" && data.bounce === "hard") suppress(person, "bounced", detail, at);
  if (kind === "complained") suppress(person, "complained", detail, at);
  if (kind !== "complained" && kind !== "unsubscribed") return;
  if (person.emailConsent === "unsubscribed") return;
  const source = kind === "complained" ? "complaint" : chance.pick(["one_click", "unsubscribe_page"]);
  const by = { ip: String(data.ip ?? ""), userAgent: String(data.user_agent ?? "") };
  changeConsent(person, chance, { status: "unsubscribed", source, at, ...by });
}

/** As domain/sending/eligibility.ts decides, on what was known at the launch. */
function skipReason(
  person: Person,
  { audience, launchedAt }: RunPlan,
  rules: ReadonlyMap<SegmentId, SegmentRule>,
): SkipReason | undefined {
  const { exclude_lists: lists, exclude_segments: segments } = audience;
  const excluded = { ...audience, everyone: false, lists, segments };
  if (isIn(person, excluded, rules, launchedAt)) return "excluded";
  const contact = {
    email: person.email,
    emailConsent: emailConsentAt(person, launchedAt),
    phone: null,
    smsConsent: "none",
  } as const;
  const suppressed = person.suppressed !== undefined && person.suppressed.at <= launchedAt;
  return reasonToSkip("email", { contact, suppressed });
}

function isIn(
  person: Person,
  audience: Audience,
  rules: ReadonlyMap<SegmentId, SegmentRule>,
  at: Date,
): boolean {
  if (audience.everyone) return true;
  const joined = (list: Date | undefined) => list !== undefined && list <= at;
  if (audience.lists.some((id) => joined(person.lists.get(id)))) return true;
  const subject: Subject = {
    ...person,
    createdAtMs: person.createdAt.getTime(),
    lists: new Set(person.lists.keys()),
    events: [],
  };
  return audience.segments.some((id) => {
    const rule = rules.get(id);
    return rule !== undefined && matches(rule, subject, at.getTime());
  });
}

/** When the last row of a run that ran to its end was recorded. */
export function lastRecorded(story: RunStory, launchedAt: Date): Date {
  const times = story.ledger.flatMap((row) => row.acceptedAt?.getTime() ?? []);
  return later(new Date(Math.max(launchedAt.getTime(), ...times)), minuteMs / 10);
}

/**
 * The judge. It knows the audience file, the far end's own log, what the far end reported, the ledger and when things
 * were broken; of how mail is sent it knows nothing. Who should have got a mail, who did, and does the ledger say so?
 */
import { type Behaviour, behaviourOf } from "./audience.ts";
import type { Reported, ReportKind } from "./courier.ts";
import type { FarMail, Law } from "./far/far-end.ts";
import type { LedgerRow } from "./ledger.ts";

export type Case = {
  /** Who was asked for. */
  readonly addresses: readonly string[];
  /** How many of the file cannot be reached this way, having no address of this kind. */
  readonly unreachable: number;
  readonly law: Law;
  readonly mails: readonly FarMail[];
  readonly told: readonly Reported[];
  readonly ledger: readonly LedgerRow[];
  /** Moments at which an answer may have been lost on the way to the ledger. */
  readonly breaksAtMs: readonly number[];
  /** How many messages can have been on their way when something broke, all breaks together. */
  readonly mostInDoubt: number;
  /** An attempt may hold what it claimed for this long. */
  readonly leaseMs: number;
};

export type Offence = {
  readonly kind: "duplicate" | "lost" | "unexplained";
  readonly address: string;
  readonly why: string;
};

export type Judgement = {
  readonly sent: number;
  readonly states: Readonly<Record<string, number>>;
  /** Mails beyond the first to one person. */
  readonly duplicates: number;
  /** People of the file who were neither mailed nor are in the ledger with a reason that the file bears out. */
  readonly lost: number;
  /** Ledger rows that contradict the far end or the file, and unknown outcomes that nothing explains. */
  readonly unexplained: number;
  readonly offences: readonly Offence[];
};

const taken = ["accepted", "delivered", "bounced", "complained"];
const rank = (state: string) => taken.indexOf(state);
/** Reasons to leave somebody out that can come up during a run, and whose doing they are. */
const mayBeSkipped: Readonly<Record<string, readonly Behaviour[]>> = {
  suppressed: ["bounce", "complain"],
  unsubscribed: ["unsubscribe", "complain"],
};

export function judge(given: Case): Judgement {
  const { addresses, mails, ledger } = given;
  const offences: Offence[] = [];
  const accuse = (kind: Offence["kind"], address: string, why: string) =>
    offences.push({ kind, address, why });
  const mailsTo = groupBy(mails, (mail) => mail.to);
  const rowsOf = groupBy(ledger, (row) => row.address);
  const toldOf = groupBy(given.told, (one) => one.to);
  const asked = new Set(addresses);

  for (const [address, got] of mailsTo) {
    if (!asked.has(address)) accuse("unexplained", address, "mailed and never asked for");
    for (let i = 1; i < got.length; i++) accuse("duplicate", address, `mail ${i + 1} of ${got.length}`);
  }
  const nowhere = rowsOf.get("") ?? [];
  rowsOf.delete("");
  const leftOut = nowhere.filter(
    ({ state, reason }) => state === "skipped" && reason === "no_address",
  ).length;
  if (leftOut !== given.unreachable || leftOut !== nowhere.length)
    accuse(
      "unexplained",
      "",
      `${given.unreachable} have no address, ${leftOut} were left out for that reason`,
    );
  for (const address of rowsOf.keys())
    if (!asked.has(address)) accuse("unexplained", address, "in the ledger and never asked for");
  for (const address of addresses) {
    const rows = rowsOf.get(address) ?? [];
    const [row] = rows;
    const got = mailsTo.get(address) ?? [];
    if (!row) accuse("lost", address, "not in the ledger");
    else {
      if (rows.length > 1) accuse("unexplained", address, `${rows.length} rows`);
      judgeRow(given, row, got, toldOf.get(address) ?? [], accuse);
    }
  }
  const states: Record<string, number> = {};
  for (const { state } of ledger) states[state] = (states[state] ?? 0) + 1;
  const { unknown = 0 } = states;
  if (unknown > given.mostInDoubt)
    accuse(
      "unexplained",
      "",
      `${unknown} unknown, and at most ${given.mostInDoubt} were on their way when something broke`,
    );
  const count = (kind: Offence["kind"]) => offences.filter((o) => o.kind === kind).length;
  return {
    sent: mails.length,
    states,
    duplicates: count("duplicate"),
    lost: count("lost"),
    unexplained: count("unexplained"),
    offences,
  };
}

type Accuse = (kind: Offence["kind"], address: string, why: string) => void;

function judgeRow(
  given: Case,
  row: LedgerRow,
  got: readonly FarMail[],
  told: readonly Reported[],
  accuse: Accuse,
): void {
  const { address, state, reason } = row;
  const behaviour = behaviourOf(address);
  const stray = got.find(({ messageId }) => messageId !== "" && messageId !== row.messageId);
  if (stray)
    accuse("unexplained", address, `the far end has ${stray.messageId}, the ledger ${row.messageId}`);
  if (state === "unknown") judgeUnknown(given, row, got.length > 0, accuse);
  else if (rank(state) < 0 && got.length > 0)
    accuse("unexplained", address, `mailed, and ${state}: ${reason}`);
  else if (rank(state) < 0 && !isBorneOut(row, behaviour))
    accuse("lost", address, `${state}: ${reason || "no reason"}`);
  else if (rank(state) >= 0 && got.length === 0)
    accuse("lost", address, `${state}, and no mail at the far end`);
  else if (rank(state) >= 0) judgeReports(given, row, behaviour, told, accuse);
}

/** Whether the file gives a reason why nothing was sent. */
function isBorneOut({ state, reason }: LedgerRow, behaviour: Behaviour): boolean {
  if (state === "failed") return reason !== "" && (behaviour === "refuse" || behaviour === "defer");
  return state === "skipped" && (mayBeSkipped[reason]?.includes(behaviour) ?? false);
}

/** What was reported of a mail must have reached the ledger, and nothing that was not. */
function judgeReports(
  given: Case,
  row: LedgerRow,
  behaviour: Behaviour,
  told: readonly Reported[],
  accuse: Accuse,
): void {
  const { address, state } = row;
  if (state === "bounced" && behaviour !== "bounce")
    accuse("unexplained", address, "bounced, which the far end never said");
  if (state === "complained" && behaviour !== "complain")
    accuse("unexplained", address, "complained, which the far end never said");
  if (!given.law.evidence && state !== "accepted")
    accuse("unexplained", address, `${state}, from a far end that reports nothing`);
  const furthest = told.reduce<ReportKind>(
    (most, { kind }) => (rank(kind) > rank(most) ? kind : most),
    "accepted",
  );
  if (rank(furthest) > rank(state))
    accuse("unexplained", address, `${state}, although ${furthest} was reported and taken`);
}

/**
 * Doubt must have a cause: no keys to ask again with, a reason in words, and something that broke while it was under way.
 * Where the far end reports, whoever was mailed was reported: doubt is left about those alone who were not.
 */
function judgeUnknown(given: Case, row: LedgerRow, isMailed: boolean, accuse: Accuse): void {
  const { law, breaksAtMs, leaseMs } = given;
  const { address, reason, claimedAtMs } = row;
  const claimedMs = claimedAtMs ?? Number.NaN;
  const broke = breaksAtMs.some((atMs) => atMs >= claimedMs - 1_000 && atMs <= claimedMs + leaseMs);
  if (reason === "") accuse("unexplained", address, "unknown, and no reason given");
  else if (law.idempotent) accuse("unexplained", address, "unknown, although it can be asked again");
  else if (law.evidence && isMailed)
    accuse("unexplained", address, "unknown, although it was mailed and reported");
  else if (!broke) accuse("unexplained", address, "unknown, and nothing broke while it was under way");
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

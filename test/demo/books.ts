/** The books of a demo: what the ledger says against what was put in and what the far end counted. */
import type { Draft, Report } from "./campaign.ts";
import type { Counted } from "./far-end.ts";
import type { Imported } from "./import.ts";
import type { PeopleFile } from "./people.ts";

export type Facts = {
  readonly file: PeopleFile;
  readonly imported: Imported;
  readonly draft: Draft;
  readonly report: Report;
  readonly counted: Counted;
  /** People whose consent is gone, before the launch and now. */
  readonly unsubscribedBefore: number;
  readonly unsubscribedNow: number;
};
export type Check = { readonly ok: boolean; readonly text: string };

export type Sums = {
  readonly audience: number;
  readonly accepted: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly unknown: number;
  readonly delivered: number;
  readonly bounced: number;
  readonly complained: number;
  readonly opened: number;
  readonly clicked: number;
  readonly unsubscribed: number;
  readonly machine_opened: number;
  readonly duplicates: number;
  readonly lost: number;
};

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

export function sumsOf({ imported, report, counted }: Facts): Sums {
  const { audience, states, skipped } = report.reconciliation;
  const state = (name: string) => states[name] ?? 0;
  const accepted = state("accepted") + state("delivered") + state("bounced") + state("complained");
  const missing = Math.max(0, accepted - (counted.mails - counted.duplicates));
  return {
    audience,
    accepted,
    skipped,
    failed: state("failed"),
    unknown: state("unknown"),
    // Whoever complained had it delivered first.
    delivered: state("delivered") + state("complained"),
    bounced: state("bounced"),
    complained: state("complained"),
    opened: report.opened,
    clicked: report.clicked,
    unsubscribed: report.unsubscribed,
    machine_opened: report.machine_opened,
    duplicates: counted.duplicates,
    lost: missing + Math.max(0, imported.rowsCreated - audience),
  };
}

export function checksOf(facts: Facts): Check[] {
  const { file, imported, draft, report, counted } = facts;
  const sums = sumsOf(facts);
  const { states, balances } = report.reconciliation;
  const checks: Check[] = [];
  const same = (what: string, ours: number, theirs: number) =>
    checks.push({ ok: ours === theirs, text: `${what}: ${ours}${ours === theirs ? "" : `, not ${theirs}`}` });
  const { rowsRead, rowsCreated, rowsMerged, rowsRejected, refused } = imported;
  same("rows read = people + known + refused", rowsRead, rowsCreated + rowsMerged + rowsRejected);
  same("refused rows = lines of the error file", rowsRejected, total(refused));
  if (file.known) {
    same("people imported = people in the file", rowsCreated, file.known.addresses.length);
    for (const [reason, count] of Object.entries(file.known.refused))
      same(`refused as ${reason}`, refused[reason] ?? 0, count);
  }
  same("audience = people imported", sums.audience, rowsCreated);
  const settled = sums.accepted + total(sums.skipped) + sums.failed + sums.unknown;
  same("audience = accepted + skipped + failed + unknown", sums.audience, settled);
  same("rows of the ledger", total(states), sums.audience);
  checks.push({ ok: balances, text: "the reconciliation says that it balances" });
  same("left out, as foretold before the launch", total(sums.skipped), total(draft.foretold));
  for (const [reason, count] of Object.entries(draft.foretold))
    same(`left out as ${reason}`, sums.skipped[reason] ?? 0, count);
  same("mails at the far end = accepted", counted.mails, sums.accepted);
  same("duplicates", sums.duplicates, 0);
  same("lost", sums.lost, 0);
  if (counted.delivered !== null) same("delivered, ours = theirs", sums.delivered, counted.delivered);
  if (counted.bounced !== null) same("bounced, ours = theirs", sums.bounced, counted.bounced);
  same("opened by people, ours = theirs", sums.opened, counted.opened);
  same("clicked, ours = theirs", sums.clicked, counted.clicked);
  same("unsubscribed, ours = theirs", sums.unsubscribed, counted.unsubscribed);
  const gone = facts.unsubscribedNow - facts.unsubscribedBefore;
  same("people no longer subscribed = unsubscribed + complained", gone, sums.unsubscribed + sums.complained);
  return checks;
}

/** Whether the reports that are still on their way can change anything. */
export function isSettled(report: Report, counted: Counted): boolean {
  const { states } = report.reconciliation;
  const delivered = (states.delivered ?? 0) + (states.complained ?? 0);
  return (
    (counted.delivered === null || delivered === counted.delivered) &&
    (counted.bounced === null || states.bounced === counted.bounced) &&
    report.opened === counted.opened &&
    report.clicked === counted.clicked &&
    report.unsubscribed === counted.unsubscribed
  );
}

/** What reports change: states and first times in the ledger, suppressions, consent. All of it may run twice. */
import { type Group, moveForward, type Stamp, type StampColumn, stampOnce } from "#db/repos/events";
import { setEmailConsent, suppressAll } from "#db/repos/unsubscribe";
import type { TenantDb } from "#db/scope";
import type { ContactId } from "#domain/ids";
import { afterEvent, type ReportedState } from "#domain/sending/ledger";
import type { Deps } from "../deps.ts";
import type { RunDelta } from "../live.ts";
import { judge, type Matched } from "./report.ts";

export async function applyReports(
  deps: Deps,
  scope: TenantDb,
  matched: readonly Matched[],
): Promise<RunDelta[]> {
  await protect(deps, scope, matched);
  const deltas: RunDelta[] = [];
  // One run after the other: within a run the statements lock the same rows.
  for (const group of groupsOf(matched)) deltas.push(await applyToRun(scope, group));
  return deltas.filter((d) => d.delivered + d.bounced + d.complained + d.opened + d.clicked > 0);
}

/** The people first: whoever complained or has no mailbox must not be written to again, whatever fails afterwards. */
async function protect(deps: Deps, scope: TenantDb, matched: readonly Matched[]): Promise<void> {
  const now = new Date(deps.now());
  const gone = matched.filter(({ report }) => report.kind === "bounced" && report.bounce === "hard");
  const angry = matched.filter(({ report }) => report.kind === "complained");
  const row = (reason: "bounced" | "complained") => (m: Matched) => ({
    channel: "email" as const,
    address: m.message.address,
    reason,
    detail: m.report.detail,
    createdAt: now,
  });
  await suppressAll(scope, [...angry.map(row("complained")), ...gone.map(row("bounced"))]);
  // A recipient's own unsubscribe was written by the page that took it (worker/routes/hosted).
  const left = matched.filter(({ report }) => report.kind === "unsubscribed" && report.source === "provider");
  const proof = (source: string) => (m: Matched) => ({
    id: deps.newId("con"),
    contactId: m.message.contactId,
    source,
    ip: m.report.ip.slice(0, 45),
    userAgent: (m.report.userAgent ?? "").slice(0, 300),
    wording: m.report.detail.slice(0, 1_000),
    at: new Date(m.report.atMs),
  });
  await setEmailConsent(scope, "unsubscribed", [
    ...left.map(proof("provider")),
    ...angry.map(proof("complaint")),
  ]);
}

type RunGroup = { readonly group: Group; readonly matched: Matched[] };

function groupsOf(matched: readonly Matched[]): RunGroup[] {
  const groups = new Map<string, RunGroup>();
  for (const one of matched) {
    const { sourceId: runId, step } = one.message;
    const key = `${runId}:${step}`;
    const group = groups.get(key) ?? { group: { runId, step }, matched: [] };
    group.matched.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function applyToRun(scope: TenantDb, { group, matched }: RunGroup): Promise<RunDelta> {
  const move = (to: ReportedState) => {
    const movable = matched.filter((m) => stateReported(m) === to && canMove(m, to));
    return moveForward(scope, group, to, earliest(movable));
  };
  const stamp = (column: StampColumn, when: (m: Matched) => boolean) => {
    const open = matched.filter((m) => m.message[column] === null && when(m));
    return stampOnce(scope, group, column, earliest(open));
  };
  const is = (kind: string, machine: boolean) => (m: Matched) =>
    m.report.kind === kind && judge(m).machine === machine;
  // From the lowest rank to the highest, so that each step is counted once.
  await move("accepted");
  const delivered = await move("delivered");
  const bounced = await move("bounced");
  const complained = await move("complained");
  const opened = await stamp("openedAt", is("opened", false));
  const clicked = await stamp("clickedAt", is("clicked", false));
  await stamp("machineOpenedAt", is("opened", true));
  await stamp("unsubscribedAt", (m) => m.report.kind === "unsubscribed");
  return { tenantId: scope.tenantId, runId: group.runId, delivered, bounced, complained, opened, clicked };
}

/** Whatever a recipient does with a message proves that the provider took it: the links in it exist nowhere else. */
function stateReported({ report }: Matched): ReportedState | undefined {
  switch (report.kind) {
    case "delivered":
    case "bounced":
    case "complained":
      return report.kind;
    // Taken by the provider, then given up by it: the recipient has nothing.
    case "failed":
      return "bounced";
    case "deferred":
    case "accepted":
    case "opened":
    case "clicked":
    case "unsubscribed":
      return "accepted";
  }
}

/** Spares a statement where the row is known to stand further on; the statement itself decides. */
function canMove({ message }: Matched, to: ReportedState): boolean {
  return message.state === "queued" || (message.state !== to && afterEvent(message.state, to) === to);
}

function earliest(matched: readonly Matched[]): Stamp[] {
  const first = new Map<ContactId, number>();
  for (const { report, message } of matched) {
    first.set(message.contactId, Math.min(report.atMs, first.get(message.contactId) ?? report.atMs));
  }
  return [...first].map(([contactId, atMs]) => ({ contactId, at: new Date(atMs) }));
}

/** A connection as the API shows it, and how it is doing. */
import { type ConnectionRow, findConnection } from "#db/repos/connections";
import type { ConnectionId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { healthState } from "#domain/sending/connection-health";
import { type Gate, newGate, warmUpToday } from "#domain/sending/gate";
import { mailboxGroups } from "#domain/sending/mailbox-group";
import { advance } from "#domain/sending/mailbox-pace";
import { warmUpDays } from "#domain/sending/warm-up-days";
import { may } from "#domain/tenant/role";
import { adapterOf, loadConnection } from "#queues/providers/index";
import { limiterOf, termsOf } from "#queues/providers/limiter";
import type { Act } from "./act.ts";

/** Field by field: what is sealed has no way into an answer. */
export async function viewConnection(act: Act, row: ConnectionRow) {
  return {
    id: row.id,
    kind: row.kind,
    channel: row.channel,
    name: row.name,
    settings: row.settings,
    rate_per_second: row.ratePerSecond,
    is_default: row.isDefault,
    weight: row.weight,
    warm_up: row.warmUp,
    webhook_url: await webhookUrl(act, row),
    verified_at: row.verifiedAt?.toISOString() ?? null,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
  };
}

/** Some providers prove their reports by a secret in the address: only who may change it gets to see it. */
async function webhookUrl(
  { scope, deps, actor }: Act,
  { id, kind, settings }: ConnectionRow,
): Promise<string> {
  const url = `${deps.publicOrigin}/hooks/${kind}/${id}`;
  const adapter = adapterOf(kind);
  if (!adapter.webhookUrl) return url;
  const masked = { tenantId: scope.tenantId, id, kind, settings, secrets: {} };
  const opened = may(actor.role, "settings.write") && (await loadConnection(deps, scope.tenantId, id));
  return adapter.webhookUrl(url, opened || masked);
}

export async function healthOf(
  { scope, deps }: Act,
  id: ConnectionId,
): Promise<Result<ConnectionHealthView>> {
  const row = await findConnection(scope, id);
  if (!row) return fail({ kind: "not_found", what: "connection" });
  const nowMs = deps.now();
  const gate = (await limiterOf(deps, scope.tenantId, id).look()) ?? newGate(termsOf(row), nowMs);
  return ok(viewHealth(row, gate, nowMs));
}
export type ConnectionHealthView = ReturnType<typeof viewHealth>;

const iso = (atMs: number) => new Date(atMs).toISOString();

function viewHealth(row: Pick<ConnectionRow, "lastError" | "warmUp">, gate: Gate, nowMs: number) {
  const today = warmUpToday(gate, nowMs);
  const { state, until } = stateOf(row.lastError, gate, nowMs);
  return {
    state,
    until,
    warm_up:
      row.warmUp && today
        ? {
            sent_today: today.used,
            allowed_today: today.allowed,
            done_on: iso(Date.parse(row.warmUp.starts_on) + warmUpDays(row.warmUp) * 86_400_000).slice(0, 10),
          }
        : null,
    slowed: mailboxGroups.flatMap((group) => {
      const pace = gate.paces[group] && advance(gate.paces[group], nowMs);
      if (!pace || pace.ratePerSecond === null) return [];
      const { ratePerSecond: rate_per_second, ceilingPerSecond: before_per_second } = pace;
      return [{ mailboxes: group, rate_per_second, before_per_second }];
    }),
    troubles: gate.troubles.map(({ atMs, kind, reason }) => ({ at: iso(atMs), kind, reason })),
  };
}

const closedStates = { slow_down: "slowed_down", quota: "quota_spent" } as const;

function stateOf(lastError: string, gate: Gate, nowMs: number) {
  if (lastError) return { state: "refused" as const, until: null };
  const { closedUntilMs } = gate.bucket;
  if (nowMs < closedUntilMs) return { state: closedStates[gate.closedBy], until: iso(closedUntilMs) };
  const state = healthState(gate.health, nowMs);
  return { state, until: state === "resting" ? iso(gate.health.restsUntilMs) : null };
}

/** Connecting providers: credentials are sealed before they are stored and never shown again. */
import type { z } from "@hono/zod-openapi";
import { retryLocks } from "#db/errors";
import {
  type ConnectionRow,
  changeConnection,
  connectionUse,
  deleteConnection,
  findConnection,
  insertConnection,
  recordVerification,
} from "#db/repos/connections";
import { type ConnectionId, encodeBytes } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { secretsOf } from "#domain/sending/connection-kinds";
import { channelsOf } from "#domain/sending/provider";
import { wrongPlace } from "#domain/sending/provider-place";
import type { WarmUp } from "#domain/sending/warm-up";
import { type Secrets, sealSecrets, unsealSecrets } from "#queues/providers/connection";
import { loadConnection, openProvider, traitsOf } from "#queues/providers/index";
import { limiterOf, termsOf } from "#queues/providers/limiter";
import { mailboxOf } from "#queues/providers/sandbox";
import { newWebhookSecret } from "#queues/providers/standard-webhooks";
import { wakeRunsOf } from "#queues/sending/launch";
import { audit } from "../audit.ts";
import type { createConnectionBody } from "../routes/connections.schema.ts";
import type { Act } from "./act.ts";

type NewConnection = z.output<typeof createConnectionBody>;
export type ConnectionPatch = {
  readonly name?: string | undefined;
  readonly rate_per_second?: number | undefined;
  readonly is_default?: true | undefined;
  readonly weight?: number | undefined;
  readonly warm_up?: WarmUp | null | undefined;
  readonly secrets?: Secrets | undefined;
};

const noConnection = fail({ kind: "not_found", what: "connection" });

export async function connect(act: Act, input: NewConnection): Promise<Result<ConnectionRow>> {
  const { scope, deps, actor } = act;
  const wrong = wrongPlace(input.settings, deps.env.ENVIRONMENT === "local");
  if (wrong) return fail({ kind: "invalid", errors: [wrong] });
  const id = deps.newId("cxn");
  const { kind, name, weight, warm_up: warmUp } = input;
  const channel = input.channel ?? channelsOf[kind][0];
  const settings = { ...input.settings };
  const ratePerSecond = input.rate_per_second ?? traitsOf({ kind, settings }).defaultRatePerSecond;
  const sealed = await sealSecrets(deps, scope.tenantId, id, firstSecrets(input, deps.random));
  const at = new Date(deps.now());
  await retryLocks(() =>
    scope.transaction(async (tx) => {
      await insertConnection(tx, {
        id,
        kind,
        channel,
        name,
        settings,
        sealed,
        ratePerSecond,
        weight,
        warmUp,
        at,
      });
      const after = { kind, name, settings, rate_per_second: ratePerSecond };
      await audit(tx, deps, actor, { action: "connection.create", subject: id, after });
    }),
  );
  await limiterOf(deps, scope.tenantId, id).configure({ ratePerSecond, warmUp });
  return found(act, id);
}

export async function patchConnection(
  act: Act,
  id: ConnectionId,
  patch: ConnectionPatch,
): Promise<Result<ConnectionRow>> {
  const { scope, deps, actor } = act;
  const row = await findConnection(scope, id);
  if (!row) return noConnection;
  const replaced = Object.keys(patch.secrets ?? {}) as (keyof Secrets)[];
  const foreign = replaced.find((name) => !secretsOf(row.kind).includes(name));
  if (foreign) {
    const detail = `A connection of kind ${row.kind} has no ${foreign}.`;
    return fail({ kind: "invalid", errors: [{ pointer: `/secrets/${foreign}`, detail }] });
  }
  const sealed = replaced.length > 0 ? await resealed(act, row, patch.secrets ?? {}) : undefined;
  const change = {
    name: patch.name,
    ratePerSecond: patch.rate_per_second,
    isDefault: patch.is_default,
    weight: patch.weight,
    warmUp: patch.warm_up,
    sealed,
  };
  await retryLocks(() =>
    scope.transaction(async (tx) => {
      await changeConnection(tx, id, change, new Date(deps.now()));
      const before = shownTerms(row);
      const { secrets: _never, ...shown } = patch;
      const after = { ...before, ...shown, ...(replaced.length > 0 ? { replaced_secrets: replaced } : {}) };
      await audit(tx, deps, actor, { action: "connection.update", subject: id, before, after });
    }),
  );
  const changed = await findConnection(scope, id);
  if (!changed) return noConnection;
  await limiterOf(deps, scope.tenantId, id).configure(termsOf(changed));
  await wakeRunsOf(deps, scope.tenantId);
  return ok(changed);
}

export async function disconnect(act: Act, id: ConnectionId): Promise<Result<undefined>> {
  const { scope, deps, actor } = act;
  const row = await findConnection(scope, id);
  if (!row) return noConnection;
  const by = await connectionUse(scope, id);
  if (by) return fail({ kind: "in_use", what: "connection", by });
  const removed = await retryLocks(() =>
    scope.transaction(async (tx) => {
      if (!(await deleteConnection(tx, id))) return false;
      const before = { kind: row.kind, name: row.name, settings: row.settings };
      await audit(tx, deps, actor, { action: "connection.delete", subject: id, before });
      return true;
    }),
  );
  if (!removed) return noConnection;
  if (row.kind === "sandbox") await mailboxOf(deps.env, { tenantId: scope.tenantId, id }).clear();
  return ok();
}

export async function verify(
  act: Act,
  id: ConnectionId,
): Promise<Result<{ readonly ok: boolean; readonly reason: string }>> {
  const { scope, deps, actor } = act;
  const connection = await loadConnection(deps, scope.tenantId, id);
  if (!connection) return noConnection;
  const verdict = await openProvider(deps, connection).verify();
  const said = verdict.ok ? { ok: true, reason: "" } : { ok: false, reason: verdict.reason };
  const outcome = verdict.ok ? { verifiedAt: new Date(deps.now()) } : { error: verdict.reason };
  await scope.transaction(async (tx) => {
    await recordVerification(tx, id, outcome);
    await audit(tx, deps, actor, { action: "connection.verify", subject: id, after: said });
  });
  if (verdict.ok) await wakeRunsOf(deps, scope.tenantId);
  else await limiterOf(deps, scope.tenantId, id).noteRejected(verdict.reason);
  return ok(said);
}

function shownTerms({ name, ratePerSecond, isDefault, weight, warmUp }: ConnectionRow) {
  return { name, rate_per_second: ratePerSecond, is_default: isDefault, weight, warm_up: warmUp };
}

async function found({ scope }: Act, id: ConnectionId): Promise<Result<ConnectionRow>> {
  const row = await findConnection(scope, id);
  return row ? ok(row) : noConnection;
}

async function resealed({ scope, deps }: Act, row: ConnectionRow, secrets: Secrets): Promise<Uint8Array> {
  const known = await unsealSecrets(deps, scope.tenantId, row.id, row.sealed);
  return sealSecrets(deps, scope.tenantId, row.id, { ...known, ...secrets });
}

function firstSecrets(input: NewConnection, random: (bytes: Uint8Array) => void): Secrets {
  // Both ends of the sandbox are ours; where reports are not signed, an address nobody can guess is the proof.
  if (input.kind === "sandbox") return { webhook_secret: newWebhookSecret(random) };
  const given = input as unknown as Secrets;
  const secrets = Object.fromEntries(secretsOf(input.kind).map((name) => [name, given[name] ?? ""]));
  if (input.kind === "sendmode" && !secrets.webhook_secret)
    return { ...secrets, webhook_secret: encodeBytes(randomBytes(random)) };
  return secrets;
}

function randomBytes(random: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = new Uint8Array(16);
  random(bytes);
  return bytes;
}

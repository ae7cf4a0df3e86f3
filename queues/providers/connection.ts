/** A tenant's way out with its credentials unsealed: read fresh each time, unsealed once per version. */
import { z } from "zod";
import { findConnection } from "#db/repos/connections";
import type { Channel } from "#domain/contact/consent";
import type { ConnectionId, TenantId } from "#domain/ids";
import { secretNames } from "#domain/sending/connection-kinds";
import type { ProviderKind } from "#domain/sending/provider";
import { sealJson, unsealJson } from "#domain/tenant/sealing";
import type { Deps } from "../deps.ts";

export type Settings = Readonly<Record<string, string | number | boolean>>;

export const secretsSchema = z.partialRecord(z.enum(secretNames), z.string());
export type Secrets = Readonly<z.output<typeof secretsSchema>>;

export type Connection = {
  readonly tenantId: TenantId;
  readonly id: ConnectionId;
  readonly kind: ProviderKind;
  /** What it carries; `email` where it is not said. Only the sandbox has the choice. */
  readonly channel?: Channel;
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** When it was last changed, its credentials perhaps among what changed. */
  readonly changedAtMs?: number;
  /** Just before it was read: a change after this moment is none of what stands here. */
  readonly readAtMs?: number;
};

type Remembered = { readonly updatedAtMs: number; readonly secrets: Secrets };
// Unsealing is cheap, not free; a changed row has another updated_at and is unsealed anew.
const unsealed = new Map<ConnectionId, Remembered>();
const maxRemembered = 1_000;

/** Undefined where this tenant has no such connection. */
export async function loadConnection(
  deps: Pick<Deps, "scope" | "tenantKey" | "now">,
  tenantId: TenantId,
  id: ConnectionId,
): Promise<Connection | undefined> {
  const readAtMs = deps.now();
  const row = await findConnection(deps.scope(tenantId), id);
  if (!row) return undefined;
  const updatedAtMs = row.updatedAt.getTime();
  let known = unsealed.get(id);
  if (known?.updatedAtMs !== updatedAtMs) {
    known = { updatedAtMs, secrets: await unsealSecrets(deps, tenantId, id, row.sealed) };
    if (unsealed.size >= maxRemembered) unsealed.clear();
    unsealed.set(id, known);
  }
  return {
    tenantId,
    id,
    kind: row.kind,
    channel: row.channel,
    settings: row.settings,
    secrets: known.secrets,
    changedAtMs: updatedAtMs,
    readAtMs,
  };
}

/** The connection's own id is the sealing context: a sealed value cannot be moved to another row. */
export async function sealSecrets(
  deps: Pick<Deps, "tenantKey" | "random">,
  tenantId: TenantId,
  id: ConnectionId,
  secrets: Secrets,
): Promise<Uint8Array> {
  return sealJson(await deps.tenantKey(tenantId), id, secrets, deps.random);
}

export async function unsealSecrets(
  deps: Pick<Deps, "tenantKey">,
  tenantId: TenantId,
  id: ConnectionId,
  sealed: Uint8Array,
): Promise<Secrets> {
  return secretsSchema.parse(await unsealJson(await deps.tenantKey(tenantId), id, sealed));
}

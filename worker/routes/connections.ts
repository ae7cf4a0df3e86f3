/** Provider connections: list, connect, change, verify, remove. */
import { type ConnectionRow, listConnections } from "#db/repos/connections";
import type { TenantDb } from "#db/scope";
import type { Deps } from "#queues/deps";
import { adapterOf } from "#queues/providers/index";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { connect, disconnect, patchConnection, verify } from "../settings/connections.ts";
import * as contract from "./connections.schema.ts";

export const connections = createRouter();

connections.openapi(contract.listConnections, async (c) => {
  const rows = await listConnections(c.var.scope);
  return c.json({ data: rows.map((row) => connectionJson(row, c.var)) }, 200);
});

connections.openapi(contract.createConnection, async (c) => {
  const out = await connect(c.var, c.req.valid("json"));
  return out.ok ? c.json(connectionJson(out.value, c.var), 201) : problem(c, out.error);
});

connections.openapi(contract.updateConnection, async (c) => {
  const out = await patchConnection(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.json(connectionJson(out.value, c.var), 200) : problem(c, out.error);
});

connections.openapi(contract.deleteConnection, async (c) => {
  const out = await disconnect(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

connections.openapi(contract.verifyConnection, async (c) => {
  const out = await verify(c.var, c.req.valid("param").id);
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

type Context = { readonly deps: Pick<Deps, "publicOrigin">; readonly scope: Pick<TenantDb, "tenantId"> };

/** The secrets stay sealed: an address that would hold one shows a placeholder. */
function webhookUrlOf(row: ConnectionRow, { deps, scope }: Context): string {
  const url = `${deps.publicOrigin}/hooks/${row.kind}/${row.id}`;
  const { id, kind, settings } = row;
  const connection = { tenantId: scope.tenantId, id, kind, settings, secrets: {} };
  return adapterOf(kind).webhookUrl?.(url, connection) ?? url;
}

/** Field by field: what is sealed has no way into an answer. */
function connectionJson(row: ConnectionRow, context: Context) {
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
    webhook_url: webhookUrlOf(row, context),
    verified_at: row.verifiedAt?.toISOString() ?? null,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
  };
}

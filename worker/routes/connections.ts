/** Provider connections: list, connect, change, verify, remove. */
import { listConnections } from "#db/repos/connections";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { healthOf, viewConnection } from "../settings/connection-view.ts";
import { connect, disconnect, patchConnection, verify } from "../settings/connections.ts";
import * as contract from "./connections.schema.ts";

export const connections = createRouter();

connections.openapi(contract.listConnections, async (c) => {
  const rows = await listConnections(c.var.scope);
  return c.json({ data: await Promise.all(rows.map((row) => viewConnection(c.var, row))) }, 200);
});

connections.openapi(contract.createConnection, async (c) => {
  const out = await connect(c.var, c.req.valid("json"));
  return out.ok ? c.json(await viewConnection(c.var, out.value), 201) : problem(c, out.error);
});

connections.openapi(contract.updateConnection, async (c) => {
  const out = await patchConnection(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.json(await viewConnection(c.var, out.value), 200) : problem(c, out.error);
});

connections.openapi(contract.deleteConnection, async (c) => {
  const out = await disconnect(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

connections.openapi(contract.verifyConnection, async (c) => {
  const out = await verify(c.var, c.req.valid("param").id);
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

connections.openapi(contract.connectionHealth, async (c) => {
  const out = await healthOf(c.var, c.req.valid("param").id);
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

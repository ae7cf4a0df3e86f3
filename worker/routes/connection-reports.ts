/** What a connection's provider has reported: list, look, read again. */
import { type HookPayload, listPayloads, reportHealth } from "#db/repos/hook-payloads";
import { idText } from "#domain/id-schema";
import { may } from "#domain/tenant/role";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { knownConnection, oneReport, replayOne, replayStretch, wholeRequest } from "../settings/reports.ts";
import * as contract from "./connection-reports.schema.ts";

export const connectionReports = createRouter();

const dayMs = 86_400_000;

function shown(
  row: Pick<HookPayload, "id" | "receivedAt" | "events" | "readings" | "rawKey">,
  bytes: number,
) {
  return {
    id: row.id,
    received_at: row.receivedAt.toISOString(),
    events: row.events,
    stored_bytes: row.rawKey === null ? bytes : null,
    readings: row.readings,
  };
}

connectionReports.openapi(contract.listReports, async (c) => {
  const { id } = c.req.valid("param");
  const { limit, cursor } = c.req.valid("query");
  const before = readCursor(idText("hkp"), cursor);
  if (!before.ok) return problem(c, before.error);
  const known = await knownConnection(c.var.scope, id);
  if (!known.ok) return problem(c, known.error);
  const [rows, health] = await Promise.all([
    listPayloads(c.var.scope, id, { before: before.value, limit: limit + 1 }),
    reportHealth(c.var.scope, id, new Date(c.var.deps.now() - dayMs)),
  ]);
  const page = pageOfRows(rows, limit, (last) => last.id);
  const data = page.shown.map((row) => shown(row, row.storedBytes));
  const { reports, events, forged } = health;
  const last_24_hours = { reports, events, forged_reports: forged };
  return c.json({ data, next_cursor: page.nextCursor, last_24_hours }, 200);
});

connectionReports.openapi(contract.getReport, async (c) => {
  const { id, report } = c.req.valid("param");
  const found = await oneReport(c.var.scope, id, report);
  if (!found.ok) return problem(c, found.error);
  const outline = shown(found.value, found.value.request.length);
  if (!may(c.var.actor.role, "settings.write")) return c.json({ ...outline, request: null }, 200);
  const { method, url, headers, raw } = await wholeRequest(c.var, found.value);
  return c.json({ ...outline, request: { method, url, headers, body: raw } }, 200);
});

connectionReports.openapi(contract.replayReport, async (c) => {
  const { id, report } = c.req.valid("param");
  const out = await replayOne(c.var, id, report);
  return out.ok ? c.json(out.value, 202) : problem(c, out.error);
});

connectionReports.openapi(contract.replayReports, async (c) => {
  const { from, to } = c.req.valid("json");
  const out = await replayStretch(c.var, c.req.valid("param").id, Date.parse(from), Date.parse(to));
  return out.ok ? c.json(out.value, 202) : problem(c, out.error);
});

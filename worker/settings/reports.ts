/** Looking at kept reports of a provider, and reading them again. */
import { findConnection } from "#db/repos/connections";
import { countReading, getPayload, type HookPayload, type PayloadRange } from "#db/repos/hook-payloads";
import type { TenantDb } from "#db/scope";
import { type ConnectionId, type HookPayloadId, idFromBytes, uuid7 } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { type KeptRequest, requestOf } from "#queues/ingest/payload";
import type { ReportReplay } from "#queues/messages";
import { audit } from "../audit.ts";
import type { Act } from "./act.ts";

const noConnection = fail({ kind: "not_found", what: "connection" });
const noReport = fail({ kind: "not_found", what: "report" });

export async function knownConnection(scope: TenantDb, id: ConnectionId): Promise<Result<undefined>> {
  return (await findConnection(scope, id)) ? ok() : noConnection;
}

export async function oneReport(
  scope: TenantDb,
  connectionId: ConnectionId,
  id: HookPayloadId,
): Promise<Result<HookPayload>> {
  const known = await knownConnection(scope, connectionId);
  if (!known.ok) return known;
  const row = await getPayload(scope, connectionId, id);
  return row ? ok(row) : noReport;
}

/** The request with its body, wherever that lies. */
export async function wholeRequest(
  { deps }: Pick<Act, "deps">,
  payload: HookPayload,
): Promise<KeptRequest & { readonly raw: string }> {
  const request = await requestOf(payload);
  if (request.raw !== null) return { ...request, raw: request.raw };
  const stored = payload.rawKey === null ? null : await deps.env.FILES.get(payload.rawKey);
  return { ...request, raw: (await stored?.text()) ?? "" };
}

export async function replayOne(
  act: Act,
  connectionId: ConnectionId,
  id: HookPayloadId,
): Promise<Result<{ readonly reports: number }>> {
  const found = await oneReport(act.scope, connectionId, id);
  if (!found.ok) return found;
  return replay(act, { connectionId, from: id, upTo: id }, { report: id });
}

/** `from` and `to` in milliseconds, both within. */
export async function replayStretch(
  act: Act,
  connectionId: ConnectionId,
  fromMs: number,
  toMs: number,
): Promise<Result<{ readonly reports: number }>> {
  const known = await knownConnection(act.scope, connectionId);
  if (!known.ok) return known;
  if (fromMs > toMs)
    return fail({
      kind: "invalid",
      errors: [{ pointer: "/to", detail: "The end lies before the beginning." }],
    });
  const edge = (ms: number, byte: number) => idFromBytes("hkp", uuid7(ms, new Uint8Array(10).fill(byte)));
  const range = { connectionId, from: edge(fromMs, 0), upTo: edge(toMs, 255) };
  return replay(act, range, { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
}

async function replay(
  { scope, deps, actor }: Act,
  range: PayloadRange,
  what: Record<string, string>,
): Promise<Result<{ readonly reports: number }>> {
  const message: ReportReplay = {
    v: 1,
    kind: "report.replay",
    tenantId: scope.tenantId,
    ...range,
    after: null,
  };
  await deps.env.INGEST_QUEUE.send(message);
  const reports = await countReading(scope, range);
  await audit(scope, deps, actor, {
    action: "connection.replay_reports",
    subject: range.connectionId,
    after: { ...what, reports },
  });
  return ok({ reports });
}

/** A provider's report as it is kept: whole, deflated, to be looked at and read again. */
import { z } from "zod";
import type { HookPayload, NewPayload } from "#db/repos/hook-payloads";
import type { TenantId } from "#domain/ids";
import { deflateJson, inflateJson } from "../deflate.ts";
import type { ProviderReport } from "../messages.ts";

const kept = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Null where it lies in R2. */
  raw: z.string().nullable(),
});
export type KeptRequest = z.output<typeof kept>;

/** Undefined for a message from before reports were kept, and for a report that is being read again. */
export async function payloadOf(message: ProviderReport, events: number): Promise<NewPayload | undefined> {
  const { reportId, connectionId, method, url, headers, raw, rawKey, receivedAtMs } = message;
  if (!reportId || message.isReplay) return undefined;
  const request = await deflateJson({ method, url, headers, raw } satisfies KeptRequest);
  return { id: reportId, connectionId, request, rawKey, events, receivedAt: new Date(receivedAtMs) };
}

export async function requestOf(payload: Pick<HookPayload, "request">): Promise<KeptRequest> {
  return kept.parse(await inflateJson(payload.request));
}

/** The report once more, as it came then. */
export async function reportOf(tenantId: TenantId, payload: HookPayload): Promise<ProviderReport> {
  return {
    v: 1,
    kind: "provider.report",
    tenantId,
    connectionId: payload.connectionId,
    reportId: payload.id,
    isReplay: true,
    ...(await requestOf(payload)),
    rawKey: payload.rawKey,
    receivedAtMs: payload.receivedAt.getTime(),
  };
}

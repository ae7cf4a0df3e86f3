/** What is asked of the API about campaigns, their audience and their runs. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import type { Audience } from "#domain/campaign/audience";
import type { CampaignState } from "#domain/campaign/state";
import type { Channel } from "#domain/contact/consent";
import type { MessageState } from "#domain/sending/ledger";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type Campaign = Schema<"Campaign">;
export type CampaignSummary = Schema<"CampaignSummary">;
export type AudienceReport = Schema<"AudienceReport">;
// The document cannot say "that shape or null" of a named shape; the contract does.
export type Checklist = Omit<Schema<"Checklist">, "audience" | "sms"> & {
  readonly audience: AudienceReport | null;
  readonly sms: Schema<"SmsEstimate"> | null;
};
export type Report = Schema<"CampaignReport">;
export type Reconciliation = Schema<"Reconciliation">;
export type LiveFrame = Schema<"LiveFrame">;
export type LedgerMessage = Schema<"Message">;

export type CampaignFilter = {
  readonly state?: CampaignState;
  readonly channel?: Channel;
  readonly search?: string;
};

/** Something is under way that nobody at this screen has to do. */
export function isLive(state: CampaignState): boolean {
  return state === "preparing" || state === "sending";
}
export function isDraft(state: CampaignState): boolean {
  return state === "draft" || state === "scheduled";
}

export function campaignsQuery(session: Session, filter: CampaignFilter, cursor?: string) {
  return queryOptions({
    queryKey: session.key("campaigns", "page", filter, cursor),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/campaigns", { params: { query: { ...filter, cursor, limit: 25 } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.data.some((row) => isLive(row.state)) ? 2_000 : false),
  });
}
export function campaignQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("campaign", id),
    queryFn: ({ signal }) => got(session.api.GET("/v1/campaigns/{id}", { params: { path: { id } }, signal })),
    // A scheduled one starts by itself.
    refetchInterval: ({ state }) => (state.data?.state === "scheduled" ? 10_000 : false),
  });
}
export function checklistQuery(session: Session, id: string, revision: number) {
  return queryOptions({
    queryKey: session.key("checklist", id, revision),
    queryFn: async ({ signal }): Promise<Checklist> =>
      got(session.api.GET("/v1/campaigns/{id}/checklist", { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
  });
}
export function audienceQuery(session: Session, audience: Audience, channel: Channel) {
  return queryOptions({
    queryKey: session.key("audience", audience, channel),
    queryFn: ({ signal }) =>
      got(session.api.POST("/v1/campaigns/audience", { body: { audience, channel }, signal })),
    placeholderData: keepPreviousData,
  });
}
/** People go on opening and clicking after the last mail has left, most of them soon. */
function reportEveryMs({ state, finished_at }: Campaign): number {
  const finishedAtMs = finished_at ? Date.parse(finished_at) : 0;
  return isLive(state) || Date.now() - finishedAtMs < soonMs ? 4_000 : 60_000;
}
const soonMs = 15 * 60_000;

export function reportQuery(session: Session, campaign: Campaign) {
  const { id } = campaign;
  return queryOptions({
    queryKey: session.key("report", id),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/campaigns/{id}/report", { params: { path: { id } }, signal })),
    refetchInterval: reportEveryMs(campaign),
  });
}

export type Missed = Schema<"Missed">;
export type LocalTimes = Schema<"LocalTimes">;

export function missedQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("missed", id),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/campaigns/{id}/missed", { params: { path: { id } }, signal })),
    staleTime: 0,
  });
}
export function localTimesQuery(session: Session, id: string, at: string) {
  return queryOptions({
    queryKey: session.key("local-times", id, at),
    queryFn: ({ signal }) =>
      got(
        session.api.GET("/v1/campaigns/{id}/local-times", {
          params: { path: { id }, query: { at } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** `waiting`: of the queued, only those whose moment is yet to come. */
export type LedgerFilter = {
  readonly state?: MessageState;
  readonly reason?: string;
  readonly waiting?: "true";
};

export function ledgerQuery(session: Session, id: string, filter: LedgerFilter, cursor?: string) {
  return queryOptions({
    queryKey: session.key("ledger", id, filter, cursor),
    queryFn: ({ signal }) =>
      got(
        session.api.GET("/v1/campaigns/{id}/messages", {
          params: { path: { id }, query: { ...filter, cursor, limit: 50 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

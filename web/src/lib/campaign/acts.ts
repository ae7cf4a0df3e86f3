/** What is done to campaigns. Each answers the campaign as it then stands and tells the lists. */
import type { Channel } from "#domain/contact/consent";
import { got, idempotencyKey } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";
import type { Campaign, CampaignSummary } from "./queries.ts";

/** What a copy of a draft is made of. */
function contentOf(campaign: Campaign) {
  const { name, template_id, subject, from_name, from_email, reply_to } = campaign;
  const { connection_id, audience, track_opens, track_clicks, ignores_policy } = campaign;
  return {
    ...{ name, template_id, subject, from_name, from_email, reply_to },
    ...{ connection_id, audience, track_opens, track_clicks, ignores_policy },
  };
}

async function told(session: Session, campaign: Campaign): Promise<Campaign> {
  session.queries.setQueryData(session.key("campaign", campaign.id), campaign);
  await session.refresh("campaigns", "onboarding");
  return campaign;
}

export async function createCampaign(
  session: Session,
  name: string,
  channel: Channel,
  templateId: string | null,
): Promise<Campaign> {
  const body = { name, channel, template_id: templateId };
  return told(session, await got(session.api.POST("/v1/campaigns", { body, headers: idempotencyKey() })));
}

export async function duplicateCampaign(session: Session, id: string): Promise<Campaign> {
  const call = session.api.POST("/v1/campaigns/{id}/duplicate", {
    params: { path: { id } },
    headers: idempotencyKey(),
  });
  return told(session, await got(call));
}

/** Answers how to take it back: the draft is made anew, under a new id. */
export async function deleteDraft(
  session: Session,
  draft: Campaign | CampaignSummary,
): Promise<() => Promise<Campaign>> {
  await got(session.api.DELETE("/v1/campaigns/{id}", { params: { path: { id: draft.id } } }));
  await session.refresh("campaigns", "onboarding");
  return async () => told(session, await got(session.api.POST("/v1/campaigns", { body: contentOf(draft) })));
}

export async function sendCampaign(
  session: Session,
  id: string,
  key: ReturnType<typeof idempotencyKey>,
): Promise<Campaign> {
  const call = session.api.POST("/v1/campaigns/{id}/send", { params: { path: { id } }, headers: key });
  return told(session, await got(call));
}
/** `local`: the time it is then on the workspace's clock is meant on each person's own. */
export async function scheduleCampaign(
  session: Session,
  id: string,
  at: string,
  local = false,
): Promise<Campaign> {
  const params = { path: { id } };
  const body = { at, local };
  return told(session, await got(session.api.POST("/v1/campaigns/{id}/schedule", { params, body })));
}
export async function unscheduleCampaign(session: Session, id: string): Promise<Campaign> {
  const params = { path: { id } };
  return told(session, await got(session.api.POST("/v1/campaigns/{id}/unschedule", { params })));
}
export async function pauseCampaign(session: Session, id: string): Promise<Campaign> {
  const params = { path: { id } };
  return told(session, await got(session.api.POST("/v1/campaigns/{id}/pause", { params })));
}
export async function resumeCampaign(session: Session, id: string): Promise<Campaign> {
  const params = { path: { id } };
  return told(session, await got(session.api.POST("/v1/campaigns/{id}/resume", { params })));
}
export async function cancelCampaign(session: Session, id: string): Promise<Campaign> {
  const params = { path: { id } };
  return told(session, await got(session.api.POST("/v1/campaigns/{id}/cancel", { params })));
}

async function booksChanged(session: Session, id: string): Promise<void> {
  await session.queries.invalidateQueries({ queryKey: session.key("campaign", id) });
  await session.refresh("report", "ledger", "campaigns", "missed");
}
export async function retryFailed(session: Session, id: string): Promise<number> {
  const params = { path: { id } };
  const { requeued } = await got(
    session.api.POST("/v1/campaigns/{id}/retry-failed", { params, headers: idempotencyKey() }),
  );
  await booksChanged(session, id);
  return requeued;
}
export async function sendMissed(session: Session, id: string): Promise<number> {
  const params = { path: { id } };
  const { requeued } = await got(
    session.api.POST("/v1/campaigns/{id}/send-missed", { params, headers: idempotencyKey() }),
  );
  await booksChanged(session, id);
  return requeued;
}
export async function settleUnknown(
  session: Session,
  id: string,
  decision: "send_again" | "leave",
): Promise<number> {
  const params = { path: { id } };
  const { settled } = await got(
    session.api.POST("/v1/campaigns/{id}/settle-unknown", {
      params,
      body: { decision },
      headers: idempotencyKey(),
    }),
  );
  await booksChanged(session, id);
  return settled;
}

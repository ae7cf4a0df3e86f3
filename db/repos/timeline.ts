/** What happened with one person: messages, what became of them, and consent. */
import { and, desc, eq, inArray } from "drizzle-orm";
import type { CampaignId, ContactId, MessageId, RunId } from "#domain/ids";
import type { MessageState } from "#domain/sending/ledger";
import type { EventKind } from "#domain/tracking/event";
import { campaigns, links, runs } from "../schema/campaigns.ts";
import { messageEvents, messages } from "../schema/ledger.ts";
import type { TenantDb } from "../scope.ts";
import { type ConsentProof, proofsOf } from "./consents.ts";

export type TimelineMessage = {
  readonly id: MessageId;
  readonly sourceId: RunId;
  readonly state: MessageState;
  readonly reason: string;
  readonly acceptedAt: Date | null;
};
export type TimelineEvent = {
  readonly messageId: MessageId;
  readonly sourceId: RunId;
  readonly kind: EventKind;
  readonly machine: number;
  readonly detail: string;
  /** The address behind the link that was clicked. */
  readonly url: string | null;
  readonly at: Date;
};
export type TimelineCampaign = { readonly id: CampaignId; readonly name: string };
export type Timeline = {
  readonly messages: readonly TimelineMessage[];
  readonly events: readonly TimelineEvent[];
  readonly proofs: readonly ConsentProof[];
  readonly campaigns: ReadonlyMap<RunId, TimelineCampaign>;
};

/** The newest `limit` of each kind. */
export async function timelineOf(scope: TenantDb, id: ContactId, limit: number): Promise<Timeline> {
  const [sent, events, proofs] = await Promise.all([
    scope
      .pick(
        {
          id: messages.id,
          sourceId: messages.sourceId,
          state: messages.state,
          reason: messages.reason,
          acceptedAt: messages.acceptedAt,
        },
        messages,
        eq(messages.contactId, id),
      )
      .orderBy(desc(messages.id))
      .limit(limit),
    scope
      .pick(
        {
          messageId: messageEvents.messageId,
          sourceId: messageEvents.sourceId,
          kind: messageEvents.kind,
          machine: messageEvents.machine,
          detail: messageEvents.detail,
          url: links.url,
          at: messageEvents.at,
        },
        messageEvents,
        eq(messageEvents.contactId, id),
      )
      .leftJoin(
        links,
        scope.on(
          links,
          and(eq(links.runId, messageEvents.sourceId), eq(links.position, messageEvents.linkPosition)),
        ),
      )
      .orderBy(desc(messageEvents.id))
      .limit(limit),
    proofsOf(scope, id, limit),
  ]);
  const sources = new Set([...sent, ...events].map((row) => row.sourceId));
  return { messages: sent, events, proofs, campaigns: await campaignsOf(scope, [...sources]) };
}

async function campaignsOf(
  scope: TenantDb,
  sources: readonly RunId[],
): Promise<Map<RunId, TimelineCampaign>> {
  if (sources.length === 0) return new Map();
  const rows = await scope
    .pick({ runId: runs.id, id: campaigns.id, name: campaigns.name }, runs, inArray(runs.id, [...sources]))
    .innerJoin(campaigns, scope.on(campaigns, eq(campaigns.id, runs.campaignId)));
  return new Map(rows.map((row) => [row.runId, { id: row.id, name: row.name }]));
}

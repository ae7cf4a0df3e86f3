/** The shop's campaigns, one in each state in which a campaign can rest, with the runs behind them. */
import type { Audience } from "#domain/campaign/audience";
import type { CampaignState } from "#domain/campaign/state";
import type { ConnectionId, SegmentId, TemplateId, UserId } from "#domain/ids";
import { compileContent } from "#domain/message/compile";
import type { SegmentRule } from "#domain/segment/schema";
import type { campaigns, links, runs } from "../schema/index.ts";
import { type Calendar, later, minuteMs } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import type { Person } from "./person.ts";
import { lastRecorded, type RunPlan, type RunStory, tellRun } from "./run.ts";
import { type Segment, type SegmentKey, type Sorting, shop } from "./shop.ts";
import type { Draft } from "./templates/layout.ts";
import type { TemplateKey } from "./templates.ts";

type Row<T extends { $inferInsert: object }> = Omit<T["$inferInsert"], "tenantId">;
export type CampaignStory = {
  readonly campaign: Row<typeof campaigns>;
  readonly run: Row<typeof runs> | undefined;
  readonly links: readonly Row<typeof links>[];
  readonly story: RunStory;
};

export type Stage = {
  readonly chance: Chance;
  readonly calendar: Calendar;
  readonly people: readonly Person[];
  readonly sorting: Sorting;
  readonly segments: Readonly<Record<SegmentKey, Segment>>;
  readonly templates: Readonly<Record<TemplateKey, Draft & { readonly id: TemplateId }>>;
  readonly connectionId: ConnectionId;
  readonly authors: readonly { readonly id: UserId; readonly name: string }[];
};

type Plan = {
  readonly name: string;
  readonly template: TemplateKey;
  readonly audience: Partial<Audience>;
  readonly createdAt: Date;
  readonly state: CampaignState;
  readonly scheduledAt?: Date;
  readonly run?: { readonly at: Date; readonly appeal: number; readonly stopped?: RunPlan["stopped"] };
};

/** In the order of time: what one run does to people, the next one sees. */
export function campaignsOf(stage: Stage): CampaignStory[] {
  const rules = new Map<SegmentId, SegmentRule>(Object.values(stage.segments).map((s) => [s.id, s.rule]));
  const told = plansOf(stage).map((plan) => tell(stage, rules, plan));
  return told.sort((a, b) => (a.campaign.id < b.campaign.id ? -1 : 1));
}

function plansOf({ calendar, sorting, segments }: Stage): Plan[] {
  const { lists } = sorting;
  const newsletter = { lists: [lists.newsletter.id], exclude_lists: [lists.wholesale.id] };
  return [
    {
      name: "Single origin: Ethiopia Guji",
      template: "singleOrigin",
      audience: newsletter,
      createdAt: calendar.day(43, 14, 20),
      state: "completed",
      run: { at: calendar.day(41, 8, 30), appeal: 0.95 },
    },
    {
      name: "Guji again, with the wrong price",
      template: "singleOrigin",
      audience: { segments: [segments.neighbours.id], exclude_lists: [lists.wholesale.id] },
      createdAt: calendar.day(23, 15, 2),
      state: "cancelled",
      run: { at: calendar.day(23, 15, 30), appeal: 0.7, stopped: { after: 400, rest: "cancelled" } },
    },
    {
      name: "House blend, edition seven",
      template: "houseBlend",
      audience: { segments: [segments.espresso.id], exclude_lists: [lists.wholesale.id] },
      createdAt: calendar.day(12, 10, 41),
      state: "completed",
      run: { at: calendar.day(9, 7, 0), appeal: 1.15 },
    },
    {
      name: "Kaffee-Abo für Deutschland, Österreich und die Schweiz",
      template: "kaffeeAbo",
      audience: { segments: [segments.dach.id], exclude_lists: [lists.subscription.id] },
      createdAt: calendar.day(2, 13, 15),
      state: "paused",
      run: { at: calendar.ago(130 * minuteMs), appeal: 0.9, stopped: { after: 300, rest: "queued" } },
    },
    {
      name: "A bag on the house",
      template: "missYou",
      audience: { segments: [segments.lapsed.id], exclude_segments: [segments.engaged.id] },
      createdAt: calendar.day(1, 11, 8),
      state: "scheduled",
      scheduledAt: calendar.day(-7, 9, 0),
    },
    {
      name: "Fresh roast of the week",
      template: "freshRoast",
      audience: newsletter,
      createdAt: calendar.ago(50 * minuteMs),
      state: "draft",
    },
  ];
}

function tell(stage: Stage, rules: ReadonlyMap<SegmentId, SegmentRule>, plan: Plan): CampaignStory {
  const { chance, calendar, people, templates, connectionId, authors } = stage;
  const template = templates[plan.template];
  const audience: Audience = {
    everyone: false,
    lists: [],
    segments: [],
    exclude_lists: [],
    exclude_segments: [],
    ...plan.audience,
  };
  const author = chance.pick(authors);
  const id = chance.id("cmp", plan.createdAt);
  const campaign: CampaignStory["campaign"] = {
    id,
    name: plan.name,
    state: plan.state,
    pauseReason: plan.state === "paused" ? "by_person" : null,
    pauseDetail: plan.state === "paused" ? `Paused by ${author.name}` : "",
    templateId: template.id,
    connectionId,
    fromName: shop.fromName,
    fromEmail: shop.fromEmail,
    replyTo: shop.replyTo,
    audience,
    scheduledAt: plan.scheduledAt ?? null,
    runId: null,
    createdBy: author.id,
    createdAt: plan.createdAt,
    updatedAt: plan.createdAt,
  };
  if (!plan.run) return { campaign, run: undefined, links: [], story: { ledger: [], events: [] } };
  const { at, appeal, stopped } = plan.run;
  const compiled = compileContent(
    { ...template, postalAddress: shop.postalAddress },
    { trackOpens: true, trackClicks: true },
  );
  if (!compiled.ok) throw new Error(`the seed's template ${template.name} does not compile`);
  const runId = chance.id("run", at);
  const urls = compiled.value.links.map((link) => link.url);
  const { now } = calendar;
  const runPlan = {
    runId,
    audience,
    launchedAt: at,
    now,
    links: urls.length,
    appeal,
    ...(stopped ? { stopped } : {}),
  };
  const story = tellRun(chance, people, rules, runPlan);
  const endedAt = lastRecorded(story, at);
  Object.assign(campaign, { runId, updatedAt: endedAt });
  const run: CampaignStory["run"] = {
    id: runId,
    campaignId: id,
    connectionId,
    audience,
    subject: template.subject,
    preheader: template.preheader,
    html: template.html,
    text: template.text,
    defaults: { ...template.defaults },
    fromName: shop.fromName,
    fromEmail: shop.fromEmail,
    replyTo: shop.replyTo,
    postalAddress: shop.postalAddress,
    trackOpens: true,
    trackClicks: true,
    startedAt: at,
    frozenAt: later(at, 900),
    audienceSize: story.ledger.length,
    finishedAt: plan.state === "paused" ? null : endedAt,
  };
  return { campaign, run, links: urls.map((url, position) => ({ runId, position, url })), story };
}

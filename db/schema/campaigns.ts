/** Campaigns, their runs with frozen content, and the connections they go out by. */
import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  int,
  json,
  mediumtext,
  mysqlTable,
  primaryKey,
  uniqueIndex,
  varchar,
} from "drizzle-orm/mysql-core";
import type { Audience } from "#domain/campaign/audience";
import type { CampaignState, PauseReason } from "#domain/campaign/state";
import type { Channel } from "#domain/contact/consent";
import type { SendPolicy } from "#domain/sending/policy";
import type { ProviderKind } from "#domain/sending/provider";
import type { Route } from "#domain/sending/route";
import type { WarmUp } from "#domain/sending/warm-up";
import { blob, createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

export const campaigns = mysqlTable(
  "campaigns",
  {
    tenantId: tenantId(),
    id: id("cmp").notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull().default("email"),
    state: varchar("state", { length: 12 }).$type<CampaignState>().notNull(),
    pauseReason: varchar("pause_reason", { length: 20 }).$type<PauseReason>(),
    pauseDetail: varchar("pause_detail", { length: 500 }).notNull().default(""),
    /** A pause that ends by itself ends now: a quota has returned. */
    resumeAt: moment("resume_at"),
    templateId: id("tpl", "template_id"),
    /** Empty: the template's own subject. */
    subject: varchar("subject", { length: 998 }).notNull().default(""),
    fromName: varchar("from_name", { length: 120 }).notNull().default(""),
    fromEmail: varchar("from_email", { length: 254 }).notNull().default(""),
    replyTo: varchar("reply_to", { length: 254 }).notNull().default(""),
    /** Of a text message: a name or number; empty: the connection's own. */
    sender: varchar("sender", { length: 20 }).notNull().default(""),
    connectionId: id("cxn", "connection_id"),
    audience: json("audience").$type<Audience>().notNull(),
    trackOpens: boolean("track_opens").notNull().default(true),
    trackClicks: boolean("track_clicks").notNull().default(true),
    scheduledAt: moment("scheduled_at"),
    /** The wall-clock time of `scheduled_at` in the workspace's zone is each recipient's own: 9 o'clock where they are. */
    scheduledLocal: boolean("scheduled_local").notNull().default(false),
    /** Transactional in nature (a recall, a change of terms): caps and quiet hours do not hold it. */
    ignoresPolicy: boolean("ignores_policy").notNull().default(false),
    /** The run of this campaign, once launched. */
    runId: id("run", "run_id"),
    /** Changes with every edit; the ETag. */
    revision: int("revision").notNull().default(1),
    createdBy: varchar("created_by", { length: 40 }).notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("campaigns_due").on(t.state, t.scheduledAt),
    index("campaigns_state").on(t.tenantId, t.state),
  ],
);

/** One sending of one campaign. Everything a recipient will see is frozen here at launch and never changes. */
export const runs = mysqlTable(
  "runs",
  {
    tenantId: tenantId(),
    id: id("run").notNull(),
    campaignId: id("cmp", "campaign_id").notNull(),
    /** The connection chosen, or the first of the route. */
    connectionId: id("cxn", "connection_id").notNull(),
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull().default("email"),
    /** The connections it may go out by, with their shares. */
    route: json("route").$type<Route>().notNull().default(sql`(json_array())`),
    /** Caps and quiet hours as they stood at launch; null where the run ignores them. */
    policy: json("policy").$type<SendPolicy | null>(),
    /** `2026-12-01T09:00`: the moment on the recipient's own clock. */
    localTime: varchar("local_time", { length: 16 }),
    audience: json("audience").$type<Audience>().notNull(),
    subject: varchar("subject", { length: 998 }).notNull(),
    preheader: varchar("preheader", { length: 255 }).notNull(),
    html: mediumtext("html").notNull(),
    text: mediumtext("text").notNull(),
    defaults: json("defaults").$type<Record<string, string>>().notNull(),
    fromName: varchar("from_name", { length: 120 }).notNull(),
    fromEmail: varchar("from_email", { length: 254 }).notNull(),
    replyTo: varchar("reply_to", { length: 254 }).notNull(),
    sender: varchar("sender", { length: 20 }).notNull().default(""),
    /** What a text message ends with where it does not say itself how to leave; `{link}` stands for the way out. */
    optOut: varchar("opt_out", { length: 160 }).notNull().default(""),
    postalAddress: varchar("postal_address", { length: 500 }).notNull(),
    trackOpens: boolean("track_opens").notNull(),
    trackClicks: boolean("track_clicks").notNull(),
    startedAt: moment("started_at").notNull(),
    /** When the audience stood complete; from then on the ledger alone says who is in it. */
    frozenAt: moment("frozen_at"),
    /** How many rows the ledger got for this run when the audience stood complete: the books must still add up to it. */
    audienceSize: int("audience_size"),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("runs_campaign").on(t.tenantId, t.campaignId),
    index("runs_open").on(t.finishedAt, t.startedAt),
  ],
);

/** The link table of a run: tracked addresses, frozen with the content. */
export const links = mysqlTable(
  "links",
  {
    tenantId: tenantId(),
    runId: id("run", "run_id").notNull(),
    position: int("position").notNull(),
    url: varchar("url", { length: 4000 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.runId, t.position] })],
);

/** A way out: a provider's account with its sealed credentials. */
export const connections = mysqlTable(
  "connections",
  {
    tenantId: tenantId(),
    id: id("cxn").notNull(),
    kind: varchar("kind", { length: 12 }).$type<ProviderKind>().notNull(),
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull().default("email"),
    name: varchar("name", { length: 120 }).notNull(),
    /** Host, port, region and the like: nothing secret. */
    settings: json("settings").$type<Record<string, string | number | boolean>>().notNull(),
    /** JSON of the credentials and the webhook secret under AES-256-GCM with the tenant's key. */
    sealed: blob("sealed", "varbinary(4000)").notNull(),
    ratePerSecond: int("rate_per_second").notNull(),
    isDefault: boolean("is_default").notNull().default(false),
    /** Share of what is sent where no connection is named; 0 stands by until the others fail. */
    weight: int("weight").notNull().default(1),
    warmUp: json("warm_up").$type<WarmUp | null>(),
    verifiedAt: moment("verified_at"),
    lastError: varchar("last_error", { length: 500 }).notNull().default(""),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // A webhook names the connection alone; whose it is must be found before its signature can be checked.
    uniqueIndex("connections_id").on(t.id),
  ],
);

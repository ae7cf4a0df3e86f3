/** Campaigns, their runs with frozen content, and the connections they go out by. */
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
import type { ProviderKind } from "#domain/sending/provider";
import { blob, createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

export const campaigns = mysqlTable(
  "campaigns",
  {
    tenantId: tenantId(),
    id: id("cmp").notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    state: varchar("state", { length: 12 }).$type<CampaignState>().notNull(),
    pauseReason: varchar("pause_reason", { length: 20 }).$type<PauseReason>(),
    pauseDetail: varchar("pause_detail", { length: 500 }).notNull().default(""),
    templateId: id("tpl", "template_id"),
    /** Empty: the template's own subject. */
    subject: varchar("subject", { length: 998 }).notNull().default(""),
    fromName: varchar("from_name", { length: 120 }).notNull().default(""),
    fromEmail: varchar("from_email", { length: 254 }).notNull().default(""),
    replyTo: varchar("reply_to", { length: 254 }).notNull().default(""),
    connectionId: id("cxn", "connection_id"),
    audience: json("audience").$type<Audience>().notNull(),
    trackOpens: boolean("track_opens").notNull().default(true),
    trackClicks: boolean("track_clicks").notNull().default(true),
    scheduledAt: moment("scheduled_at"),
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
    connectionId: id("cxn", "connection_id").notNull(),
    audience: json("audience").$type<Audience>().notNull(),
    subject: varchar("subject", { length: 998 }).notNull(),
    preheader: varchar("preheader", { length: 255 }).notNull(),
    html: mediumtext("html").notNull(),
    text: mediumtext("text").notNull(),
    defaults: json("defaults").$type<Record<string, string>>().notNull(),
    fromName: varchar("from_name", { length: 120 }).notNull(),
    fromEmail: varchar("from_email", { length: 254 }).notNull(),
    replyTo: varchar("reply_to", { length: 254 }).notNull(),
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
    name: varchar("name", { length: 120 }).notNull(),
    /** Host, port, region and the like: nothing secret. */
    settings: json("settings").$type<Record<string, string | number | boolean>>().notNull(),
    /** JSON of the credentials and the webhook secret under AES-256-GCM with the tenant's key. */
    sealed: blob("sealed", "varbinary(4000)").notNull(),
    ratePerSecond: int("rate_per_second").notNull(),
    isDefault: boolean("is_default").notNull().default(false),
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

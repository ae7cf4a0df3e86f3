/** The only statements that look across tenants: credentials, due work, sweeps. Its handle marks them for the gateway. */
import { and, asc, eq, isNull, lte, ne, or, sql } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { widestSpreadMs } from "#domain/campaign/local-time";
import type { TenantId } from "#domain/ids";
import { campaigns, imports, runs, tenants } from "./schema/index.ts";
import { type AccountStatements, accountStatements } from "./system/accounts.ts";
import { type ApiKeyStatements, apiKeyStatements } from "./system/api-keys.ts";
import { type ConnectionStatements, connectionStatements } from "./system/connections.ts";
import { type DueDirectSend, type DueMoments, dueDirectSends } from "./system/direct-sends.ts";
import { type ReportStatements, reportStatements } from "./system/reports.ts";
import { type SessionStatements, sessionStatements } from "./system/sessions.ts";
import { type ShortLinkStatements, shortLinkStatements } from "./system/short-links.ts";
import { dropExpired } from "./system/sweeps.ts";

export class SystemDb {
  readonly #raw: PlanetScaleDatabase;
  readonly sessions: SessionStatements;
  readonly apiKeys: ApiKeyStatements;
  readonly accounts: AccountStatements;
  readonly connections: ConnectionStatements;
  readonly reports: ReportStatements;
  readonly shortLinks: ShortLinkStatements;
  constructor(raw: PlanetScaleDatabase) {
    this.#raw = raw;
    this.sessions = sessionStatements(raw);
    this.apiKeys = apiKeyStatements(raw);
    this.accounts = accountStatements(raw);
    this.connections = connectionStatements(raw);
    this.reports = reportStatements(raw);
    this.shortLinks = shortLinkStatements(raw);
  }

  /** Throws when the database does not answer. */
  async ping(): Promise<void> {
    await this.#raw.execute(sql`select 1`);
  }

  /** Throws when there is no such tenant: the id came from a credential that was just verified. */
  async wrappedKey(tenantId: TenantId): Promise<Uint8Array> {
    const [row] = await this.#raw
      .select({ key: tenants.wrappedKey })
      .from(tenants)
      .where(eq(tenants.id, tenantId));
    if (!row) throw new Error(`no tenant ${tenantId}`);
    return row.key;
  }

  /** Scheduled campaigns whose moment has come, or may have come for somebody by their own clock. */
  async dueCampaigns(now: Date, limit: number) {
    const soon = new Date(now.getTime() + widestSpreadMs);
    const local = and(eq(campaigns.scheduledLocal, true), lte(campaigns.scheduledAt, soon));
    const { tenantId, id, scheduledAt, scheduledLocal } = campaigns;
    return this.#raw
      .select({ tenantId, id, scheduledAt, scheduledLocal, timeZone: tenants.timeZone })
      .from(campaigns)
      .innerJoin(tenants, eq(tenants.id, campaigns.tenantId))
      .where(and(eq(campaigns.state, "scheduled"), or(lte(campaigns.scheduledAt, now), local)))
      .orderBy(asc(campaigns.scheduledAt))
      .limit(limit);
  }

  /** Paused campaigns whose spent quota has returned. */
  async returnedQuotas(now: Date, limit: number) {
    return this.#raw
      .select({
        tenantId: campaigns.tenantId,
        id: campaigns.id,
        runId: campaigns.runId,
        revision: campaigns.revision,
      })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.state, "paused"),
          eq(campaigns.pauseReason, "provider_quota"),
          lte(campaigns.resumeAt, now),
        ),
      )
      .orderBy(asc(campaigns.resumeAt))
      .limit(limit);
  }

  /** Runs that are neither finished nor paused: each has a coordinator that should be awake. By lot: runs that wait for a person stay open. */
  async openRuns(limit: number) {
    return this.#raw
      .select({ tenantId: runs.tenantId, id: runs.id, campaignId: runs.campaignId })
      .from(runs)
      .innerJoin(campaigns, and(eq(campaigns.tenantId, runs.tenantId), eq(campaigns.id, runs.campaignId)))
      .where(and(isNull(runs.finishedAt), ne(campaigns.state, "paused")))
      .orderBy(sql`rand()`)
      .limit(limit);
  }

  /** Imports that should run and that no worker holds: their message was lost, or their worker died. */
  async stalledImports(now: Date, limit: number) {
    return this.#raw
      .select({ tenantId: imports.tenantId, id: imports.id })
      .from(imports)
      .where(and(eq(imports.state, "running"), or(isNull(imports.leaseUntil), lte(imports.leaseUntil, now))))
      .limit(limit);
  }

  async dueDirectSends(
    due: DueMoments,
    queueHorizonSeconds: number,
    limit: number,
  ): Promise<DueDirectSend[]> {
    return dueDirectSends(this.#raw, due, queueHorizonSeconds, limit);
  }

  /** Sessions that ran out and stored batches nobody can repeat any more. */
  async dropExpired(now: Date): Promise<void> {
    await dropExpired(this.#raw, now);
  }
}

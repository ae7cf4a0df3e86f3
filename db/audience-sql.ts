/** Who a campaign goes to and who is left out, as SQL on a row of `contacts`: one text for counting, freezing and checking. */
import { desc, inArray, type SQL, sql } from "drizzle-orm";
import type { Audience } from "#domain/campaign/audience";
import type { Channel } from "#domain/contact/consent";
import { type ContactId, idFromBytes, idToBytes, type ListId, type SegmentId } from "#domain/ids";
import type { SkipReason } from "#domain/sending/ledger";
import { contacts, segments } from "./schema/index.ts";
import type { TenantDb } from "./scope.ts";
import { segmentSql } from "./segment-sql.ts";

export type AudienceSql = {
  /** In the audience: every such person is accounted for, to be sent to or skipped. */
  readonly included: SQL;
  /** Of these, left out by the campaign's exclusions. */
  readonly excluded: SQL;
  /** Why a person of the audience is not written to; NULL where they are. */
  readonly skipReason: SQL;
};

/**
 * `now` is what the segments' relative dates count from: hand in one moment for all pages of one freeze.
 * A segment that no longer exists includes nobody and excludes everybody: a lost exclusion must not send mail.
 */
export async function audienceSql(
  scope: TenantDb,
  audience: Audience,
  channel: Channel,
  now: Date,
  alias = "c",
): Promise<AudienceSql> {
  const rules = await rulesOf(scope, [...audience.segments, ...audience.exclude_segments]);
  const inSegments = (ids: readonly SegmentId[], missing: SQL) =>
    ids.map((id) => {
      const rule = rules.get(id);
      return rule ? segmentSql(scope, rule, alias, now) : missing;
    });
  const included = audience.everyone
    ? sql`true`
    : either([...inLists(scope, audience.lists, alias), ...inSegments(audience.segments, sql`false`)]);
  const excluded = either([
    ...inLists(scope, audience.exclude_lists, alias),
    ...inSegments(audience.exclude_segments, sql`true`),
  ]);
  return { included, excluded, skipReason: skipReasonExpression(scope, channel, excluded, alias) };
}

/** The first reason that applies, in the order in which they are told; NULL for people who can be written to. */
export function skipReasonExpression(scope: TenantDb, channel: Channel, excluded: SQL, alias = "c"): SQL {
  const address = addressColumn(channel, alias);
  const consent = sql.join(
    [sql.identifier(alias), sql.raw(channel === "sms" ? "sms_consent" : "email_consent")],
    sql`.`,
  );
  const reason = (name: SkipReason) => sql.raw(`'${name}'`);
  return sql`case
    when ${excluded} then ${reason("excluded")}
    when ${address} is null then ${reason("no_address")}
    when exists (select 1 from suppressions sp where ${scope.own("sp")} and sp.channel = ${channel} and sp.address = ${address}) then ${reason("suppressed")}
    when ${consent} = 'unsubscribed' then ${reason("unsubscribed")}
    when ${consent} <> 'subscribed' then ${reason("no_consent")}
    end`;
}

export type AudienceCount = {
  readonly audience: number;
  readonly to_send: number;
  readonly skipped: { readonly [reason in SkipReason]?: number };
};

/** Each contact counts once, with the reason that applies first; `audience` = `to_send` + all of `skipped`. */
export async function countAudience(
  scope: TenantDb,
  audience: Audience,
  channel: Channel,
  now: Date,
): Promise<AudienceCount> {
  const { included, skipReason } = await audienceSql(scope, audience, channel, now, "c");
  const { rows } = await scope.execute(
    sql`select ${skipReason} as reason, count(*) as n from contacts c where ${scope.own("c")} and ${included} group by reason`,
  );
  const skipped: { [reason in SkipReason]?: number } = {};
  let toSend = 0;
  let total = 0;
  for (const row of rows as { reason: SkipReason | null; n: string }[]) {
    const count = Number(row.n);
    total += count;
    if (row.reason === null) toSend = count;
    else skipped[row.reason] = count;
  }
  return { audience: total, to_send: toSend, skipped };
}

/** The newest of those who would be written to, as rendering needs to know them. */
export async function audienceSample(
  scope: TenantDb,
  audience: Audience,
  channel: Channel,
  now: Date,
  limit: number,
) {
  const { included, skipReason } = await audienceSql(scope, audience, channel, now, "contacts");
  const { email, firstName, lastName, locale, country, fields } = contacts;
  return scope
    .pick(
      { email, firstName, lastName, locale, country, fields },
      contacts,
      sql`${included} and ${skipReason} is null`,
    )
    .orderBy(desc(contacts.id))
    .limit(limit);
}

/** Those who would be written to, by the zone they live in; empty where it is not known. */
export async function audienceZones(
  scope: TenantDb,
  audience: Audience,
  channel: Channel,
  now: Date,
): Promise<{ timeZone: string; people: number }[]> {
  const { included, skipReason } = await audienceSql(scope, audience, channel, now, "c");
  const { rows } = await scope.execute(
    sql`select c.time_zone, count(*) as n from contacts c
      where ${scope.own("c")} and ${included} and ${skipReason} is null group by c.time_zone`,
  );
  return (rows as { time_zone: string; n: string }[]).map((row) => ({
    timeZone: row.time_zone,
    people: Number(row.n),
  }));
}

export type AudiencePageRow = {
  readonly contactId: ContactId;
  /** The e-mail address or the phone number in E.164, as the channel wants it; empty where the person has none. */
  readonly address: string;
  readonly skip: SkipReason | null;
  /** IANA; empty where it is not known. */
  readonly timeZone: string;
};
export type AudiencePageQuery = {
  /** The last contact of the page before. */
  readonly after: ContactId | null;
  /** The moment of launch: relative dates count from it, and people who came later are not in the audience. */
  readonly createdBefore: Date;
  readonly limit: number;
};

/** The audience by key, page by page, each person with the reason to leave them out, if any. */
export async function audiencePage(
  scope: TenantDb,
  audience: Audience,
  channel: Channel,
  query: AudiencePageQuery,
): Promise<AudiencePageRow[]> {
  const { included, skipReason } = await audienceSql(scope, audience, channel, query.createdBefore, "c");
  const after = query.after ? sql`and c.id > ${idToBytes(query.after)}` : sql``;
  const { rows } = await scope.execute(
    sql`select c.id, coalesce(${addressColumn(channel, "c")}, '') as address, ${skipReason} as reason, c.time_zone from contacts c
      where ${scope.own("c")} ${after} and c.created_at <= ${query.createdBefore} and ${included}
      order by c.id limit ${query.limit}`,
  );
  type Row = { id: Uint8Array; address: string; reason: SkipReason | null; time_zone: string };
  return (rows as Row[]).map((row) => ({
    contactId: idFromBytes("ctc", row.id),
    address: row.address,
    skip: row.reason,
    timeZone: row.time_zone,
  }));
}

/** Where people of this channel are written to. */
function addressColumn(channel: Channel, alias: string): SQL {
  return sql.join([sql.identifier(alias), sql.raw(channel === "sms" ? "phone" : "email")], sql`.`);
}

function inLists(scope: TenantDb, lists: readonly ListId[], alias: string): SQL[] {
  if (lists.length === 0) return [];
  const ids = sql.join(
    lists.map((id) => sql`${idToBytes(id)}`),
    sql`, `,
  );
  return [
    sql`exists (select 1 from list_members al where ${scope.own("al")} and al.list_id in (${ids}) and al.contact_id = ${sql.identifier(alias)}.id)`,
  ];
}

function either(parts: readonly SQL[]): SQL {
  return parts.length === 0 ? sql`false` : sql`(${sql.join([...parts], sql` or `)})`;
}

async function rulesOf(scope: TenantDb, ids: readonly SegmentId[]) {
  if (ids.length === 0) return new Map();
  const rows = await scope.pick(
    { id: segments.id, rule: segments.rule },
    segments,
    inArray(segments.id, [...ids]),
  );
  return new Map(rows.map((row) => [row.id, row.rule]));
}

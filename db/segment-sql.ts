/**
 * What a segment means, in SQL: a condition on a row of `contacts`. domain/segment/matches.ts says the same in memory.
 * Every condition is true or false, never NULL, so that NOT and OR mean what they say.
 */
import { type SQL, sql } from "drizzle-orm";
import { idToBytes } from "#domain/ids";
import { foldRuleText } from "#domain/segment/fold";
import { dayMs, utcDate } from "#domain/segment/matches";
import { isGroup, type SegmentCondition, type SegmentRule } from "#domain/segment/schema";
import { foldColumnSql, foldSql } from "./fold-sql.ts";
import type { TenantDb } from "./scope.ts";

type Of<K extends SegmentCondition["kind"]> = Extract<SegmentCondition, { kind: K }>;
type Context = { readonly scope: TenantDb; readonly alias: string; readonly now: Date };

/** `alias` names `contacts` in the statement around it, which binds the tenant. `now` is what relative dates count from. */
export function segmentSql(scope: TenantDb, rule: SegmentRule, alias: string, now: Date): SQL {
  return ruleSql({ scope, alias, now }, rule);
}

function ruleSql(context: Context, rule: SegmentRule): SQL {
  if (!isGroup(rule)) return conditionSql(context, rule);
  const parts = rule.of.map((r) => ruleSql(context, r));
  if (rule.kind === "all") return parts.length === 0 ? sql`true` : sql`(${sql.join(parts, sql` and `)})`;
  const any = parts.length === 0 ? sql`false` : sql`(${sql.join(parts, sql` or `)})`;
  return rule.kind === "any" ? any : sql`(not ${any})`;
}

function conditionSql(context: Context, condition: SegmentCondition): SQL {
  switch (condition.kind) {
    case "text":
      return textSql(context, condition);
    case "number":
      return numberSql(context, condition);
    case "boolean":
      return sql`(coalesce(${custom(context, condition.field)} = cast(${String(condition.value)} as json), false))`;
    case "date":
      return condition.field === "created_at" ? createdSql(context, condition) : dateSql(context, condition);
    case "within":
      return withinSql(context, condition);
    case "present":
      return condition.value
        ? presentSql(context, condition.field)
        : not(presentSql(context, condition.field));
    case "tag": {
      const has = sql`exists (select 1 from contact_tags ct where ${context.scope.own("ct")} and ct.contact_id = ${contactId(context)} and ct.tag_id = ${idToBytes(condition.tag)})`;
      return condition.has ? has : not(has);
    }
    case "list": {
      const isIn = sql`exists (select 1 from list_members lm where ${context.scope.own("lm")} and lm.list_id = ${idToBytes(condition.list)} and lm.contact_id = ${contactId(context)})`;
      return condition.in ? isIn : not(isIn);
    }
    case "consent":
      return sql`(${column(context, condition.channel === "email" ? "email_consent" : "sms_consent")} = ${condition.status})`;
    case "engagement": {
      const since = new Date(context.now.getTime() - condition.days * dayMs);
      // Until its statistics catch up with a fresh run, MySQL would read all of the tenant's events for each contact.
      const did = sql`exists (select 1 from message_events me force index (message_events_contact) where ${context.scope.own("me")} and me.contact_id = ${contactId(context)} and me.kind = ${condition.event} and me.machine = 0 and me.at > ${since})`;
      return condition.did ? did : not(did);
    }
  }
}

const not = (condition: SQL) => sql`(not ${condition})`;
const column = (context: Context, name: string) =>
  sql`${sql.identifier(context.alias)}.${sql.identifier(name)}`;
const contactId = (context: Context) => column(context, "id");
/** The JSON value, or NULL where there is none. Keys are letters, digits and underscores by their grammar. */
const custom = (context: Context, field: string) =>
  sql`json_extract(${column(context, "fields")}, ${`$.${field.slice("fields.".length)}`})`;

// Names may hold any character of Unicode; the others are ASCII by their normal forms.
const freeText = new Set(["first_name", "last_name"]);

function textSql(context: Context, condition: Of<"text">): SQL {
  const wanted = foldRuleText(condition.value);
  const text = foldedSql(context, condition.field);
  const length = [...wanted].length;
  switch (condition.op) {
    case "is":
    case "is_not": {
      const same = sameSql(context, condition.field, wanted, sql`(${text} = ${wanted})`);
      return condition.op === "is" ? same : not(same);
    }
    case "contains":
    case "not_contains": {
      const found = sql`(locate(${wanted}, ${text}) > 0)`;
      return condition.op === "contains" ? found : not(found);
    }
    case "starts_with":
      return sql`(left(${text}, ${length}) = ${wanted})`;
    case "ends_with":
      return sql`(right(${text}, ${length}) = ${wanted})`;
  }
}

/** What is equal after folding is equal in the usual collation too: that is asked first, being cheaper or even an index. */
function sameSql(context: Context, field: string, wanted: string, same: SQL): SQL {
  if (freeText.has(field)) return sql`(${column(context, field)} = ${wanted} and ${same})`;
  // What is not there counts as empty text and equals nothing in SQL.
  if (!field.startsWith("fields.") || wanted === "") return same;
  return sql`coalesce(${usualText(custom(context, field))} = ${wanted} and ${same}, false)`;
}

const usualText = (value: SQL) => sql`json_unquote(${value}) collate utf8mb4_0900_ai_ci`;

/** Text as domain/segment/fold.ts folds it, to be compared byte by byte, trailing spaces included; never NULL. */
function foldedSql(context: Context, field: string): SQL {
  if (field.startsWith("fields.")) {
    const value = custom(context, field);
    return sql`case when json_type(${value}) = 'STRING' then ${foldSql(usualText(value))} else '' end collate utf8mb4_0900_bin`;
  }
  const value = column(context, field);
  if (freeText.has(field)) return sql`${foldColumnSql(value)} collate utf8mb4_0900_bin`;
  return sql`lower(coalesce(${value}, '')) collate utf8mb4_0900_bin`;
}

const comparisons = { eq: "=", ne: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

function numberSql(context: Context, condition: Of<"number">): SQL {
  const value = custom(context, condition.field);
  // An exponent makes the literal a double, as JavaScript's numbers are; without one it would be a decimal.
  const wanted = sql.raw(condition.value.toExponential());
  const compared = sql`${value} ${sql.raw(comparisons[condition.op])} ${wanted}`;
  if (condition.op === "eq") return sql`(coalesce(${compared}, false))`;
  if (condition.op === "ne") return sql`(not coalesce(${compared}, false))`;
  // JSON of other types has an order among numbers too; only numbers count.
  return sql`(coalesce(${compared} and json_type(${value}) in ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'), false))`;
}

/** A day of the calendar as text that sorts like time; NULL where there is none. */
function dayText(context: Context, field: string): SQL {
  const value = custom(context, field);
  const text = sql`json_unquote(${value}) collate utf8mb4_0900_bin`;
  return sql`(case when json_type(${value}) = 'STRING' and char_length(${text}) = 10 and regexp_like(${text}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') then ${text} end)`;
}

function dateSql(context: Context, condition: Of<"date">): SQL {
  const operator = { on: "=", before: "<", after: ">" }[condition.op];
  return sql`(coalesce(${dayText(context, condition.field)} ${sql.raw(operator)} ${condition.value}, false))`;
}

// Outside these years a moment is no DATETIME; nobody was added then, so the answer is known.
const firstDay = "1000-01-02";
const lastDay = "9999-12-30";

function createdSql(context: Context, condition: Of<"date">): SQL {
  const day = condition.value;
  if (day < firstDay || day > lastDay) {
    const isBeforeAll = day < firstDay;
    return condition.op === "on" || (condition.op === "before") === isBeforeAll ? sql`false` : sql`true`;
  }
  const created = column(context, "created_at");
  const start = new Date(`${day}T00:00:00.000Z`);
  const end = new Date(start.getTime() + dayMs);
  if (condition.op === "before") return sql`(${created} < ${start})`;
  if (condition.op === "after") return sql`(${created} >= ${end})`;
  return sql`(${created} >= ${start} and ${created} < ${end})`;
}

function withinSql(context: Context, condition: Of<"within">): SQL {
  const startMs = context.now.getTime() - condition.days * dayMs;
  if (condition.field === "created_at") {
    const created = column(context, "created_at");
    return sql`(${created} > ${new Date(startMs)} and ${created} <= ${context.now})`;
  }
  const day = dayText(context, condition.field);
  return sql`(coalesce(${day} > ${utcDate(startMs)} and ${day} <= ${utcDate(context.now.getTime())}, false))`;
}

function presentSql(context: Context, field: Of<"present">["field"]): SQL {
  if (field === "created_at") return sql`true`;
  if (field.startsWith("fields.")) {
    const value = custom(context, field);
    return sql`(coalesce(json_type(${value}) <> 'NULL' and ${value} <> cast('""' as json), false))`;
  }
  return sql`(coalesce(char_length(${column(context, field)}), 0) > 0)`;
}

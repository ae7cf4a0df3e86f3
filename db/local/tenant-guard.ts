// Refuses what sharding by tenant would scatter: a statement on a tenant table that is not bound to one tenant.

import { shapeOf, type Token, tokensOf } from "./sql-shape.ts";
import { type Relation, relationsOf } from "./sql-tables.ts";
import type { Vschema } from "./vschema.ts";

export type TenantGuard = (sql: string) => string | undefined;

const marked = /^\s*\/\*\s*cross-tenant\s*\*\//;
const guarded = new Set(["select", "insert", "replace", "update", "delete", "with", "table"]);
// Of a bulk insert only the head can differ in meaning; its thousand rows are not read.
const insertHead = /^\s*(?:insert|replace)\b[^()'"]*\([^()'"]*\)\s*values?(?=\s*\()/i;
const rememberedShapes = 5_000;

/** A guard that returns why a statement is refused, or undefined. */
export function tenantGuard(vschema: Vschema): TenantGuard {
  const tenantTables = new Set(
    Object.values(vschema)
      .filter((keyspace) => keyspace.sharded)
      .flatMap((keyspace) => Object.keys(keyspace.tables)),
  );
  const isTenantTable = (name: string) => tenantTables.has(name);
  const verdicts = new Map<string, string | undefined>();
  return (sql) => {
    if (marked.test(sql)) return undefined;
    const shape = insertHead.exec(sql)?.[0] ?? shapeOf(sql);
    if (verdicts.has(shape)) return verdicts.get(shape);
    const verdict = judge(tokensOf(shape), isTenantTable);
    if (verdicts.size >= rememberedShapes) verdicts.clear();
    verdicts.set(shape, verdict);
    return verdict;
  };
}

function judge(tokens: Token[], isTenantTable: (name: string) => boolean): string | undefined {
  const first = tokens.find((token) => token.text !== "(");
  if (first?.kind !== "word" || !guarded.has(first.text)) return undefined;
  if (tokens.some((token) => token.text === "/*!*/")) return "executable comments are not allowed";
  const inserted =
    first.text === "insert" || first.text === "replace" ? judgeInsert(tokens, isTenantTable) : undefined;
  if (inserted) return inserted;
  const loose = relationsOf(tokens, isTenantTable).filter((relation) => relation.tenant && !relation.bound);
  return loose.length > 0 ? scatter(loose) : undefined;
}

function judgeInsert(tokens: Token[], isTenantTable: (name: string) => boolean): string | undefined {
  let at = 1;
  while (
    tokens[at]?.kind === "word" &&
    /^(low_priority|delayed|high_priority|ignore|into)$/.test(tokens[at]?.text ?? "")
  )
    at += 1;
  if (tokens[at + 1]?.text === ".") at += 2;
  const table = tokens[at]?.text ?? "";
  if (!isTenantTable(table)) return undefined;
  at += 1;
  const opening = tokens[at];
  const close = tokens.findIndex((token, i) => i > at && token.kind === "mark" && token.text === ")");
  const columns = tokens.slice(at, opening?.text === "(" ? close : undefined);
  const stated =
    opening?.text === "("
      ? columns.some((token) => token.text === "tenant_id")
      : opening?.text === "set" &&
        columns.some((token, i) => token.text === "tenant_id" && columns[i + 1]?.text === "=");
  return stated ? undefined : `insert into \`${table}\` does not name the sharding column tenant_id`;
}

function scatter(loose: Relation[]): string {
  const names = loose.map(({ table, alias }) =>
    alias === table ? `\`${table}\`` : `\`${table}\` as \`${alias}\``,
  );
  return `plan includes scatter, which is disallowed: no tenant_id = … binds ${names.join(", ")}`;
}

// Which tables a statement reads or changes, and what ties each of them to one tenant.
import {
  type Cursor,
  type Equality,
  readCondition,
  startsSubquery,
  type TenantColumn,
} from "./sql-condition.ts";
import type { Token } from "./sql-shape.ts";

export type Relation = {
  table: string;
  alias: string;
  /** A table that is kept by tenant, and so needs a predicate of its own. */
  tenant: boolean;
  bound: boolean;
};

type Scope = { relations: Relation[]; parent?: Scope };
type Fact = { scope: Scope; equality: Equality; binds: (relation: Relation) => boolean };

const aliasEnders = new Set(
  "where on join left right inner cross straight_join natural set use force ignore partition group order limit for union intersect except values select using having window lock into when returning".split(
    " ",
  ),
);
const joinWords = new Set(["join", "left", "right", "inner", "cross", "straight_join", "natural", "outer"]);
const systemSchemas = new Set(["information_schema", "mysql", "performance_schema", "sys"]);

/** All tables of a statement, each with whether it is bound to one tenant. */
export function relationsOf(tokens: Token[], isTenantTable: (name: string) => boolean): Relation[] {
  const all: Relation[] = [];
  const facts: Fact[] = [];
  let scope: Scope = { relations: [] };
  let withNames = new Set<string>();
  const cursor: Cursor = { tokens, at: 0, readSubquery };

  const here = () => tokens[cursor.at];
  const isMark = (text: string, token = here()) => token?.kind === "mark" && token.text === text;
  const isWord = (text: string, token = here()) => token?.kind === "word" && token.text === text;

  function readSubquery(): void {
    const outer = scope;
    const outerNames = withNames;
    cursor.at += 1;
    scope = { relations: [], parent: outer };
    readQuery();
    cursor.at += 1;
    scope = outer;
    withNames = outerNames;
  }

  function readQuery(): void {
    for (let token = here(); token && !isMark(")"); token = here()) {
      if (isMark("(")) {
        skipBrackets();
        continue;
      }
      cursor.at += 1;
      if (token.kind !== "word") continue;
      const before = tokens[cursor.at - 2];
      if (token.text === "with" && !isWord("rollup")) readWith();
      else if (["union", "intersect", "except"].includes(token.text))
        scope = { relations: [], parent: scope.parent };
      else if (token.text === "from" || token.text === "table") readTables();
      else if (token.text === "update" && !isWord("key", before) && !isWord("for", before)) readTables();
      else if (token.text === "where") learn(readCondition(cursor), () => true);
    }
  }

  function readWith(): void {
    withNames = new Set(withNames);
    if (isWord("recursive")) cursor.at += 1;
    for (;;) {
      withNames.add(here()?.text ?? "");
      cursor.at += 1;
      if (isMark("(")) skipBrackets();
      cursor.at += 1;
      if (isMark("(")) readSubquery();
      if (!isMark(",")) return;
      cursor.at += 1;
    }
  }

  /** Past a pair of brackets, reading the queries inside. */
  function skipBrackets(): void {
    if (startsSubquery(tokens, cursor.at)) {
      readSubquery();
      return;
    }
    cursor.at += 1;
    while (here() && !isMark(")")) {
      if (isMark("(")) skipBrackets();
      else cursor.at += 1;
    }
    cursor.at += 1;
  }

  function readTables(): void {
    let depth = 0;
    let binds: (relation: Relation) => boolean = () => true;
    readTable();
    while (here()) {
      if (isMark(")") && depth > 0) {
        depth -= 1;
        cursor.at += 1;
      } else if (isMark(",")) {
        cursor.at += 1;
        binds = () => true;
        readTable();
      } else if (here()?.kind === "word" && joinWords.has(here()?.text ?? "")) {
        binds = readJoin();
        readTable();
      } else if (isWord("on") && !isWord("duplicate", tokens[cursor.at + 1])) {
        cursor.at += 1;
        learn(readCondition(cursor), binds);
      } else if (isWord("using")) {
        cursor.at += 1;
        if (isMark("(")) readUsing(binds);
        else readTable();
      } else if (["use", "force", "ignore", "partition"].includes(here()?.text ?? "")) {
        while (here() && !isMark("(")) cursor.at += 1;
        skipBrackets();
      } else return;
    }

    function readTable(): void {
      while (isWord("lateral") || isWord("low_priority") || isWord("ignore") || isWord("quick"))
        cursor.at += 1;
      while (isMark("(") && !startsSubquery(tokens, cursor.at)) {
        depth += 1;
        cursor.at += 1;
      }
      if (isMark("(")) {
        readSubquery();
        add("", readAlias() ?? "", { tenant: false, bound: true });
      } else readNamedTable();
    }
  }

  function readNamedTable(): void {
    let name = here()?.text ?? "";
    let schema = "";
    cursor.at += 1;
    while (isMark(".")) {
      schema = name;
      name = tokens[cursor.at + 1]?.text ?? "";
      cursor.at += 2;
    }
    const isFunction = isMark("(");
    if (isFunction) skipBrackets();
    if (isWord("partition")) {
      cursor.at += 1;
      skipBrackets();
    }
    const derived = schema === "" && withNames.has(name);
    const tenant = !isFunction && !derived && !systemSchemas.has(schema) && isTenantTable(name);
    add(name, readAlias() ?? name, { tenant, bound: derived });
  }

  function readAlias(): string | undefined {
    if (isWord("as")) cursor.at += 1;
    else if (here()?.kind !== "name" && (here()?.kind !== "word" || aliasEnders.has(here()?.text ?? "")))
      return;
    const alias = here()?.text;
    cursor.at += 1;
    if (isMark("(")) skipBrackets();
    return alias;
  }

  /** What the condition of this join may bind: an outer join keeps the rows of its other side. */
  function readJoin(): (relation: Relation) => boolean {
    let side = "inner";
    while (here()?.kind === "word" && joinWords.has(here()?.text ?? "")) {
      if (isWord("left") || isWord("right")) side = here()?.text ?? side;
      cursor.at += 1;
    }
    const before = new Set(scope.relations);
    if (side === "left") return (relation) => !before.has(relation);
    if (side === "right") return (relation) => before.has(relation);
    return () => true;
  }

  function readUsing(binds: (relation: Relation) => boolean): void {
    const joined = scope.relations.at(-1);
    const start = cursor.at;
    skipBrackets();
    if (!joined || !tokens.slice(start, cursor.at).some((token) => token.text === "tenant_id")) return;
    for (const relation of scope.relations)
      if (relation !== joined)
        learn([{ column: { alias: relation.alias }, equals: { alias: joined.alias } }], binds);
  }

  function add(table: string, alias: string, kind: { tenant: boolean; bound: boolean }): void {
    const relation = { table, alias, ...kind };
    scope.relations.push(relation);
    all.push(relation);
  }

  function learn(equalities: Equality[], binds: (relation: Relation) => boolean): void {
    for (const equality of equalities) facts.push({ scope, equality, binds });
  }

  while (cursor.at < tokens.length) {
    readQuery();
    cursor.at += 1;
  }
  bindAll(facts);
  return all;
}

/** Carries each literal along the equalities between columns until nothing changes. */
function bindAll(facts: Fact[]): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const { scope, equality, binds } of facts) {
      const left = resolve(scope, equality.column);
      const right = equality.equals === "literal" ? undefined : resolve(scope, equality.equals);
      const known = equality.equals === "literal" || left?.bound || right?.bound;
      if (!known) continue;
      for (const relation of [left, right]) {
        // A condition inside a subquery says nothing about the rows of the query around it.
        if (!relation || relation.bound || !scope.relations.includes(relation) || !binds(relation)) continue;
        relation.bound = true;
        changed = true;
      }
    }
  }
}

function resolve(scope: Scope, column: TenantColumn): Relation | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const candidates = at.relations.filter((r) =>
      column.alias === "" ? r.tenant : r.alias === column.alias,
    );
    if (candidates.length > 0) return candidates.length === 1 ? candidates[0] : undefined;
  }
  return undefined;
}

// Which equalities on tenant_id hold for every row a condition lets through: those joined by AND alone.
import type { Token } from "./sql-shape.ts";

/** `[alias.]tenant_id`; the alias is empty when the column stands alone. */
export type TenantColumn = { alias: string };
export type Equality = { column: TenantColumn; equals: TenantColumn | "literal" };

export type Cursor = {
  tokens: Token[];
  at: number;
  /** Reads `(select …)`, from the opening bracket past the closing one. */
  readSubquery(): void;
};

const tenantColumn = "tenant_id";

const enders = new Set(
  "group having order limit window for on where join left right inner cross straight_join natural union intersect except set returning lock into using values".split(
    " ",
  ),
);
// These are functions, too.
const alsoFunctions = new Set(["left", "right", "values"]);

type Term = (Token | { inner: Equality[] })[];

/** Reads a condition and stops, without taking it, at what ends it. `top` is false inside brackets. */
export function readCondition(cursor: Cursor, top = true): Equality[] {
  const facts: Equality[] = [];
  let term: Term = [];
  let alternatives = false;
  let caseDepth = 0;
  let between = false;
  const endTerm = () => {
    facts.push(...factsOf(term));
    term = [];
  };
  for (let token = cursor.tokens[cursor.at]; token; token = cursor.tokens[cursor.at]) {
    const next = cursor.tokens[cursor.at + 1];
    if (token.kind === "mark") {
      if (token.text === ")" || token.text === ";" || (top && token.text === ",")) break;
      if (token.text === "(") {
        term.push(readBrackets(cursor));
        continue;
      }
    }
    if (token.kind === "word" && top && enders.has(token.text)) {
      if (!(alsoFunctions.has(token.text) && next?.text === "(")) break;
    }
    cursor.at += 1;
    if (token.kind === "word" && token.text === "case") caseDepth += 1;
    if (token.kind === "word" && token.text === "end") caseDepth -= 1;
    if (token.kind === "word" && token.text === "between") between = true;
    const joins = caseDepth === 0 ? junction(token) : undefined;
    if (joins === "and" && between) between = false;
    else if (joins === "and") {
      endTerm();
      continue;
    } else if (joins === "or") {
      alternatives = true;
      endTerm();
      continue;
    }
    term.push(token);
  }
  endTerm();
  return alternatives ? [] : facts;
}

function readBrackets(cursor: Cursor): Token | { inner: Equality[] } {
  if (startsSubquery(cursor.tokens, cursor.at)) {
    cursor.readSubquery();
    return { kind: "mark", text: "(select)" };
  }
  cursor.at += 1;
  const inner = readCondition(cursor, false);
  cursor.at += 1;
  return { inner };
}

/** Whether the bracket at `at` opens a query rather than an expression or a join. */
export function startsSubquery(tokens: Token[], at: number): boolean {
  let inside = at + 1;
  while (tokens[inside]?.kind === "mark" && tokens[inside]?.text === "(") inside += 1;
  const first = tokens[inside];
  return first?.kind === "word" && ["select", "with", "table"].includes(first.text);
}

function junction(token: Token): "and" | "or" | undefined {
  if (token.kind === "word" && token.text === "and") return "and";
  if (token.kind === "word" && (token.text === "or" || token.text === "xor")) return "or";
  if (token.kind === "mark" && token.text === "&&") return "and";
  if (token.kind === "mark" && token.text === "||") return "or";
  return undefined;
}

function factsOf(term: Term): Equality[] {
  const [only] = term;
  if (term.length === 1 && only && "inner" in only) return only.inner;
  const equals = term.findIndex((part) => "kind" in part && part.kind === "mark" && part.text === "=");
  if (equals < 0) return [];
  const left = operand(term.slice(0, equals));
  const right = operand(term.slice(equals + 1));
  if (!left || !right) return [];
  if (left !== "literal") return [{ column: left, equals: right }];
  return right === "literal" ? [] : [{ column: right, equals: "literal" }];
}

function operand(parts: Term): TenantColumn | "literal" | undefined {
  const tokens = parts.filter((part): part is Token => "kind" in part);
  if (tokens.length !== parts.length) return undefined;
  const last = tokens.at(-1);
  if (!last) return undefined;
  if (last.kind === "literal") {
    const introducer = tokens[0]?.text === "_binary" || tokens[0]?.text === "binary";
    return tokens.length === 1 || (tokens.length === 2 && introducer) ? "literal" : undefined;
  }
  if (last.kind === "mark" || last.text !== tenantColumn) return undefined;
  if (tokens.length === 1) return { alias: "" };
  // alias.column, or schema.table.column
  const dotted = tokens.every((token, i) => (i % 2 === 1 ? token.text === "." : token.kind !== "mark"));
  return dotted && tokens.length % 2 === 1 ? { alias: tokens.at(-3)?.text ?? "" } : undefined;
}

/** A part of a template made ready: static text, plain variables, and whatever only liquidjs can do. */
import { TagToken, type Template, TokenKind } from "liquidjs";
import { escapeHtml } from "./html.ts";
import {
  type Mode,
  parseLiquid,
  type Rendering,
  type Scope,
  startRendering,
  type Used,
  variablesIn,
} from "./liquid.ts";
import { fillSlots, type Slot, type SlotValues, splitSlots } from "./slots.ts";
import { fieldsRoot, standardVariable } from "./variables.ts";

/** Reads a variable from the scope of one message. */
export type Plain = {
  readonly kind: "plain";
  /** The variable's root, as `first_name` or `fields`. */
  readonly root: string;
  /** Equal for outputs that always read the same. */
  readonly key: string;
  readonly read: (scope: Scope) => string;
};
type Node = { readonly kind: "node"; readonly node: Template };
type Piece = string | Slot | Plain | Node;

export type Program = {
  readonly mode: Mode;
  readonly pieces: readonly Piece[];
  readonly variables: readonly Used[];
  readonly hasTags: boolean;
};

/** They set names that later outputs may read, so all outputs beside them go through liquidjs. */
const settingTags = new Set(["assign", "capture", "increment", "decrement", "liquid"]);

/** Throws LiquidFault. */
export function buildProgram(mode: Mode, source: string): Program {
  const templates = parseLiquid(mode, source);
  const tags = [...source.matchAll(/\{%-?\s*(\w+)/g)].map((match) => match[1] ?? "");
  const isPlain = !tags.some((tag) => settingTags.has(tag));
  const pieces: Piece[] = [];
  for (const node of templates) {
    if (node.token.kind === TokenKind.HTML) pieces.push(...splitSlots(staticText(node)));
    else pieces.push((isPlain && plainOutput(mode, node)) || { kind: "node", node });
  }
  return {
    mode,
    pieces: joinStatics(pieces),
    variables: variablesIn(mode, templates, source),
    hasTags: templates.some((t) => t.token instanceof TagToken),
  };
}

function staticText(node: Template): string {
  return (node.token as unknown as { getContent(): string }).getContent();
}

function joinStatics(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === "string" && typeof last === "string") joined[joined.length - 1] = last + piece;
    else if (piece !== "") joined.push(piece);
  }
  return joined;
}

const name = "([a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)?)";
const fallback = "(?:\\|\\s*default:\\s*(?:\"([^\"\\\\]*)\"|'([^'\\\\]*)')\\s*)?";
const plainPattern = new RegExp(`^\\s*${name}\\s*${fallback}(\\|\\s*raw\\s*)?$`);
/** Liquid gives these keys a meaning of their own. */
const specialKeys = new Set(["size", "first", "last"]);

/** The common shape, `{{ name }}` or `{{ name | default: "x" }}`, needs no interpreter. */
function plainOutput(mode: Mode, node: Template): Plain | undefined {
  const { token } = node;
  if (token.kind !== TokenKind.Output) return undefined;
  const match = plainPattern.exec((token as unknown as { content: string }).content);
  if (!match) return undefined;
  const [, path = "", doubleQuoted, singleQuoted, raw] = match;
  const [root = "", key] = path.split(".");
  const isField = root === fieldsRoot && key !== undefined && !specialKeys.has(key);
  if (!isField && (key !== undefined || !standardVariable(root))) return undefined;
  const fallbackText = doubleQuoted ?? singleQuoted;
  const escaped = mode === "html" && !raw ? escapeHtml : (text: string) => text;
  const read = isField
    ? (scope: Scope) => {
        const fields = scope[fieldsRoot] as Scope;
        return Object.hasOwn(fields, key) ? fields[key] : undefined;
      }
    : (scope: Scope) => scope[root];
  return {
    kind: "plain",
    root,
    key: JSON.stringify([mode, path, fallbackText, Boolean(raw)]),
    read(scope) {
      const value = read(scope);
      const isMissing = value === undefined || value === null || value === false || value === "";
      if (isMissing && fallbackText !== undefined) return escaped(fallbackText);
      return value === undefined || value === null ? "" : escaped(String(value));
    },
  };
}

export type ProgramInputs = {
  readonly scope: Scope;
  readonly slots: SlotValues;
  readonly nowMs?: number | undefined;
};

/** Throws LiquidFault. */
export function runProgram(program: Program, inputs: ProgramInputs): string {
  let rendering: Rendering | undefined;
  let out = "";
  for (const piece of program.pieces) {
    if (typeof piece === "string") out += piece;
    else if (typeof piece === "function") out += piece(inputs.slots);
    else if (piece.kind === "plain") out += piece.read(inputs.scope);
    else {
      rendering ??= startRendering(program.mode, inputs.scope, inputs.nowMs);
      out += fillSlots(rendering.render(piece.node), inputs.slots);
      if (rendering.stopped()) break;
    }
  }
  return out;
}

/** Whether each run prints this variable: there is nothing in the program that could leave it out. */
export function alwaysPrints(program: Program, name: string): boolean {
  const isNode = (piece: Piece) => typeof piece === "object" && piece.kind === "node";
  const prints = (piece: Piece) => typeof piece === "object" && piece.kind === "plain" && piece.root === name;
  return !program.pieces.some(isNode) && program.pieces.some(prints);
}

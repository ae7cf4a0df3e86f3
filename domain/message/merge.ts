/** The same mail as a template shared by all and the values of one: for providers that put the two together themselves. */
import type { Merge } from "../sending/provider.ts";
import type { RecipientUrls } from "../tracking/urls.ts";
import type { Compiled } from "./compile.ts";
import { oneLine } from "./headers.ts";
import { escapeHtml } from "./html.ts";
import type { Scope } from "./liquid.ts";
import type { Plain, Program } from "./program.ts";
import { runProgram } from "./program.ts";
import { type MessageInputs, renderMessage, scopeOf } from "./render.ts";

export type Merging = {
  readonly template: Merge["template"];
  /** Undefined where a value could be taken for a key: this mail is to be sent as it is. */
  valuesFor(inputs: MessageInputs, urls: RecipientUrls): Merge["values"] | undefined;
};

/**
 * Every key begins with a character that stands nowhere else, neither in static text nor in values, and ends with one
 * that is no part of its name. So no key can come about by accident, and the order of replacing makes no difference.
 */
const openings = ["~", "^", "`", "|", "*", "$"];
const closing = ";";

/** Names whose output is the same for all mails of a version, or stands in the template as the key of an address. */
const sharedRoots: ReadonlySet<string> = new Set([
  "postal_address",
  "unsubscribe_url",
  "preferences_url",
  "view_url",
]);

type Simple = Exclude<Program["pieces"][number], { kind: "node" }>;
const isSimple = (program: Program): program is Program & { readonly pieces: readonly Simple[] } =>
  !program.pieces.some((piece) => typeof piece === "object" && piece.kind === "node");
const isStatic = (program: Program) => program.pieces.every((piece) => typeof piece === "string");

/**
 * Undefined for content that must be interpreted for each person (tags, filters), and where no opening is left.
 * Replacing the keys of `template` by the values gives byte for byte what `renderMessage` gives.
 */
export function mergingOf(compiled: Compiled): Merging | undefined {
  const { subject, preheader, html, text } = compiled;
  if (!text || !isSimple(subject) || !isSimple(preheader) || !isSimple(html) || !isSimple(text))
    return undefined;
  const statics = [subject, preheader, html, text].flatMap((program) =>
    program.pieces.filter((piece) => typeof piece === "string"),
  );
  const opening = openings.find(
    (c) => ![...statics, compiled.postalAddress].some((part) => part.includes(c)),
  );
  if (opening === undefined) return undefined;

  let count = 0;
  const newKey = () => `${opening}lp${count++}${closing}`;
  const plains = new Map<string, { readonly key: string; readonly plain: Plain }>();
  const keyOf = (plain: Plain): string => {
    const known = plains.get(plain.key);
    if (known) return known.key;
    const key = newKey();
    plains.set(plain.key, { key, plain });
    return key;
  };
  const keyed = (pieces: readonly Simple[]) =>
    pieces.map((piece) => (typeof piece === "object" && !sharedRoots.has(piece.root) ? keyOf(piece) : piece));

  // Lines of their own kind: what is trimmed and joined as a whole becomes one value as a whole.
  const subjectKey = isStatic(subject) ? undefined : newKey();
  const preheaderKey = isStatic(preheader) ? undefined : newKey();
  const line = (program: Program, key: string | undefined): Program =>
    key === undefined ? program : { ...program, pieces: [key] };
  const addresses = {
    unsubscribe: newKey(),
    preferences: newKey(),
    view: newKey(),
    open: newKey(),
    click: newKey(),
  };
  const rendered = renderMessage(
    {
      ...compiled,
      subject: line(subject, subjectKey),
      preheader: line(preheader, preheaderKey),
      html: { ...html, pieces: keyed(html.pieces) },
      text: { ...text, pieces: keyed(text.pieces) },
    },
    { values: {}, fields: {} },
    { ...addresses, listId: "" },
  );
  if (!rendered.ok) return undefined;
  const template = { subject: rendered.value.subject, html: rendered.value.html, text: rendered.value.text };
  const used = (Object.keys(addresses) as (keyof typeof addresses)[]).filter(
    (name) => template.html.includes(addresses[name]) || template.text.includes(addresses[name]),
  );

  return {
    template,
    valuesFor(inputs, urls) {
      const scope: Scope = scopeOf(compiled, inputs, urls);
      const slots = { urls, preheader: "", footer: "", pixel: "" };
      const values: Record<string, string> = {};
      for (const { key, plain } of plains.values()) values[key] = plain.read(scope);
      if (subjectKey !== undefined) values[subjectKey] = oneLine(runProgram(subject, { scope, slots }));
      if (preheaderKey !== undefined)
        values[preheaderKey] = escapeHtml(oneLine(runProgram(preheader, { scope, slots })));
      // The footer looks for the way out in the whole mail, and the template's could not know that a value brings one.
      // The preheader's is hidden and counts nowhere.
      for (const key in values)
        if (key !== preheaderKey && values[key]?.includes(urls.unsubscribe)) return undefined;
      for (const name of used) {
        // One value serves HTML and text alike, which only holds where nothing has to be escaped.
        if (escapeHtml(urls[name]) !== urls[name]) return undefined;
        values[addresses[name]] = urls[name];
      }
      for (const key in values) if (values[key]?.includes(opening)) return undefined;
      return values;
    },
  };
}

// Compiled content never changes, and one run's mails must share one template object.
const known = new WeakMap<Compiled, Merging | null>();

/** The same mail as `renderMessage` makes it, in parts; undefined where it has to go as a whole. */
export function mergeOf(compiled: Compiled, inputs: MessageInputs, urls: RecipientUrls): Merge | undefined {
  let merging = known.get(compiled);
  if (merging === undefined) {
    merging = mergingOf(compiled) ?? null;
    known.set(compiled, merging);
  }
  const values = merging?.valuesFor(inputs, urls);
  return merging && values ? { template: merging.template, values } : undefined;
}

/** Replaces the keys, as the provider does. */
export function fillTemplate(part: string, values: Merge["values"]): string {
  let out = part;
  for (const [key, value] of Object.entries(values)) out = out.replaceAll(key, () => value);
  return out;
}

/** Transactional content made final: the caller's variables, no footer, no list headers, links counted only if asked. */

import type { FieldError } from "../failure.ts";
import { type Compiled, type Content, compileContent } from "../message/compile.ts";
import { oneLine } from "../message/headers.ts";
import { escapeHtml, scanHtml } from "../message/html.ts";
import { applyEdits, findLinks, type Link } from "../message/links.ts";
import { LiquidFault, type Scope } from "../message/liquid.ts";
import type { ContentPart, ContentProblem } from "../message/problem.ts";
import { runProgram } from "../message/program.ts";
import { fillSlots } from "../message/slots.ts";
import { textFromHtml, tidyText } from "../message/text.ts";
import {
  fieldsRoot,
  inputsOf,
  type Recipient,
  type Surroundings,
  standardVariable,
  withoutNul,
} from "../message/variables.ts";
import { fail, ok, type Result } from "../result.ts";
import type { RecipientUrls } from "../tracking/urls.ts";

/** Any JSON. Objects and lists are walked by the template's own tags. */
export type Variables = Readonly<Record<string, unknown>>;
export type Tracking = { readonly opens: boolean; readonly clicks: boolean };
export type Rendered = {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly links: readonly Link[];
};

/** Content as given: nothing in it is read as a template, so a customer's own braces stay braces. */
export function instrument(
  content: { readonly subject: string; readonly html: string; readonly text: string },
  tracking: Tracking,
  urls: RecipientUrls,
): Rendered {
  const html = withoutNul(content.html);
  const nodes = scanHtml(html);
  const { links, edits } = tracking.clicks ? findLinks(nodes) : { links: [], edits: [] };
  const end = nodes.findLast((n) => n.kind === "close" && n.name === "body")?.start ?? html.length;
  const seen = tracking.opens && html !== "" ? [{ start: end, end, text: pixel(urls) }] : [];
  const slots = { urls, preheader: "", footer: "", pixel: "" };
  return {
    subject: oneLine(content.subject),
    html: fillSlots(applyEdits(html, [...edits, ...seen]).text, slots),
    text: withoutNul(content.text) || textFromHtml(html, nodes, (href) => href.value),
    links,
  };
}

/** A template with the caller's variables before the contact's own; a variable nobody gave is an error, not a gap. */
export function renderTemplate(
  content: Content,
  recipient: Recipient,
  variables: Variables,
  around: Surroundings,
  tracking: Tracking,
  urls: RecipientUrls,
): Result<Rendered> {
  const compiled = compileContent(content, { trackOpens: tracking.opens, trackClicks: tracking.clicks });
  if (!compiled.ok) return notRendered(compiled.error);
  const missing = missingVariables(compiled.value, variables);
  if (missing.length > 0) return fail({ kind: "invalid", errors: missing });
  try {
    return ok(run(compiled.value, recipient, variables, around, urls));
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    return notRendered([error.problem]);
  }
}

class RenderFault extends Error {
  readonly problem: Pick<ContentProblem, "part" | "message">;
  constructor(part: ContentPart, message: string) {
    super(message);
    this.problem = { part, message };
  }
}

function run(
  compiled: Compiled,
  recipient: Recipient,
  variables: Variables,
  around: Surroundings,
  urls: RecipientUrls,
): Rendered {
  const inputs = inputsOf(compiled, recipient, around);
  const given = cleaned(variables) as Scope;
  const scope: Scope = {
    ...compiled.defaults.names,
    ...inputs.values,
    postal_address: compiled.postalAddress,
    unsubscribe_url: urls.unsubscribe,
    preferences_url: urls.preferences,
    view_url: urls.view,
    ...given,
    [fieldsRoot]: { ...compiled.defaults.fields, ...inputs.fields, ...objectOf(given[fieldsRoot]) },
  };
  const slots = { urls, preheader: "", footer: "", pixel: pixel(urls) };
  const part = (which: ContentPart) => {
    const program = compiled[which];
    if (!program) return undefined;
    try {
      return runProgram(program, { scope, slots, nowMs: inputs.nowMs });
    } catch (error) {
      if (error instanceof LiquidFault) throw new RenderFault(which, error.message);
      throw error;
    }
  };
  const subject = oneLine(part("subject") ?? "");
  slots.preheader = escapeHtml(oneLine(part("preheader") ?? ""));
  const html = part("html") ?? "";
  const text = part("text");
  const made = text ?? textFromHtml(html, scanHtml(html), (href) => href.value);
  return {
    subject,
    html,
    text: text !== undefined && compiled.isTextMade && compiled.text?.hasTags ? tidyText(made) : made,
    links: compiled.links,
  };
}

const pixel = (urls: RecipientUrls) =>
  `<img src="${escapeHtml(urls.open)}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">`;

/** What the template reads and neither the request, its defaults nor the standard variables can fill. */
function missingVariables(compiled: Compiled, variables: Variables): FieldError[] {
  const missing = new Set<string>();
  for (const program of [compiled.subject, compiled.preheader, compiled.html, compiled.text]) {
    for (const { path } of program?.variables ?? []) {
      const root = path[0];
      if (typeof root !== "string" || root === fieldsRoot || standardVariable(root)) continue;
      if (!Object.hasOwn(variables, root) && !Object.hasOwn(compiled.defaults.names, root)) missing.add(root);
    }
  }
  return [...missing].sort().map((name) => ({
    pointer: `/variables/${name}`,
    detail: `The template reads ${name}, and no value was given; null stands for none.`,
  }));
}

function notRendered(problems: readonly Pick<ContentProblem, "part" | "message">[]) {
  return fail({
    kind: "not_ready",
    errors: problems.map(({ part, message }) => ({ pointer: "/template_id", detail: `${part}: ${message}` })),
  });
}

/** NUL marks the slots of compiled content, so it may not come in with a value, however deep. */
function cleaned(value: unknown): unknown {
  if (typeof value === "string") return withoutNul(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [withoutNul(key), cleaned(one)]));
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

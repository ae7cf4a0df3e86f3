/** Everything about a piece of content that its author should know before it is sent. */
import { type Compiled, type Content, compileContent } from "./compile.ts";
import { attributeOf, type HtmlNode, scanHtml } from "./html.ts";
import { nearestName } from "./nearest.ts";
import { type ContentProblem, contentParts, noPlace, placeOf } from "./problem.ts";
import { renderMessage } from "./render.ts";
import {
  fieldsRoot,
  inputsOf,
  inventRecipient,
  type Recipient,
  standardVariables,
  withoutNul,
} from "./variables.ts";

/** Gmail cuts a mail off after this much HTML, and the way out with it. */
export const heavyHtmlBytes = 102 * 1_024;

export type CheckOptions = {
  /** Keys of the tenant's own fields. */
  readonly fields: readonly string[];
  readonly tenantName: string;
  readonly nowMs: number;
};

const stranger: Recipient = { email: null, firstName: "", lastName: "", locale: "", country: "", fields: {} };
const sample = (name: string) => `https://links.invalid/t/${name}/${"x".repeat(57)}`;
export const sampleUrls = {
  unsubscribe: sample("u"),
  preferences: sample("p"),
  view: sample("v"),
  open: sample("o"),
  click: sample("c"),
  listId: "sample.links.invalid",
};

export function checkContent(content: Content, options: CheckOptions): ContentProblem[] {
  const compiled = compileContent(content, { trackOpens: true, trackClicks: true });
  if (!compiled.ok) return [...compiled.error];
  const html = withoutNul(content.html);
  const nodes = scanHtml(html);
  return [
    ...unknownVariables(compiled.value, options.fields),
    ...renderings(compiled.value, options),
    ...waysOut(compiled.value, nodes, content.text),
    ...addresses(compiled.value),
    ...imagesWithoutAlt(nodes, html),
  ];
}

function unknownVariables(compiled: Compiled, fieldKeys: readonly string[]): ContentProblem[] {
  const fields = fieldKeys.map((key) => `${fieldsRoot}.${key}`);
  const known = [...standardVariables.map((v) => v.name as string), ...fields];
  const problems: ContentProblem[] = [];
  for (const part of contentParts) {
    for (const { path, offset } of compiled[part]?.variables ?? []) {
      const place = compiled.place(part, offset);
      // Text made from the HTML repeats the variables of the HTML.
      if (place === noPlace) continue;
      const name = path.filter((segment) => typeof segment !== "object").join(".");
      const isWhole = path.length < 2 || typeof path[1] !== "string";
      if (path[0] === fieldsRoot && isWhole) continue;
      if (known.includes(path[0] === fieldsRoot ? `${fieldsRoot}.${path[1]}` : String(path[0]))) continue;
      const meant = nearestName(name, known) ?? nearestName(String(path.at(-1)), known);
      const message = `There is no variable ${name}.${meant ? ` Did you mean ${meant}?` : ""}`;
      problems.push({ part, severity: "error", code: "undefined_variable", message, ...place });
    }
  }
  return problems.sort(byPlace);
}

function byPlace(a: ContentProblem, b: ContentProblem): number {
  if (a.part !== b.part) return contentParts.indexOf(a.part) - contentParts.indexOf(b.part);
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** With everything known and with nothing known: both kinds of people are in a list. */
function renderings(compiled: Compiled, options: CheckOptions): ContentProblem[] {
  const problems: ContentProblem[] = [];
  let sizeBytes = 0;
  for (const recipient of [inventRecipient(options.fields.map((key) => ({ key, type: "text" }))), stranger]) {
    const rendered = renderMessage(compiled, inputsOf(compiled, recipient, options), sampleUrls);
    if (!rendered.ok) {
      if (!problems.some((p) => p.message === rendered.error.message)) problems.push(rendered.error);
    } else sizeBytes = Math.max(sizeBytes, new TextEncoder().encode(rendered.value.html).length);
  }
  if (sizeBytes > heavyHtmlBytes) {
    const kilobytes = Math.ceil(sizeBytes / 1_024);
    const message = `The HTML has ${kilobytes} KB; Gmail hides everything after 102 KB.`;
    problems.push({ part: "html", severity: "warning", code: "too_heavy", message, ...noPlace });
  }
  return problems;
}

function waysOut(compiled: Compiled, nodes: readonly HtmlNode[], text: string): ContentProblem[] {
  const linked = nodes.some((node) => attributeOf(node, "href")?.value.includes("unsubscribe_url"));
  const inText = compiled.text?.variables.some((v) => v.path[0] === "unsubscribe_url") ?? linked;
  const message =
    "There is no unsubscribe link; a footer with one will be added. Use {{ unsubscribe_url }} for your own.";
  const problem = { severity: "warning", code: "no_unsubscribe", message, ...noPlace } as const;
  return [
    ...(nodes.length > 0 && !linked ? [{ ...problem, part: "html" } as const] : []),
    ...(text.trim() !== "" && !inText ? [{ ...problem, part: "text" } as const] : []),
  ];
}

function addresses(compiled: Compiled): ContentProblem[] {
  if (compiled.postalAddress !== "") return [];
  const message = "Marketing mail must show a postal address, and the workspace has none yet: see Settings.";
  return [{ part: "html", severity: "warning", code: "no_postal_address", message, ...noPlace }];
}

function imagesWithoutAlt(nodes: readonly HtmlNode[], html: string): ContentProblem[] {
  return nodes
    .filter((node) => node.kind === "open" && node.name === "img" && !attributeOf(node, "alt"))
    .map((node) => ({
      part: "html",
      severity: "warning",
      code: "missing_alt",
      message: 'This image has no alt text; alt="" marks one that only decorates.',
      ...placeOf(html, node.start),
    }));
}

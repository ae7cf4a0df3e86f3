/** Everything about a text message that its author should know before it is sent, its size above all. */
import { nearestName } from "../message/nearest.ts";
import { type ContentProblem, placeOf } from "../message/problem.ts";
import {
  fieldsRoot,
  inputsOf,
  inventRecipient,
  type Recipient,
  standardVariables,
} from "../message/variables.ts";
import { shortTokenLength } from "../tracking/short-token.ts";
import { type RecipientUrls, shortUrls } from "../tracking/urls.ts";
import {
  type CompiledSms,
  compileSms,
  optOutVariable,
  problem,
  renderSms,
  type SmsContent,
  type SmsOptions,
} from "./content.ts";
import { septetsOf } from "./gsm7.ts";
import { type Count, limits } from "./segments.ts";

export type SmsCheckOptions = SmsOptions & {
  /** Keys of the tenant's own fields. */
  readonly fields: readonly string[];
  readonly tenantName: string;
  readonly nowMs: number;
  /** Where links lead: their length is part of the message. */
  readonly origin: string;
  /** People it will go to; beside them it is rendered with everything known and with nothing known. */
  readonly sample?: readonly Recipient[] | undefined;
};

export type SmsCheck = {
  readonly problems: readonly ContentProblem[];
  /** Of whoever gets the longest; undefined where nothing can be rendered. */
  readonly worst: Count | undefined;
  /** The mean over those it was rendered for; 0 where nothing can be. */
  readonly meanSegments: number;
};

/** They speak of a mail. */
const absent = new Set<string>(["preferences_url", "view_url", "postal_address"]);
export const smsVariables: readonly string[] = [
  ...standardVariables.map((v) => v.name as string).filter((name) => !absent.has(name)),
  optOutVariable,
];

const stranger: Recipient = { email: null, firstName: "", lastName: "", locale: "", country: "", fields: {} };

/** As long as the links of a message that is sent. */
export function sampleShortUrls(origin: string): RecipientUrls {
  const token = "x".repeat(shortTokenLength);
  return shortUrls(origin, { track: token, consent: token });
}

export function checkSms(content: SmsContent, options: SmsCheckOptions): SmsCheck {
  const compiled = compileSms(content, options);
  if (!compiled.ok) return { problems: compiled.error, worst: undefined, meanSegments: 0 };
  const invented = inventRecipient(options.fields.map((key) => ({ key, type: "text" })));
  const urls = sampleShortUrls(options.origin);
  const problems = unknownVariables(compiled.value, options.fields);
  const counts: Count[] = [];
  const people =
    options.sample && options.sample.length > 0 ? [...options.sample, stranger] : [invented, stranger];
  for (const recipient of people) {
    const rendered = renderSms(compiled.value, inputsOf(compiled.value, recipient, options), urls);
    if (rendered.ok) counts.push(rendered.value.count);
    else if (!problems.some((p) => p.code === rendered.error.code && p.message === rendered.error.message))
      problems.push(rendered.error);
  }
  const longest = counts.reduce<Count | undefined>(
    (most, one) => (most && !isLonger(one, most) ? most : one),
    undefined,
  );
  return {
    problems: [...problems, ...notPlain(content.text, longest)],
    worst: longest,
    // The one nothing is known of stands for the worst, not for the many.
    meanSegments: mean(options.sample?.length ? counts.slice(0, -1) : counts),
  };
}

function isLonger(one: Count, other: Count): boolean {
  return one.segments > other.segments || (one.segments === other.segments && one.left < other.left);
}

const mean = (counts: readonly Count[]) =>
  counts.length === 0 ? 0 : counts.reduce((sum, one) => sum + one.segments, 0) / counts.length;

function unknownVariables(compiled: CompiledSms, fieldKeys: readonly string[]): ContentProblem[] {
  const fields = fieldKeys.map((key) => `${fieldsRoot}.${key}`);
  const known = [...smsVariables, ...fields];
  const problems: ContentProblem[] = [];
  for (const { path, offset } of compiled.text.variables) {
    const isWhole = path.length < 2 || typeof path[1] !== "string";
    if (path[0] === fieldsRoot && isWhole) continue;
    if (known.includes(path[0] === fieldsRoot ? `${fieldsRoot}.${path[1]}` : String(path[0]))) continue;
    const name = path.filter((segment) => typeof segment !== "object").join(".");
    const meant = nearestName(name, known) ?? nearestName(String(path.at(-1)), known);
    const message = absent.has(name)
      ? `A text message has no ${name}.`
      : `There is no variable ${name}.${meant ? ` Did you mean ${meant}?` : ""}`;
    problems.push(problem("undefined_variable", message, compiled.place(offset)));
  }
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** The author's own characters; those of people's names are nobody's mistake. */
function notPlain(text: string, longest: Count | undefined): ContentProblem[] {
  if (longest?.encoding !== "ucs-2") return [];
  const written = text.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (tag) => " ".repeat(tag.length));
  const found = [...new Set([...written].filter((character) => septetsOf(character) === undefined))];
  const [first] = found;
  if (!first) return [];
  const shown = found.slice(0, 8).join(" ");
  const message = `${shown} ${found.length > 1 ? "are" : "is"} outside of the plain alphabet: a segment holds ${limits["ucs-2"].single} characters instead of ${limits["gsm-7"].single}.`;
  return [
    { ...problem("not_plain", message, placeOf(written, written.indexOf(first))), severity: "warning" },
  ];
}

/** The content of a text message: made ready once per version, and rendered for one person; the same inputs give the same text. */
import { applyEdits, type Link } from "../message/links.ts";
import { LiquidFault } from "../message/liquid.ts";
import { type ContentProblem, noPlace, type Place, placeOf } from "../message/problem.ts";
import { buildProgram, type Program, runProgram } from "../message/program.ts";
import { tidyText } from "../message/text.ts";
import { type Defaults, splitDefaults, usesOf } from "../message/uses.ts";
import { type ContactInputs, fieldsRoot, type Uses, withoutNul } from "../message/variables.ts";
import type { Result } from "../result.ts";
import type { RecipientUrls } from "../tracking/urls.ts";
import { findTextLinks } from "./links.ts";
import { optOutLine, withOptOut } from "./opt-out.ts";
import { type Count, countSegments } from "./segments.ts";

export type SmsContent = {
  readonly text: string;
  /** Fallback per variable: `{"first_name": "there"}`. */
  readonly defaults: Readonly<Record<string, string>>;
};
export type SmsOptions = {
  readonly trackClicks: boolean;
  /** How one leaves; `{link}` stands for the recipient's own way out. Never empty in marketing. */
  readonly optOut: string;
};

export type CompiledSms = {
  readonly text: Program;
  readonly links: readonly Link[];
  readonly uses: Uses;
  readonly defaults: Defaults;
  readonly optOut: string;
  /** Where a fault of the rendered text stood in what the author wrote. */
  place(offset: number | null): Place | typeof noPlace;
};

/** Puts the line that says how to leave where the author wants it; without it the line comes last. */
export const optOutVariable = "opt_out";
/** Handsets join at most so many parts (Twilio refuses more, Sendmode too). */
export const maxSegments = 10;

export function compileSms(
  raw: SmsContent,
  options: SmsOptions,
): Result<CompiledSms, readonly ContentProblem[]> {
  const source = withoutNul(raw.text);
  const { links, edits } = options.trackClicks ? findTextLinks(source) : { links: [], edits: [] };
  const edited = applyEdits(source, edits);
  const place: CompiledSms["place"] = (offset) =>
    offset === null ? noPlace : placeOf(source, edited.originalOffset(offset));
  try {
    const text = buildProgram("text", edited.text);
    return {
      ok: true,
      value: {
        text,
        links,
        uses: usesOf(text.variables, /(["'])(now|today)\1/.test(source)),
        defaults: splitDefaults(raw.defaults),
        optOut: options.optOut,
        place,
      },
    };
  } catch (error) {
    if (!(error instanceof LiquidFault)) throw error;
    return { ok: false, error: [problem("syntax", error.message, place(error.offset))] };
  }
}

export type RenderedSms = { readonly text: string; readonly count: Count };

export function renderSms(
  compiled: CompiledSms,
  inputs: ContactInputs,
  urls: RecipientUrls,
): Result<RenderedSms, ContentProblem> {
  const { defaults, optOut } = compiled;
  const scope = {
    ...defaults.names,
    ...inputs.values,
    [fieldsRoot]: { ...defaults.fields, ...inputs.fields },
    unsubscribe_url: urls.unsubscribe,
    [optOutVariable]: optOutLine(optOut, urls.unsubscribe),
  };
  const slots = { urls, preheader: "", footer: "", pixel: "" };
  try {
    const words = tidyText(
      runProgram(compiled.text, { scope, slots, nowMs: inputs.nowMs }).replace(/\r\n?/g, "\n"),
    );
    if (words === "") return { ok: false, error: problem("empty", "The text is empty for some people.") };
    const text = optOut === "" ? words : withOptOut(words, optOut, urls.unsubscribe);
    const count = countSegments(text);
    if (count.segments <= maxSegments) return { ok: true, value: { text, count } };
    const message = `This takes ${count.segments} segments for some people; at most ${maxSegments} travel as one message.`;
    return { ok: false, error: problem("too_long", message) };
  } catch (error) {
    if (!(error instanceof LiquidFault)) throw error;
    return { ok: false, error: problem("render", error.message, compiled.place(error.offset)) };
  }
}

export function problem(
  code: ContentProblem["code"],
  message: string,
  place: Place | typeof noPlace = noPlace,
): ContentProblem {
  return { part: "text", severity: "error", code, message, ...place };
}

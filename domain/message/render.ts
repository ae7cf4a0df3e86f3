/** One message for one recipient, from compiled content: the same inputs always give the same bytes. */
import type { Result } from "../result.ts";
import type { RecipientUrls } from "../tracking/urls.ts";
import type { Compiled } from "./compile.ts";
import { type FooterParts, footerHtml, footerText } from "./footer.ts";
import { bulkHeaders, oneLine } from "./headers.ts";
import { escapeHtml, scanHtml } from "./html.ts";
import { LiquidFault, type Scope } from "./liquid.ts";
import type { ContentPart, ContentProblem } from "./problem.ts";
import { type Program, runProgram } from "./program.ts";
import { footerSlot } from "./slots.ts";
import { textFromHtml, tidyText } from "./text.ts";
import { type ContactInputs, fieldsRoot } from "./variables.ts";

/** What is kept of a recipient at claim; links come from the message's tokens and need not be kept. */
export type MessageInputs = ContactInputs;

export type RenderedMessage = {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

export function renderMessage(
  compiled: Compiled,
  inputs: MessageInputs,
  urls: RecipientUrls,
): Result<RenderedMessage, ContentProblem> {
  const scope = scopeOf(compiled, inputs, urls);
  // Where the footer is decided on what was rendered, its slot is filled last.
  const slots = { urls, preheader: "", footer: footerSlot, pixel: pixel(urls.open) };
  let part: ContentPart = "subject";
  const run = (which: ContentPart, program: Program) => {
    part = which;
    return runProgram(program, { scope, slots, nowMs: inputs.nowMs });
  };
  try {
    const subject = oneLine(run("subject", compiled.subject));
    const preheader = oneLine(run("preheader", compiled.preheader));
    slots.preheader = escapeHtml(preheader);
    const { says } = compiled;
    if (says.wayOut) slots.footer = footerHtml(missing(compiled, true, urls, says.address));
    const html = run("html", compiled.html);
    const text = textPart(compiled, run, html);
    // What every message says need not be looked for in each.
    const inHtml = says.wayOut || hasWayOut(html, slots.preheader, urls.unsubscribe);
    const inText = says.wayOutInText || text.includes(urls.unsubscribe);
    return {
      ok: true,
      value: {
        subject,
        preheader,
        html: says.wayOut
          ? html
          : withFooter(html, footerHtml(missing(compiled, inHtml, urls, says.address))),
        text: text + footerText(missing(compiled, inText, urls, says.addressInText)),
        headers: bulkHeaders(urls, compiled.feedbackId),
      },
    };
  } catch (error) {
    if (!(error instanceof LiquidFault)) throw error;
    const place = compiled.place(part, error.offset);
    return {
      ok: false,
      error: { part, severity: "error", code: "render", message: error.message, ...place },
    };
  }
}

/** Every name a template may read, for one message. */
export function scopeOf(compiled: Compiled, inputs: MessageInputs, urls: RecipientUrls): Scope {
  return {
    ...compiled.defaults.names,
    ...inputs.values,
    [fieldsRoot]: { ...compiled.defaults.fields, ...inputs.fields },
    postal_address: compiled.postalAddress,
    unsubscribe_url: urls.unsubscribe,
    preferences_url: urls.preferences,
    view_url: urls.view,
  };
}

function textPart(
  compiled: Compiled,
  run: (part: ContentPart, program: Program) => string,
  html: string,
): string {
  const { text, isTextMade } = compiled;
  if (!text) return textFromHtml(html, scanHtml(html), (href) => href.value);
  const rendered = run("text", text);
  return isTextMade && text.hasTags ? tidyText(rendered) : rendered;
}

/** Looks at the rendered part, not at the template: a link inside an untaken branch helps nobody. */
function missing(
  compiled: Compiled,
  hasWayOut: boolean,
  urls: RecipientUrls,
  saysAddress: boolean,
): FooterParts {
  return {
    postalAddress: saysAddress ? "" : compiled.postalAddress,
    unsubscribeUrl: hasWayOut ? "" : urls.unsubscribe,
    preferencesUrl: hasWayOut ? "" : urls.preferences,
  };
}

/** The preheader is hidden from people, so what stands there is no way out for them. */
function hasWayOut(html: string, hidden: string, url: string): boolean {
  if (!hidden.includes(url)) return html.includes(url);
  return html.split(url).length > hidden.split(url).length;
}

/** A `break` outside of any loop ends a rendering early; content of such means is not `says.wayOut`. */
function withFooter(html: string, footer: string): string {
  if (html === "") return "";
  const at = html.indexOf(footerSlot);
  // A `break` outside of any loop ends the rendering early: the footer comes all the same.
  return at === -1 ? html + footer : html.slice(0, at) + footer + html.slice(at + footerSlot.length);
}

function pixel(url: string): string {
  return `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">`;
}

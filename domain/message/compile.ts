/** Content made ready once per version: parsed, links numbered, static parts apart from what changes per message. */
import type { Result } from "../result.ts";
import { escapeHtml, scanHtml } from "./html.ts";
import { applyEdits, type Edit, findLinks, type Link } from "./links.ts";
import { LiquidFault } from "./liquid.ts";
import {
  type ContentPart,
  type ContentProblem,
  type NoPlace,
  noPlace,
  type Place,
  placeOf,
} from "./problem.ts";
import { alwaysPrints, buildProgram, type Program } from "./program.ts";
import { decoySlot, footerSlot, linkSlot, pixelSlot, preheaderSlot } from "./slots.ts";
import { textFromHtml } from "./text.ts";
import { type Defaults, splitDefaults, usesOf } from "./uses.ts";
import { type Uses, withoutNul } from "./variables.ts";

export type Content = {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  /** Empty: made from the HTML. */
  readonly text: string;
  /** Fallback per variable: `{"first_name": "there", "fields.city": "your town"}`. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The sender's postal address, for `{{ postal_address }}` and the footer. */
  readonly postalAddress?: string | undefined;
};
export type CompileOptions = {
  readonly trackOpens: boolean;
  readonly trackClicks: boolean;
  /** Gmail's Feedback-ID, `a:b:c:sender`; left out when empty. */
  readonly feedbackId?: string | undefined;
};

export type Compiled = {
  readonly subject: Program;
  readonly preheader: Program;
  readonly html: Program;
  /** Null: made from each rendered HTML, where Liquid and tags are so entwined that no text template results. */
  readonly text: Program | null;
  /** The author left the text empty. */
  readonly isTextMade: boolean;
  readonly links: readonly Link[];
  readonly uses: Uses;
  readonly defaults: Defaults;
  readonly postalAddress: string;
  /** What the template says itself; the footer adds the rest. */
  readonly says: {
    readonly address: boolean;
    readonly addressInText: boolean;
    /** Every message's HTML, and every message's text, has the link to unsubscribe, whoever it is for. */
    readonly wayOut: boolean;
    readonly wayOutInText: boolean;
  };
  readonly feedbackId: string;
  /** Where a fault of the rendered HTML stood in what the author wrote. */
  place(part: ContentPart, offset: number | null): Place | NoPlace;
};

/** Pushes the beginning of the body out of the inbox's preview line. */
const filler = "&#847;&zwnj;&nbsp;".repeat(40);
const hiddenStyle =
  "display:none;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px";

export function compileContent(
  raw: Content,
  options: CompileOptions,
): Result<Compiled, readonly ContentProblem[]> {
  const source: Record<ContentPart, string> = {
    subject: withoutNul(raw.subject),
    preheader: withoutNul(raw.preheader),
    html: withoutNul(raw.html),
    text: withoutNul(raw.text),
  };
  const problems: ContentProblem[] = [];
  const nodes = scanHtml(source.html);
  const found = options.trackClicks ? findLinks(nodes) : { links: [], edits: [] };
  const html =
    source.html === "" ? applyEdits("", []) : applyEdits(source.html, [...found.edits, ...frame()]);

  function frame(): Edit[] {
    const body = nodes.find((n) => n.kind === "open" && n.name === "body")?.end ?? 0;
    const bodyEnd =
      nodes.findLast((n) => n.kind === "close" && n.name === "body")?.start ?? source.html.length;
    const hidden = `<div style="${hiddenStyle}">${preheaderSlot}${filler}</div>`;
    const bottom =
      footerSlot + (options.trackClicks ? decoySlot : "") + (options.trackOpens ? pixelSlot : "");
    return [
      ...(source.preheader === "" ? [] : [{ start: body, end: body, text: hidden }]),
      { start: bodyEnd, end: bodyEnd, text: bottom },
    ];
  }

  const isTextOwn = source.text.trim() !== "";
  const place: Compiled["place"] = (part, offset) => {
    // Nobody wrote a text that was made, so it has no line to point at.
    if (offset === null || (part === "text" && !isTextOwn)) return noPlace;
    return placeOf(source[part], part === "html" ? html.originalOffset(offset) : offset);
  };

  function build(part: ContentPart, mode: "html" | "text", text: string): Program | undefined {
    try {
      return buildProgram(mode, text);
    } catch (error) {
      if (!(error instanceof LiquidFault)) throw error;
      const at = place(part, error.offset);
      problems.push({ part, severity: "error", code: "syntax", message: error.message, ...at });
      return undefined;
    }
  }

  const madeText = () => {
    const slotAt = new Map(found.edits.map((edit, position) => [edit.start, linkSlot(position)]));
    return textFromHtml(source.html, nodes, (href) => slotAt.get(href.valueStart) ?? href.value);
  };
  const textSource = isTextOwn ? source.text : madeText();
  const subject = build("subject", "text", source.subject);
  const preheader = build("preheader", "text", source.preheader);
  const body = build("html", "html", html.text);
  const text = isTextOwn ? build("text", "text", textSource) : tryProgram(textSource);
  if (!subject || !preheader || !body || text === undefined) return { ok: false, error: problems };

  const all = [subject, preheader, body, ...(text ? [text] : [])];
  const says = (program: Program, variable: string) => program.variables.some((v) => v.path[0] === variable);
  const postalAddress = withoutNul(raw.postalAddress ?? "").trim();
  const literally = (part: string, address: string) => address !== "" && part.includes(address);
  return {
    ok: true,
    value: {
      subject,
      preheader,
      html: body,
      text,
      isTextMade: !isTextOwn,
      links: found.links,
      uses: usesOf(
        all.flatMap((p) => p.variables),
        /(["'])(now|today)\1/.test(Object.values(source).join("\n")),
      ),
      defaults: splitDefaults(raw.defaults),
      postalAddress,
      says: {
        address: says(body, "postal_address") || literally(source.html, escapeHtml(postalAddress)),
        addressInText: says(text ?? body, "postal_address") || literally(textSource, postalAddress),
        wayOut: alwaysPrints(body, "unsubscribe_url"),
        wayOutInText: text !== null && alwaysPrints(text, "unsubscribe_url"),
      },
      feedbackId: options.feedbackId ?? "",
      place,
    },
  };
}

function tryProgram(source: string): Program | null {
  try {
    return buildProgram("text", source);
  } catch (error) {
    if (error instanceof LiquidFault) return null;
    throw error;
  }
}

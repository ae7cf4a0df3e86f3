/** Links whose clicks are counted: wholly static http(s) addresses, each replaced by a slot. */
import { decodeHTMLAttribute } from "entities/decode";
import { attributeOf, type HtmlNode } from "./html.ts";
import { linkSlot } from "./slots.ts";

export type Link = { readonly position: number; readonly url: string };
/** A piece of the source and what it becomes. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

const linkingTags = new Set(["a", "area", "v:roundrect"]);
const longestUrl = 4_000;

/** The address a browser would go to; undefined where it is not ours to count. */
function trackedUrl(value: string): string | undefined {
  if (value.includes("{{") || value.includes("{%")) return undefined;
  const url = decodeHTMLAttribute(value).trim();
  if (!/^https?:\/\//i.test(url) || url.length > longestUrl || !URL.canParse(url)) return undefined;
  // A Location header is ASCII without spaces (RFC 3986); such addresses stay exactly as written.
  return /^[!-~]+$/.test(url) ? url : new URL(url).href;
}

/** One link per occurrence: a report can then tell the button from the footer. */
export function findLinks(nodes: readonly HtmlNode[]): { links: Link[]; edits: Edit[] } {
  const links: Link[] = [];
  const edits: Edit[] = [];
  for (const node of nodes) {
    if (node.kind !== "open" || !linkingTags.has(node.name)) continue;
    const href = attributeOf(node, "href");
    const url = href && trackedUrl(href.value);
    if (!href || !url) continue;
    const position = links.length;
    links.push({ position, url });
    edits.push({ start: href.valueStart, end: href.valueEnd, text: linkSlot(position) });
  }
  return { links, edits };
}

/** An edited source that still knows where each piece stood in the original. */
export type Edited = { readonly text: string; originalOffset(offset: number): number };

/** `edits` do not overlap; those at one place keep their order. */
export function applyEdits(source: string, edits: readonly Edit[]): Edited {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  const anchors: { edited: number; original: number }[] = [{ edited: 0, original: 0 }];
  let text = "";
  let at = 0;
  for (const edit of sorted) {
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
    anchors.push({ edited: text.length, original: at });
  }
  text += source.slice(at);
  return {
    text,
    originalOffset(offset) {
      const anchor = anchors.findLast((a) => a.edited <= offset) ?? { edited: 0, original: 0 };
      return anchor.original + offset - anchor.edited;
    },
  };
}

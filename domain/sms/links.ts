/** Links in the text of a message whose clicks are counted: wholly static http(s) addresses, each replaced by a slot. */
import type { Edit, Link } from "../message/links.ts";
import { linkSlot } from "../message/slots.ts";

const liquid = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const address = /https?:\/\/[^\s<>"“”{}]+/gi;
/** What ends a sentence or closes a bracket is no part of an address that stands in it. */
const trailing = /[.,;:!?'’…)\]]+$/;
const longestUrl = 4_000;

/** One link per occurrence. An address that goes on into a variable differs from person to person and stays as it is. */
export function findTextLinks(source: string): { links: Link[]; edits: Edit[] } {
  const links: Link[] = [];
  const edits: Edit[] = [];
  const tags = [...source.matchAll(liquid)].map((tag) => ({
    start: tag.index,
    end: tag.index + tag[0].length,
  }));
  for (const match of source.matchAll(address)) {
    const start = match.index;
    const whole = start + match[0].length;
    if (tags.some((tag) => tag.start < whole && tag.end > start)) continue;
    if (tags.some((tag) => tag.start === whole) || source[whole] === "{") continue;
    const url = withoutTrailing(match[0]);
    if (url.length > longestUrl || !URL.canParse(url)) continue;
    const position = links.length;
    // A Location header is ASCII without spaces (RFC 3986); such addresses stay exactly as written.
    links.push({ position, url: /^[!-~]+$/.test(url) ? url : new URL(url).href });
    edits.push({ start, end: start + url.length, text: linkSlot(position) });
  }
  return { links, edits };
}

/** A bracket that the address itself opened belongs to it: `https://en.wikipedia.org/wiki/Lark_(bird)`. */
function withoutTrailing(text: string): string {
  const end = trailing.exec(text)?.[0] ?? "";
  const bare = text.slice(0, text.length - end.length);
  const opens = (bare.match(/\(/g) ?? []).length - (bare.match(/\)/g) ?? []).length;
  return opens > 0 && end.startsWith(")") ? `${bare})` : bare;
}

/** Places in compiled content that each message fills by itself: links, the open pixel, preheader and footer. */
import { decoyPosition } from "../tracking/rules.ts";
import type { RecipientUrls } from "../tracking/urls.ts";

export const linkSlot = (position: number): string => `\0L${position}\0`;
export const preheaderSlot = "\0P\0";
export const footerSlot = "\0F\0";
export const pixelSlot = "\0O\0";
/** A link that programs follow and people never see. */
export const decoySlot = "\0D\0";

const pattern = /\0([LPFOD])(\d*)\0/;
const patterns = /\0([LPFOD])(\d*)\0/g;

export type SlotValues = {
  readonly urls: RecipientUrls;
  readonly preheader: string;
  readonly footer: string;
  readonly pixel: string;
};

/**
 * Without words or size, so that no picture of the mail changes; out of the way of the keyboard and of voices that
 * read aloud; in no text part and no link table (docs/tracking.md).
 */
const decoyLink = (url: string) =>
  `<a href="${url}" rel="nofollow" tabindex="-1" aria-hidden="true" style="display:none;mso-hide:all"></a>`;

/** What stands in one slot; `kind` is its letter. */
function slotValue(kind: string, position: string, values: SlotValues): string {
  if (kind === "L") return values.urls.click + position;
  if (kind === "P") return values.preheader;
  if (kind === "F") return values.footer;
  if (kind === "D") return decoyLink(values.urls.click + decoyPosition);
  return values.pixel;
}

export function fillSlots(text: string, values: SlotValues): string {
  if (!text.includes("\0")) return text;
  return text.replace(patterns, (_, kind: string, position: string) => slotValue(kind, position, values));
}

export type Slot = (values: SlotValues) => string;

/** Cuts static text at its slots, once per version. */
export function splitSlots(text: string): (string | Slot)[] {
  const parts: (string | Slot)[] = [];
  let rest = text;
  for (let match = pattern.exec(rest); match; match = pattern.exec(rest)) {
    if (match.index > 0) parts.push(rest.slice(0, match.index));
    const [whole, kind = "", position = ""] = match;
    parts.push((values) => slotValue(kind, position, values));
    rest = rest.slice(match.index + whole.length);
  }
  if (rest) parts.push(rest);
  return parts;
}

/** How many parts a text message takes (3GPP TS 23.038 alphabets, TS 23.040 §9.2.3.24 concatenation). */
import { septetsOf } from "./gsm7.ts";

export type Encoding = "gsm-7" | "ucs-2";

/** Units of one message alone, and of each part where a header of six bytes joins several. */
export const limits = {
  "gsm-7": { single: 160, part: 153 },
  "ucs-2": { single: 70, part: 67 },
} as const satisfies Record<Encoding, { single: number; part: number }>;

export type Count = {
  readonly encoding: Encoding;
  /** Septets or UTF-16 code units. */
  readonly units: number;
  readonly segments: number;
  /** Units that still fit before one more segment is needed. */
  readonly left: number;
  /** Characters outside the GSM alphabet, each once, in the order of the text: they alone make it UCS-2. */
  readonly outsideGsm: readonly string[];
};

/**
 * An empty text is no message: 0 segments. No character is cut in two, neither an escaped one nor a surrogate pair.
 * Several characters shown as one (a family, a flag) may be parted, as the standard knows nothing of them.
 */
export function countSegments(text: string): Count {
  const outside = new Set<string>();
  for (const character of text) if (septetsOf(character) === undefined) outside.add(character);
  const encoding: Encoding = outside.size > 0 ? "ucs-2" : "gsm-7";
  const { single, part } = limits[encoding];
  let units = 0;
  let parts = 1;
  let inPart = 0;
  for (const character of text) {
    const size = encoding === "gsm-7" ? (septetsOf(character) ?? 1) : character.length;
    units += size;
    if (inPart + size > part) {
      parts++;
      inPart = 0;
    }
    inPart += size;
  }
  const segments = units === 0 ? 0 : units <= single ? 1 : parts;
  const left = segments <= 1 ? single - units : part - inPart;
  return { encoding, units, segments, left, outsideGsm: [...outside] };
}

/** Files of a mail as MIME parts: base64 (RFC 2045 §6.8), names in any script (RFC 2231), images the HTML refers to (RFC 2387). */
import type { Attachment } from "../sending/provider.ts";
import { foldHeader } from "./mime-header.ts";

/** The finished body of a mail and the type it is announced with. */
export type Entity = { readonly contentType: string; readonly lines: readonly string[] };

/**
 * Puts the files around the text: those with an id next to the HTML that shows them, the others after it. `seed` goes
 * into the boundaries; "=_" cannot occur in base64 or quoted-printable, so no part can contain one.
 */
export function withFiles(text: Entity, files: readonly Attachment[], seed: string): Entity {
  const shown = files.filter((file) => file.contentId);
  const others = files.filter((file) => !file.contentId);
  const related =
    shown.length === 0
      ? text
      : multipart(`related; type="multipart/alternative"`, `=_rel_${seed}`, [
          entityPart(text),
          ...shown.map((file) => filePart(file, "inline")),
        ]);
  if (others.length === 0) return related;
  const parts = [entityPart(related), ...others.map((file) => filePart(file, "attachment"))];
  return multipart("mixed", `=_mix_${seed}`, parts);
}

function multipart(subtype: string, boundary: string, parts: readonly (readonly string[])[]): Entity {
  const lines = parts.flatMap((part) => [`--${boundary}`, ...part]);
  return {
    contentType: `multipart/${subtype}; boundary="${boundary}"`,
    lines: [...lines, `--${boundary}--`],
  };
}

const entityPart = ({ contentType, lines }: Entity): string[] => [
  foldHeader("Content-Type", contentType),
  "",
  ...lines,
];

function filePart(file: Attachment, disposition: "inline" | "attachment"): string[] {
  return [
    `Content-Type: ${mediaType(file.contentType)}`,
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: ${disposition};`,
    ...fileName(file.filename),
    ...(file.contentId ? [`Content-ID: <${file.contentId.replace(/[^\x21-\x7e]|[<>]/g, "")}>`] : []),
    "",
    // At most 76 characters a line; whatever is no base64 ends nothing early.
    ...(file.content.replace(/[^A-Za-z0-9+/=]/g, "").match(/.{1,76}/g) ?? []),
  ];
}

function mediaType(given: string): string {
  const isType = /^[a-z0-9][\w.+-]{0,80}\/[a-z0-9][\w.+-]{0,80}$/i.test(given);
  return isType ? given : "application/octet-stream";
}

/** Continuation lines of a header. Long and foreign names are cut into numbered sections (RFC 2231 §3, §4.1). */
function fileName(given: string): string[] {
  // A line break would begin a new header field.
  const name =
    given
      .replace(/\p{Cc}+/gu, " ")
      .trim()
      .toWellFormed()
      .slice(0, 200) || "file";
  if (/^[\x20-\x7e]{1,60}$/.test(name)) return [` filename="${name.replace(/["\\]/g, "\\$&")}"`];
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, hexOf);
  const sections = encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,18}/g) ?? [];
  return sections.map((section, i) => {
    const isLast = i === sections.length - 1;
    return ` filename*${i}*=${i === 0 ? "utf-8''" : ""}${section}${isLast ? "" : ";"}`;
  });
}

const hexOf = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

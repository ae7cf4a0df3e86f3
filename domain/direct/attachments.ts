/** Which files may travel with a message, and how large they may be. */
import type { FieldError } from "../failure.ts";
import type { Attachment } from "../sending/provider.ts";

/** All files of one message together, decoded. Base64 makes a third more of it, still below every provider's limit. */
export const maxAttachmentBytes = 10 * 1_024 * 1_024;
export const maxAttachments = 20;

/** Gmail and Outlook refuse mail that carries these (support.google.com/mail/answer/6590). */
const refusedExtensions = new Set(
  (
    "ade adp apk appx bat cab chm cmd com cpl diagcab dll dmg exe hta img ins iso isp jar js jse lib lnk mde " +
    "msc msi msix msp mst nsh pif ps1 scr sct shb sys vb vbe vbs vhd vxd wsc wsf wsh xll"
  ).split(" "),
);
const typePattern = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The first bytes of files whose type is worth more than its name; in base64, as they stand. */
const beginnings: Readonly<Record<string, readonly string[]>> = {
  "application/pdf": ["JVBERi"],
  "image/png": ["iVBORw0KGg"],
  "image/jpeg": ["/9j/"],
  "image/gif": ["R0lGOD"],
  "application/zip": ["UEsDB", "UEsFB"],
};

export type GivenAttachment = {
  readonly filename: string;
  readonly content_type: string;
  /** Base64 (RFC 4648 §4). */
  readonly content: string;
  readonly content_id?: string | undefined;
};

/** Bytes behind base64 text. */
export function decodedBytes(text: string): number {
  return Math.floor((text.length * 3) / 4) - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
}

export function checkAttachments(given: readonly GivenAttachment[]): FieldError[] {
  const errors: FieldError[] = [];
  const ids = new Set<string>();
  given.forEach((file, i) => {
    const at = (field: string, detail: string) =>
      errors.push({ pointer: `/attachments/${i}/${field}`, detail });
    const extension = /\.([a-z0-9]+)$/i.exec(file.filename)?.[1]?.toLowerCase() ?? "";
    if (/[\p{Cc}/\\]/u.test(file.filename)) at("filename", "A file's name is a name, not a path.");
    if (refusedExtensions.has(extension))
      at("filename", `Mailboxes refuse .${extension} files; send a link to it instead.`);
    if (!typePattern.test(file.content_type) || /^(?:multipart|message)\//.test(file.content_type))
      at("content_type", "A media type as application/pdf is wanted.");
    if (file.content === "" || file.content.length % 4 !== 0 || !base64.test(file.content))
      at("content", "This is not base64 (RFC 4648 section 4, padded, without line breaks).");
    else if (!(beginnings[file.content_type] ?? [""]).some((begins) => file.content.startsWith(begins)))
      at("content", `The file does not begin as ${file.content_type} does.`);
    if (file.content_id !== undefined) {
      if (ids.has(file.content_id)) at("content_id", "Two files have the same content id.");
      ids.add(file.content_id);
    }
  });
  const bytes = given.reduce((sum, file) => sum + decodedBytes(file.content), 0);
  if (bytes > maxAttachmentBytes)
    errors.push({
      pointer: "/attachments",
      detail: `All files together may have ${maxAttachmentBytes / 1_048_576} MB; these have ${(bytes / 1_048_576).toFixed(1)}.`,
    });
  return errors;
}

export function asAttachment(file: GivenAttachment): Attachment {
  const { filename, content_type: contentType, content, content_id: contentId } = file;
  return { filename, contentType, content, ...(contentId === undefined ? {} : { contentId }) };
}

/** One mail as it travels: MIME multipart/alternative, files around it, ASCII throughout, lines ended by CRLF (RFC 5322, 2045 to 2047). */
import type { Address, Attachment } from "../sending/provider.ts";
import { withFiles } from "./mime-attachments.ts";
import { addressHeader, foldHeader, unstructuredHeader } from "./mime-header.ts";
import { quotedPrintable } from "./quoted-printable.ts";

export type MimeMail = {
  readonly from: Address;
  readonly replyTo?: Address | undefined;
  readonly to: Address;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Further header fields; those this module writes itself are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without angle brackets; also the seed of the boundary, so that the same mail is the same bytes. */
  readonly messageId: string;
  readonly sentAtMs: number;
  readonly attachments?: readonly Attachment[] | undefined;
};

const own: ReadonlySet<string> = new Set([
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "subject",
  "date",
  "message-id",
  "mime-version",
]);
const isOwn = (name: string) => own.has(name) || name.startsWith("content-");
const fieldName = /^[!-9;-~]{1,76}$/;

export function mimeMessage(mail: MimeMail): string {
  // "=_" cannot occur in quoted-printable text, so no body can contain its own boundary (RFC 2045 §6.7).
  const seed = mail.messageId.replace(/[^A-Za-z0-9]/g, "_").slice(0, 50);
  const boundary = `=_lark_${seed}`;
  // Plain text first: readers show the last alternative they understand (RFC 2046 §5.1.4).
  const text = {
    contentType: `multipart/alternative; boundary="${boundary}"`,
    lines: [
      ...part(boundary, "text/plain", mail.text),
      ...part(boundary, "text/html", mail.html),
      `--${boundary}--`,
    ],
  };
  const { contentType, lines } = withFiles(text, mail.attachments ?? [], seed);
  const head = [
    addressHeader("From", mail.from),
    ...(mail.replyTo ? [addressHeader("Reply-To", mail.replyTo)] : []),
    addressHeader("To", mail.to),
    unstructuredHeader("Subject", mail.subject),
    `Date: ${rfc5322Date(mail.sentAtMs)}`,
    `Message-ID: <${mail.messageId}>`,
    ...extraHeaders(mail.headers),
    "MIME-Version: 1.0",
    foldHeader("Content-Type", contentType),
  ];
  return [...head, "", ...lines, ""].join("\r\n");
}

function part(boundary: string, type: string, body: string): string[] {
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    "Content-Transfer-Encoding: quoted-printable",
    "",
    quotedPrintable(body),
  ];
}

function extraHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => fieldName.test(name) && !isOwn(name.toLowerCase()))
    .map(([name, value]) => unstructuredHeader(name, value));
}

/** As `Sun, 22 Nov 2026 09:30:00 +0000`. */
export function rfc5322Date(atMs: number): string {
  return new Date(atMs).toUTCString().replace("GMT", "+0000");
}

/** A line that begins with a dot gets a second one, or it could end the mail (RFC 5321 §4.5.2). Ends in CRLF. */
export function dotStuffed(message: string): string {
  const stuffed = message.replace(/^\./gm, "..");
  return stuffed.endsWith("\r\n") ? stuffed : `${stuffed}\r\n`;
}

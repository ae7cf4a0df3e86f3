/** Quoted-printable (RFC 2045 §6.7): UTF-8 text in ASCII lines of at most 76 characters, line breaks as CRLF. */
const maxLine = 76;
const hex = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`);

export function quotedPrintable(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(encodeLine)
    .join("\r\n");
}

// Printable ASCII but "=": what may stand for itself anywhere but at the end of a line.
const plainLine = /^[\x20-\x3c\x3e-\x7e]*$/;

function encodeLine(line: string): string {
  if (line.length <= maxLine && plainLine.test(line) && !line.endsWith(" ")) return line;
  const bytes = new TextEncoder().encode(line);
  let out = "";
  let lineLength = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    const atEnd = i === bytes.length - 1;
    const token = stands(byte, atEnd) ? String.fromCharCode(byte) : (hex[byte] as string);
    // One place stays free for the soft break, except where the line ends by itself.
    if (lineLength + token.length > (atEnd ? maxLine : maxLine - 1)) {
      out += "=\r\n";
      lineLength = 0;
    }
    out += token;
    lineLength += token.length;
  }
  return out;
}

/** Space and tab at the end of a line would be lost on the way. */
function stands(byte: number, atEnd: boolean): boolean {
  if (byte === 0x20 || byte === 0x09) return !atEnd;
  return byte > 0x20 && byte < 0x7f && byte !== 0x3d;
}

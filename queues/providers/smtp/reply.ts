/** Replies of an SMTP server (RFC 5321 §4.2), read from a stream of bytes. */
import type { ByteStream } from "./stream.ts";

export type Reply = { readonly code: number; readonly lines: readonly string[] };

/** The server went away, fell silent, or spoke no SMTP. What that means depends on what was said before. */
export class ConnectionLost extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "ConnectionLost";
  }
}

// RFC 5321 §4.5.3.1.5 allows 512; real servers say more. Whoever exceeds this is not speaking SMTP.
const maxLineBytes = 4_096;
const maxReplyLines = 200;

export function replyText(reply: Reply): string {
  return `${reply.code} ${reply.lines.join(" ")}`.trim().slice(0, 300);
}

export class ReplyReader {
  readonly #stream: ByteStream;
  #buffered = "";
  readonly #decoder = new TextDecoder();
  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** Bytes came that no command asked for. Before TLS begins, that is somebody else's injection (CVE-2011-0411). */
  get hasUnread(): boolean {
    return this.#buffered.length > 0;
  }

  async next(): Promise<Reply> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line);
      if (!match) throw new ConnectionLost(`the server does not speak SMTP: ${line.slice(0, 80)}`);
      lines.push(match[3] ?? "");
      if (match[2] !== "-") return { code: Number(match[1]), lines };
      if (lines.length >= maxReplyLines) throw new ConnectionLost("the server's reply has no end");
    }
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#buffered.indexOf("\n");
      if (end >= 0) {
        const line = this.#buffered.slice(0, end).replace(/\r$/, "");
        this.#buffered = this.#buffered.slice(end + 1);
        return line;
      }
      if (this.#buffered.length > maxLineBytes) throw new ConnectionLost("the server's reply has no end");
      const bytes = await this.#read();
      if (!bytes) throw new ConnectionLost("the server closed the connection");
      this.#buffered += this.#decoder.decode(bytes, { stream: true });
    }
  }

  async #read(): Promise<Uint8Array | undefined> {
    try {
      return await this.#stream.read();
    } catch (error) {
      throw new ConnectionLost(error instanceof Error ? error.message : String(error));
    }
  }
}

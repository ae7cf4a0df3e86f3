/**
 * One conversation with an SMTP server (RFC 5321), over any stream of bytes. The question that matters is what a lost
 * connection means: before the end of the data was sent nothing was taken, after it nobody knows.
 */
import type { Outcome } from "#domain/sending/provider";
import { withDeadline } from "../../deadline.ts";
import { errorText } from "../wire.ts";
import { authenticate } from "./auth.ts";
import { type Extensions, readExtensions } from "./extensions.ts";
import { type Reply, ReplyReader, replyText } from "./reply.ts";
import type { ByteStream } from "./stream.ts";

export type SessionOptions = {
  /** How we call ourselves in EHLO. */
  readonly clientName: string;
  readonly security: "none" | "starttls" | "tls";
  readonly username: string;
  readonly password: string;
  /** How long the next reply may be waited for. */
  readonly patienceMs: () => number;
  /** With less patience left than this, the data of a mail is not ended: what is ended in the last moment ends in doubt. */
  readonly leastAnswerMs: number;
};

/** Why no conversation came about; `final` when only a person can change it. */
export class SessionRefused extends Error {
  readonly final: boolean;
  constructor(reason: string, final: boolean) {
    super(reason);
    this.name = "SessionRefused";
    this.final = final;
  }
}

export type Envelope = { readonly from: string; readonly to: string };

const encoder = new TextEncoder();
const endOfData = encoder.encode(".\r\n");

export class SmtpSession {
  #stream: ByteStream;
  #replies: ReplyReader;
  #extensions: Extensions = { names: new Set(), authMechanisms: new Set() };
  #alive = true;
  readonly #options: SessionOptions;

  private constructor(stream: ByteStream, options: SessionOptions) {
    this.#stream = stream;
    this.#replies = new ReplyReader(stream);
    this.#options = options;
  }

  /** False once the server said goodbye or the line broke: another session is needed. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Throws SessionRefused. The stream is closed when it does. */
  static async open(stream: ByteStream, options: SessionOptions): Promise<SmtpSession> {
    const session = new SmtpSession(stream, options);
    try {
      await session.#begin();
      return session;
    } catch (error) {
      session.close();
      if (error instanceof SessionRefused) throw error;
      throw new SessionRefused(errorText(error), false);
    }
  }

  async #begin(): Promise<void> {
    expect(await this.#reply(), 220, "the greeting");
    await this.#hello();
    if (this.#options.security === "starttls") await this.#startTls();
    const { username, password } = this.#options;
    if (username === "") return;
    const refusal = await authenticate(
      { username, password, mechanisms: this.#extensions.authMechanisms },
      (line) => this.#command(line),
    );
    if (refusal) throw new SessionRefused(refusal.reason, refusal.final);
  }

  async #hello(): Promise<void> {
    const reply = await this.#command(`EHLO ${this.#options.clientName}`);
    if (reply.code === 250) {
      this.#extensions = readExtensions(reply);
      return;
    }
    // A server older than EHLO offers nothing, and takes mail all the same.
    this.#extensions = { names: new Set(), authMechanisms: new Set() };
    expect(await this.#command(`HELO ${this.#options.clientName}`), 250, "HELO");
  }

  async #startTls(): Promise<void> {
    // Going on in the clear would hand the password to whoever removed the offer.
    if (!this.#extensions.names.has("STARTTLS"))
      throw new SessionRefused("the server does not offer STARTTLS", true);
    expect(await this.#command("STARTTLS"), 220, "STARTTLS");
    if (this.#replies.hasUnread) throw new SessionRefused("the server spoke before TLS began", true);
    this.#stream = await this.#timed(this.#stream.startTls()).catch((error: unknown) => {
      throw new SessionRefused(`no TLS could be agreed on: ${errorText(error)}`, false);
    });
    this.#replies = new ReplyReader(this.#stream);
    // What was offered in the clear counts for nothing now (RFC 3207 §4.2).
    await this.#hello();
  }

  /** `data` ends in CRLF, with dots stuffed. Never throws. */
  async send(envelope: Envelope, data: Uint8Array): Promise<Outcome> {
    try {
      const refused = await this.#envelope(envelope);
      if (refused) return this.#reset(refused);
      await this.#write(data);
      if (this.#options.patienceMs() < this.#options.leastAnswerMs)
        throw new Error("too little time was left to hear the answer");
    } catch (error) {
      this.close();
      return { kind: "deferred", reason: errorText(error) };
    }
    try {
      await this.#write(endOfData);
      return this.#outcomeOf(await this.#reply());
    } catch (error) {
      this.close();
      return { kind: "unknown", reason: `the answer to the mail was lost: ${errorText(error)}` };
    }
  }

  /** Undefined when the server waits for the data. */
  async #envelope({ from, to }: Envelope): Promise<Outcome | undefined> {
    const commands = [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA"];
    if (!this.#extensions.names.has("PIPELINING")) {
      for (const command of commands) {
        const reply = await this.#command(command);
        if (reply.code >= 400) return this.#outcomeOf(reply);
      }
      return undefined;
    }
    await this.#write(encoder.encode(`${commands.join("\r\n")}\r\n`));
    const mail = await this.#reply();
    const recipient = await this.#reply();
    const data = await this.#reply();
    const refusal = [mail, recipient].find((reply) => reply.code >= 400);
    if (refusal && data.code === 354) {
      // Some servers open the data although nobody is to receive it: end it at once (RFC 2920 §3.1).
      await this.#write(endOfData);
      await this.#reply();
    }
    if (refusal) return this.#outcomeOf(refusal);
    return data.code === 354 ? undefined : this.#outcomeOf(data);
  }

  /** The transaction is cleared so that the next mail begins anew. */
  async #reset(outcome: Outcome): Promise<Outcome> {
    if (!this.#alive) return outcome;
    try {
      const reply = await this.#command("RSET");
      if (reply.code !== 250) this.close();
    } catch {
      this.close();
    }
    return outcome;
  }

  #outcomeOf(reply: Reply): Outcome {
    const reason = replyText(reply);
    // 421: the server is closing the channel, whatever the command was.
    if (reply.code === 421) this.close();
    if (reply.code < 300) return { kind: "accepted", providerMessageId: queueIdOf(reply) };
    if (reply.code < 500) return { kind: "deferred", reason };
    return { kind: "failed", reason };
  }

  async quit(): Promise<void> {
    if (!this.#alive) return;
    try {
      await this.#command("QUIT");
    } catch {
      // All mails are settled; a server that does not say goodbye changes nothing.
    }
    this.close();
  }

  close(): void {
    this.#alive = false;
    this.#stream.close();
  }

  async #command(line: string): Promise<Reply> {
    await this.#write(encoder.encode(`${line}\r\n`));
    return this.#reply();
  }
  #write(bytes: Uint8Array): Promise<void> {
    return this.#timed(this.#stream.write(bytes));
  }
  #reply(): Promise<Reply> {
    return this.#timed(this.#replies.next());
  }
  #timed<T>(step: Promise<T>): Promise<T> {
    return withDeadline(step, this.#options.patienceMs());
  }
}

function expect(reply: Reply, code: number, step: string): void {
  if (reply.code === code) return;
  throw new SessionRefused(`${step} was refused: ${replyText(reply)}`, reply.code >= 500);
}

/** What the server calls the mail in its own log, where it says so: `250 2.0.0 Ok: queued as 4F2A…`. */
function queueIdOf(reply: Reply): string {
  const text = reply.lines.join(" ");
  const named = /\b(?:queued as|id=|queued mail for delivery.*?)\s*[:<]?([\w.@-]{4,100})/i.exec(text);
  return (named?.[1] ?? text).slice(0, 120);
}

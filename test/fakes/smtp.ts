/** A real SMTP server (npm smtp-server) that can be told what to refuse, when to stall and where to hang up. */
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";

export type TakenMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  /** Our own id, from the header X-Larkpost-Message. */
  readonly messageId: string | undefined;
  /** Which connection brought it. */
  readonly session: string;
  readonly secure: boolean;
};

/** Where the line breaks: `answer` is after the mail was taken and before that was said. */
export type Stage = "greeting" | "mail" | "rcpt" | "data" | "body" | "answer";
export type Trouble = { readonly at: Stage; readonly kind: "cut" | "stall" };
export type SmtpReply = { readonly code: number; readonly text: string };

export type SmtpFake = Awaited<ReturnType<typeof startSmtp>>;

export type SmtpOptions = {
  readonly user?: { readonly name: string; readonly password: string };
  readonly authMethods?: readonly ("PLAIN" | "LOGIN")[];
  readonly pipelining?: boolean;
  readonly startTls?: boolean;
  /** Another certificate than the one the package brings, which nobody trusts. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** TLS from the first byte. */
  readonly implicitTls?: boolean;
  /** Ends the connection with 421 after so many mails. */
  readonly mailsPerConnection?: number;
};

export async function startSmtp(options: SmtpOptions = {}) {
  const taken: TakenMail[] = [];
  /** One is used up by each mail, or greeting, that reaches its stage. */
  const troubles: Trouble[] = [];
  /** By recipient: what is answered instead of taking the mail, at RCPT or after the data. */
  const refusals = new Map<string, SmtpReply & { readonly at: "rcpt" | "data" }>();
  const senderRefusals = new Map<string, SmtpReply>();
  const perConnection = new Map<string, number>();
  const state = { loginRefusal: undefined as SmtpReply | undefined, connections: 0 };

  const hangUp = (session: SMTPServerSession) => {
    for (const connection of server.connections)
      if (connection.session.id === session.id) connection._socket.destroy();
  };
  /** True when the line broke or fell silent here, so that nobody is to answer. */
  const breaksAt = (stage: Stage, session: SMTPServerSession): boolean => {
    if (troubles[0]?.at !== stage) return false;
    if (troubles.shift()?.kind === "cut") hangUp(session);
    return true;
  };

  const config: SMTPServerOptions = {
    authOptional: options.user === undefined,
    allowInsecureAuth: true,
    authMethods: [...(options.authMethods ?? (["PLAIN", "LOGIN"] as const))],
    hideSTARTTLS: options.startTls !== true,
    secure: options.implicitTls === true,
    ...options.certificate,
    disableReverseLookup: true,
    logger: false,
    ...({ hidePIPELINING: options.pipelining === false } as object),
    onConnect(session, done) {
      state.connections++;
      if (!breaksAt("greeting", session)) done();
    },
    onAuth(auth, _session, done) {
      if (state.loginRefusal) return done(replyError(state.loginRefusal));
      const known = auth.username === options.user?.name && auth.password === options.user?.password;
      if (known) done(null, { user: auth.username });
      else done(replyError({ code: 535, text: "5.7.8 Authentication credentials invalid" }));
    },
    onMailFrom(address, session, done) {
      if (breaksAt("mail", session)) return;
      const refusal = senderRefusals.get(address.address);
      const sent = perConnection.get(session.id) ?? 0;
      if (options.mailsPerConnection !== undefined && sent >= options.mailsPerConnection) {
        done(replyError({ code: 421, text: "4.7.0 enough for one connection" }));
        return;
      }
      done(refusal ? replyError(refusal) : null);
    },
    onRcptTo(address, session, done) {
      if (breaksAt("rcpt", session)) return;
      const refusal = refusals.get(address.address);
      done(refusal?.at === "rcpt" ? replyError(refusal) : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      let isBroken = false;
      stream.on("data", (chunk: Buffer) => {
        if (!isBroken && breaksAt("body", session)) isBroken = true;
        chunks.push(chunk);
      });
      stream.on("end", () => {
        if (isBroken) return;
        if (breaksAt("data", session)) return;
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        const refusal = recipients.map((to) => refusals.get(to)).find((reply) => reply?.at === "data");
        if (refusal) return done(replyError(refusal));
        keep(session, recipients, Buffer.concat(chunks).toString("latin1"));
        if (!breaksAt("answer", session))
          done(null, `queued as ${taken.length.toString(16).padStart(8, "0")}`);
      });
    },
  };
  const server = new SMTPServer(config);

  function keep(session: SMTPServerSession, to: readonly string[], raw: string): void {
    perConnection.set(session.id, (perConnection.get(session.id) ?? 0) + 1);
    const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
    const messageId = /^X-Larkpost-Message: (\S+)\r?$/im.exec(raw)?.[1];
    taken.push({ from, to, raw, messageId, session: session.id, secure: session.secure });
  }

  // Our side hanging up in the middle is part of the play.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    host: "127.0.0.1",
    port: (server.server.address() as AddressInfo).port,
    taken,
    troubles,
    refusals,
    senderRefusals,
    state,
    async stop() {
      for (const connection of server.connections) connection._socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function replyError({ code, text }: SmtpReply): Error & { responseCode: number } {
  return Object.assign(new Error(text), { responseCode: code });
}

/** The provider contract over SMTP, against a real server and over a real socket. */

import { idMint } from "#domain/ports";
import { openSmtp } from "#queues/providers/smtp/adapter";
import { openNodeStream } from "../fakes/node-stream.ts";
import { startSmtp } from "../fakes/smtp.ts";
import { type FarEnd, providerContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const user = { name: "shop", password: "pässword" };

async function open(pipelining: boolean, authMethods: readonly ("PLAIN" | "LOGIN")[]): Promise<FarEnd> {
  const server = await startSmtp({ user, pipelining, authMethods });
  server.refusals.set("nobody@people.example", { at: "rcpt", code: 550, text: "5.1.1 no such user" });
  const provider = openSmtp(
    { now: Date.now, env: { PUBLIC_ORIGIN: "https://mail.shop.example" } },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "smtp",
      settings: { host: server.host, port: server.port, security: "none", username: user.name },
      secrets: { password: user.password },
    },
    openNodeStream,
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await server.stop();
    isStopped = true;
  };
  return {
    provider,
    taken: async () => server.taken.map((mail) => mail.messageId),
    poison: "nobody@people.example",
    loseNextAnswer: async () => void server.troubles.push({ at: "answer", kind: "cut" }),
    vanish: stop,
    revoke: async () => {
      server.state.loginRefusal = { code: 535, text: "5.7.8 no" };
    },
    close: stop,
  };
}

providerContract("SMTP with pipelining", () => open(true, ["PLAIN", "LOGIN"]));
providerContract("SMTP without pipelining, AUTH LOGIN", () => open(false, ["LOGIN"]));

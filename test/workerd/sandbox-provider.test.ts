/** The provider contract over the sandbox, with and without idempotency keys, through real calls to the object. */
import { env } from "cloudflare:test";
import { idMint } from "#domain/ports";
import type { Settings } from "#queues/providers/connection";
import { mailboxOf, sandboxProvider } from "#queues/providers/sandbox";
import { type FarEnd, providerContract, smsProviderContract } from "../contracts/provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

type Sandbox = Omit<FarEnd, "provider"> & { readonly provider: ReturnType<typeof sandboxProvider> };

async function open(settings: Settings, poison = "refuse@people.example"): Promise<Sandbox> {
  const connection = {
    tenantId: newId("ten"),
    id: newId("cxn"),
    kind: "sandbox",
    settings,
    secrets: { webhook_secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3" },
  } as const;
  const stub = mailboxOf(env, connection);
  const line = { isCut: false, losesNext: false };
  // The line to the object, which can break before the call or after it.
  const wire: Parameters<typeof sandboxProvider>[0] = {
    async accept(...call) {
      if (line.isCut) throw new Error("Network connection lost.");
      const answer = await stub.accept(...call);
      if (line.losesNext) {
        line.losesNext = false;
        throw new Error("Network connection lost.");
      }
      return answer;
    },
    async ping(identity) {
      if (line.isCut) throw new Error("Network connection lost.");
      return stub.ping(identity);
    },
  };
  return {
    provider: sandboxProvider(wire, connection),
    async taken() {
      const mails = await stub.list({ search: "", before: null, limit: 1_000 });
      const whole = await Promise.all(mails.reverse().map((mail) => stub.mail(mail.id)));
      // A text message has no headers: its id stands beside it.
      return whole.map((mail) =>
        mail?.channel === "sms" ? mail.messageId : mail?.headers["X-Larkpost-Message"],
      );
    },
    poison,
    loseNextAnswer: async () => {
      line.losesNext = true;
    },
    vanish: async () => {
      line.isCut = true;
    },
    close: () => stub.clear(),
  };
}

providerContract("the sandbox", () => open({}));
providerContract("the sandbox without keys", () => open({ idempotency: false, evidence: false }));
smsProviderContract("the sandbox for text messages", () => open({}, "+353870000991"));

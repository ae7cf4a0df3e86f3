/** An SMTP server: no keys, no reports. It hangs up and falls silent at every stage of a conversation. */
import { type Stage, startSmtp } from "../../fakes/smtp.ts";
import { behaviourOf } from "../audience.ts";
import { between, dealer, stream } from "../random.ts";
import type { FarDeps, FarEnd } from "./far-end.ts";

const user = { name: "shop", password: "pw" };
const stages: readonly Stage[] = ["greeting", "mail", "rcpt", "data", "body", "answer"];
/** Where the server is busy, it is so for this long. */
const busyMs = 8_000;

export async function smtpEnd({ plan, journal }: FarDeps, addresses: readonly string[]): Promise<FarEnd> {
  const name = "smtp";
  const server = await startSmtp({ user });
  for (const address of addresses) {
    const behaviour = behaviourOf(address);
    if (behaviour === "refuse")
      server.refusals.set(address, { at: "rcpt", code: 550, text: "5.1.1 no such user" });
    if (behaviour === "defer")
      server.refusals.set(address, { at: "data", code: 450, text: "4.2.1 mailbox busy, try again" });
  }
  const random = stream(plan.seed, "troubles smtp");
  const deal = dealer(
    stages.flatMap((at) => [{ at, kind: "cut" } as const, { at, kind: "stall" } as const]),
    random,
  );
  const apart = Math.max(20, plan.recipients / 30);
  let nextAt = between(random, 0, apart);
  let armed: string | undefined;
  let busyUntilMs: number | undefined;
  const arm = setInterval(() => {
    const count = server.taken.length;
    if (count > 0) busyUntilMs ??= Date.now() + busyMs;
    if (busyUntilMs !== undefined && Date.now() > busyUntilMs)
      for (const [address, { code }] of server.refusals) if (code === 450) server.refusals.delete(address);
    if (armed && server.troubles.length === 0) {
      journal.note(armed, name);
      armed = undefined;
    }
    if (armed || count < nextAt) return;
    const trouble = deal();
    armed = `line ${trouble.kind} at ${trouble.at}`;
    server.troubles.push(trouble);
    nextAt = count + between(random, apart / 2, apart * 1.5);
  }, 5);
  return {
    name,
    channel: "email",
    law: { idempotent: false, evidence: false },
    perCall: 20,
    connection: {
      kind: "smtp",
      settings: { host: server.host, port: server.port, security: "none", username: user.name },
      password: user.password,
    },
    count: () => server.taken.length,
    log: async () =>
      server.taken.flatMap(({ to, messageId = "" }) => to.map((one) => ({ to: one, messageId }))),
    told: () => [],
    left: () => 0,
    async stop() {
      clearInterval(arm);
      await server.stop();
    },
  };
}

/** The answer to a keyword, by the connection it came in by: once, and never twice. */
import { countSame, type NewReply } from "#db/repos/replies";
import { getTenant } from "#db/repos/tenants";
import type { TenantDb } from "#db/scope";
import { answerTo } from "#domain/sms/answers";
import type { Keyword, Language } from "#domain/sms/keywords";
import type { Deps } from "../deps.ts";
import { type Connection, openProvider } from "../providers/index.ts";

const timeoutMs = 15_000;
/** Two machines that answer each other would go on for ever: the same word is answered once a day. */
const quietMs = 24 * 3_600_000;

export async function answerReply(
  deps: Deps,
  scope: TenantDb,
  connection: Connection,
  reply: NewReply & { readonly keyword: Keyword },
  who: { readonly language: Language | undefined; readonly locale: string },
): Promise<void> {
  if ((await countSame(scope, reply, new Date(reply.at.getTime() - quietMs))) > 0) return;
  const tenant = await getTenant(scope);
  const brand = tenant.fromName || tenant.name;
  const contact = tenant.replyTo || tenant.fromEmail;
  const text = answerTo(reply.keyword, { ...who, brand, contact });
  const messageId = deps.newId("msg");
  // Sendmode's replies come in by numbers that are not always senders of the account: there it chooses its own.
  const from = connection.kind === "sendmode" ? "" : reply.toAddress;
  const sms = { channel: "sms", messageId, from, to: reply.fromAddress, text } as const;
  const result = await openProvider(deps, connection).send([sms], { idempotencyKey: messageId, timeoutMs });
  const outcome = result.kind === "settled" ? result.outcomes[0] : result.refusal;
  if (outcome?.kind !== "accepted")
    deps.log("reply.unanswered", {
      tenant: scope.tenantId,
      connection: connection.id,
      keyword: reply.keyword,
      outcome: outcome?.kind ?? "none",
    });
}

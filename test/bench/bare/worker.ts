/** The bare ceiling of sending: the same template and renderer, the same provider; no ledger, no tracking, no queue. */

import type { ConnectionId, ContactId, MessageId, TenantId } from "#domain/ids";
import { compileContent } from "#domain/message/compile";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { idMint } from "#domain/ports";
import type { OutgoingEmail } from "#domain/sending/provider";
import { tokenLength } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";
import { openProvider } from "#queues/providers/index";
import { type BenchContent, personOf } from "../people.ts";

type Order = { readonly recipients: number; readonly providerUrl: string; readonly content: BenchContent };
const atOnce = 3;

async function sendAll(order: Order): Promise<number> {
  // The same mail, tracked links and all; only the tokens in them are always the same.
  const compiled = compileContent(order.content, { trackOpens: true, trackClicks: true });
  if (!compiled.ok) throw new Error("the template of the bench does not compile");
  const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
  const connection = {
    tenantId: newId("ten") as TenantId,
    id: newId("cxn") as ConnectionId,
    kind: "resend" as const,
    settings: { base_url: order.providerUrl },
    secrets: { api_key: "re_test_full" },
  };
  const provider = openProvider({ now: Date.now } as never, connection);
  const token = "t".repeat(tokenLength);
  const urls = recipientUrls(
    "http://127.0.0.1:8787",
    connection.tenantId,
    {
      track: token,
      consent: token,
      view: token,
    },
    newId("run"),
  );
  const around = { tenantName: "Bench", nowMs: Date.now() };
  const size = provider.traits.maxBatch;
  let next = 0;
  let sent = 0;
  const lane = async () => {
    while (next < order.recipients) {
      const from = next;
      next = Math.min(order.recipients, next + size);
      const batch: OutgoingEmail[] = [];
      for (let i = from; i < next; i++) {
        const person = personOf(i);
        const mail = renderMessage(compiled.value, inputsOf(compiled.value, person, around), urls);
        if (!mail.ok) throw new Error(mail.error.message);
        const { subject, html, text, headers } = mail.value;
        batch.push({
          messageId: newId("msg") as MessageId,
          from: { email: "news@shop.example" },
          to: { email: person.email ?? "" },
          subject,
          html,
          text,
          headers,
        });
      }
      const result = await provider.send(batch, {
        idempotencyKey: `bare-${newId("ctc") satisfies ContactId}`,
        timeoutMs: 30_000,
      });
      if (result.kind === "settled") sent += result.outcomes.filter((o) => o.kind === "accepted").length;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return sent;
}

export default {
  async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/health") return Response.json({ status: "ok" });
    const sent = await sendAll((await request.json()) as Order);
    return Response.json({ sent });
  },
};

/** A Worker that sends by SMTP the mails it is posted, and answers with what became of them. */
import type { OutgoingEmail } from "#domain/sending/provider";
import type { Connection } from "#queues/providers/index";
import { openSmtp } from "#queues/providers/smtp/adapter";

export type SmtpOrder = { readonly connection: Connection; readonly batch: readonly OutgoingEmail[] };

const worker = {
  async fetch(request: Request): Promise<Response> {
    const { connection, batch } = (await request.json()) as SmtpOrder;
    const env = { PUBLIC_ORIGIN: "https://mail.shop.example" };
    const provider = openSmtp({ now: Date.now, env }, connection);
    return Response.json(await provider.send(batch, { idempotencyKey: "k", timeoutMs: 5_000 }));
  },
};
// biome-ignore lint/style/noDefaultExport: workerd looks for it
export default worker;

/** Transactional messages by SMTP: workerd's own sockets and a real server, files and doubts included. */
import { expect, test } from "vitest";
import { type ApiClient, until } from "#test/support/client";
import { newTenant } from "#test/support/stack";
import { startSmtp } from "../fakes/smtp.ts";

type View = { id: string; state: string; reason: string; provider_message_id: string | null };

async function desk() {
  const server = await startSmtp({ user: { name: "shop", password: "pw" } });
  const { client } = await newTenant();
  const { id: connection_id } = await client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "smtp",
    name: "Our server",
    settings: { host: server.host, port: server.port, security: "none", username: "shop" },
    password: "pw",
  });
  const send = (more: Record<string, unknown> = {}) =>
    client.call<View>("POST", "/v1/messages", {
      to: `p-${crypto.randomUUID()}@people.example`,
      from: { email: "login@shop.example", name: "Shop" },
      subject: "Your receipt",
      text: "Thank you.",
      connection_id,
      ...more,
    });
  return { server, client, send };
}
const settled = (client: ApiClient, id: string) =>
  until("the message to be settled", async () => {
    const now = await client.call<View>("GET", `/v1/messages/${id}`);
    return !["queued", "sending"].includes(now.state) && now;
  });

test("a receipt arrives with its file, byte for byte", async () => {
  const { server, client, send } = await desk();
  const file = Buffer.from("%PDF-1.4 a receipt\n".repeat(500));
  const { id } = await send({
    attachments: [
      { filename: "receipt.pdf", content_type: "application/pdf", content: file.toString("base64") },
    ],
  });
  expect(await settled(client, id)).toMatchObject({ state: "accepted" });
  const [mail, ...more] = server.taken;
  expect(more).toEqual([]);
  const raw = mail?.raw ?? "";
  expect(raw).toMatch(/filename="?receipt\.pdf/);
  expect(raw.replace(/\s+/g, "")).toContain(file.toString("base64"));
  expect(raw).toMatch(/^Auto-Submitted: auto-generated/m);
  await server.stop();
});

test("an answer that was lost leaves the message in doubt, and nobody gets it twice; a refusal has the server's words", async () => {
  const { server, client, send } = await desk();
  server.troubles.push({ at: "answer", kind: "cut" });
  const doubt = await settled(client, (await send()).id);
  expect(doubt.state).toBe("unknown");
  expect(server.taken).toHaveLength(1);
  server.refusals.set("nobody@people.example", { at: "rcpt", code: 550, text: "5.1.1 no such user" });
  const refused = await settled(client, (await send({ to: "nobody@people.example" })).id);
  expect(refused).toMatchObject({ state: "failed" });
  expect(refused.reason).toContain("no such user");
  await server.stop();
});

/** A campaign by SMTP: workerd's own sockets, a real server, and books that say only what SMTP can know. */
import { expect, test } from "vitest";
import { startSmtp } from "../fakes/smtp.ts";
import { openShop } from "./shop.ts";

const user = { name: "shop", password: "pw" };

async function openSmtpShop(server: { host: string; port: number }) {
  const shop = await openShop();
  const made = await shop.client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "smtp",
    name: "Our server",
    rate_per_second: 10_000,
    settings: { host: server.host, port: server.port, security: "none", username: user.name },
    password: user.password,
  });
  return { ...shop, campaign: () => shop.campaign({ connection_id: made.id }) };
}

test("every recipient gets one mail, and a refused one is failed with the server's words", async () => {
  const server = await startSmtp({ user });
  const shop = await openSmtpShop(server);
  await shop.addPeople(44);
  await shop.addPeople(1, { email: "nobody@people.example" });
  server.refusals.set("nobody@people.example", { at: "rcpt", code: 550, text: "5.1.1 no such user" });
  const campaign = await shop.campaign();
  await shop.act(campaign, "send");
  await shop.reach(campaign, "completed");
  expect(await shop.books(campaign)).toMatchObject({
    audience: 45,
    balances: true,
    states: { accepted: 44, failed: 1 },
  });
  expect(server.taken).toHaveLength(44);
  expect(new Set(server.taken.map((mail) => mail.messageId)).size).toBe(44);
  expect(new Set(server.taken.flatMap((mail) => mail.to)).size).toBe(44);
  await server.stop();
});

test("an answer lost after the mail was taken leaves one mail in doubt, sent to nobody twice", async () => {
  const server = await startSmtp({ user });
  const shop = await openSmtpShop(server);
  await shop.addPeople(5);
  server.troubles.push({ at: "answer", kind: "cut" });
  const campaign = await shop.campaign();
  await shop.act(campaign, "send");
  await expect
    .poll(async () => (await shop.books(campaign)).states, { timeout: 30_000 })
    .toMatchObject({ accepted: 4, unknown: 1 });
  expect(server.taken).toHaveLength(5);
  expect(new Set(server.taken.map((mail) => mail.messageId)).size).toBe(5);
  await server.stop();
});

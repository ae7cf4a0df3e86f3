/** Mailboxes that put messages off slow their own kind down at that connection, and nobody else. */
import { expect, test } from "vitest";
import { until } from "#test/support/client";
import { openShop } from "./shop.ts";

type Health = { slowed: { mailboxes: string; rate_per_second: number; before_per_second: number }[] };

test("when too many of one kind are put off, that kind is written to more slowly; the others go on", async () => {
  const shop = await openShop();
  for (let i = 0; i < 24; i++)
    await shop.addPeople(1, { email: `defer-${i}-${crypto.randomUUID()}@gmail.com` });
  await shop.addPeople(6);
  const health = () => shop.client.call<Health>("GET", `/v1/connections/${shop.connectionId}/health`);
  expect((await health()).slowed).toEqual([]);
  const id = await shop.campaign();
  await shop.act(id, "send");
  const { slowed } = await until("the pace to be cut", async () => {
    const now = await health();
    return now.slowed.length > 0 && now;
  });
  expect(slowed).toHaveLength(1);
  expect(slowed[0]?.mailboxes).toBe("gmail");
  expect(slowed[0]?.rate_per_second).toBeLessThan(slowed[0]?.before_per_second ?? 0);
  await until("everybody else to have theirs", async () => (await shop.mails()).length === 6);
  const books = await shop.books(id);
  expect(books).toMatchObject({ audience: 30, balances: true });
  expect(books.states.failed).toBe(0);
  await shop.act(id, "cancel");
});

/** A campaign from draft to its end, on the running stack. */
import { expect, test } from "vitest";
import { Refused, until } from "#test/support/client";
import { stack, triggerCron } from "#test/support/stack";
import { openShop, sum } from "./shop.ts";

test("everyone who may be written to gets one mail, everyone else a reason, and the books balance", async () => {
  const shop = await openShop();
  const { client } = shop;
  await shop.addPeople(12);
  const [left = ""] = await shop.addPeople(1);
  await client.call("PUT", `/v1/contacts/${left}/consent`, { channel: "email", status: "unsubscribed" });
  await shop.addPeople(2, { email_consent: "none" });
  await shop.addPeople(1, { email: null, phone: "+353871234567", email_consent: "none" });
  await shop.addPeople(1, { email: "blocked@people.example" });
  await client.call("POST", "/v1/suppressions", { address: "blocked@people.example" });
  const excluded = await shop.addPeople(3);
  const list = await client.call<{ id: string }>("POST", "/v1/lists", { name: "Not these" });
  await client.call("POST", `/v1/lists/${list.id}/contacts`, { add: excluded });

  const audience = { everyone: true, exclude_lists: [list.id] };
  const skipped = { excluded: 3, no_address: 1, suppressed: 1, unsubscribed: 1, no_consent: 2 };
  const before = await client.call("POST", "/v1/campaigns/audience", { audience });
  expect(before).toEqual({ audience: 20, to_send: 12, skipped });

  const id = await shop.campaign({ audience });
  expect((await shop.act(id, "send")).state).toBe("preparing");
  await shop.reach(id, "completed");
  const books = await shop.books(id);
  expect(books).toMatchObject({ audience: 20, frozen: true, balances: true, skipped });
  expect(sum(books.states)).toBe(20);
  const mails = await shop.mails();
  expect(mails).toHaveLength(12);
  expect(new Set(mails.map((m) => m.to)).size).toBe(12);
});

test("launched twice at once, it is launched once", async () => {
  const shop = await openShop();
  await shop.addPeople(5);
  const id = await shop.campaign();
  const tries = await Promise.allSettled([1, 2, 3, 4].map(() => shop.act(id, "send")));
  expect(tries.filter((t) => t.status === "fulfilled")).toHaveLength(1);
  for (const lost of tries.filter((t) => t.status === "rejected"))
    expect((lost.reason as Refused).status).toBe(409);
  await shop.reach(id, "completed");
  expect(await shop.mails()).toHaveLength(5);
});

test("paused it sends nothing more; resumed it goes on with the rest; nobody is mailed twice", async () => {
  const shop = await openShop({ rate: 1 });
  await shop.addPeople(4);
  // Another campaign empties the bucket first, so that this one has to wait with its people still queued.
  const first = await shop.campaign({ name: "First" });
  await shop.act(first, "send");
  await shop.reach(first, "completed");
  const id = await shop.campaign();
  await shop.act(id, "send");
  await until("the audience to be frozen", async () => (await shop.books(id)).frozen);
  expect(await shop.act(id, "pause")).toMatchObject({ state: "paused", pause_reason: "by_person" });
  // The bucket is full again after four seconds and more: only the pause holds the run back.
  await until("the bucket to be full", async () => {
    const third = await shop.campaign({ name: "Third" });
    await shop.act(third, "send");
    await shop.reach(third, "completed");
    return true;
  });
  expect((await shop.books(id)).states).toMatchObject({ queued: 4, accepted: 0, delivered: 0 });
  expect(await shop.act(id, "resume")).toMatchObject({ state: "sending", pause_reason: null });
  await shop.reach(id, "completed");
  const mails = await shop.mails();
  expect(mails).toHaveLength(12);
  const perPerson = new Map<string, number>();
  for (const { to } of mails) perPerson.set(to, (perPerson.get(to) ?? 0) + 1);
  expect([...perPerson.values()]).toEqual([3, 3, 3, 3]);
});

test("somebody who leaves after the freeze is not written to", async () => {
  const shop = await openShop({ rate: 1 });
  const people = await shop.addPeople(4);
  const id = await shop.campaign();
  // Another campaign empties the bucket first, so that this one has to wait with its people still queued.
  const first = await shop.campaign({ name: "First" });
  await shop.act(first, "send");
  await shop.reach(first, "completed");
  await shop.act(id, "send");
  await until("the audience to be frozen", async () => (await shop.books(id)).frozen);
  await shop.client.call("PUT", `/v1/contacts/${people[0]}/consent`, {
    channel: "email",
    status: "unsubscribed",
  });
  await shop.reach(id, "completed");
  expect(await shop.books(id)).toMatchObject({ audience: 4, balances: true, skipped: { unsubscribed: 1 } });
  expect(await shop.mails()).toHaveLength(4 + 3);
});

test("cancelled, those not yet tried end as skipped, and the run is over", async () => {
  const shop = await openShop({ rate: 1 });
  await shop.addPeople(3);
  const first = await shop.campaign({ name: "First" });
  await shop.act(first, "send");
  await shop.reach(first, "completed");
  const id = await shop.campaign();
  await shop.act(id, "send");
  await until("the audience to be frozen", async () => (await shop.books(id)).frozen);
  await shop.act(id, "cancel");
  const books = await until("nothing to be left", async () => {
    const now = await shop.books(id);
    return now.states.queued === 0 && now.states.sending === 0 && now;
  });
  expect(books).toMatchObject({ audience: 3, balances: true, skipped: { cancelled: 3 } });
  await expect(shop.act(id, "resume")).rejects.toMatchObject({ status: 409 });
});

test("a scheduled campaign goes out when its moment has come, and not before", async () => {
  const shop = await openShop();
  await shop.addPeople(2);
  const id = await shop.campaign();
  const at = new Date(Date.now() + 1_500).toISOString();
  expect(await shop.act(id, "schedule", { at })).toMatchObject({ state: "scheduled", scheduled_at: at });
  await triggerCron();
  expect((await shop.view(id)).state).toBe("scheduled");
  await until("its moment", async () => {
    await triggerCron();
    return (await shop.view(id)).state !== "scheduled";
  });
  await shop.reach(id, "completed");
  expect(await shop.mails()).toHaveLength(2);
});

test("a scheduled campaign that cannot go out any more is a draft again and says why", async () => {
  const shop = await openShop();
  const [only = ""] = await shop.addPeople(1);
  const id = await shop.campaign();
  await shop.act(id, "schedule", { at: new Date(Date.now() + 800).toISOString() });
  await shop.client.call("PUT", `/v1/contacts/${only}/consent`, { channel: "email", status: "unsubscribed" });
  const back = await until("the sweep", async () => {
    await triggerCron();
    const now = await shop.view(id);
    return now.state === "draft" && now;
  });
  expect(back.pause_detail).toContain("Nobody in this audience can be mailed");
});

test("what is not ready is not sent, and every reason is told at once", async () => {
  const shop = await openShop();
  const { id } = await shop.client.call<{ id: string }>("POST", "/v1/campaigns", { name: "Empty" });
  const refused = await shop.act(id, "send").catch((error: Refused) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).status).toBe(422);
  expect((refused as Refused).problem.errors?.map((e) => e.pointer)).toEqual([
    "/sender",
    "/template",
    "/subject",
    "/audience",
  ]);
});

test("an edit based on an old reading is refused, and nothing is lost", async () => {
  const shop = await openShop();
  const id = await shop.campaign();
  const read = await shop.client.send("GET", `/v1/campaigns/${id}`);
  const etag = read.headers.get("etag") ?? "";
  const mine = await shop.client.send(
    "PATCH",
    `/v1/campaigns/${id}`,
    { subject: "Mine" },
    { "if-match": etag },
  );
  expect(mine.status).toBe(200);
  const late = await shop.client.send(
    "PATCH",
    `/v1/campaigns/${id}`,
    { subject: "Late" },
    { "if-match": etag },
  );
  expect(late.status).toBe(412);
  expect(await shop.client.call("GET", `/v1/campaigns/${id}`)).toMatchObject({ subject: "Mine" });
});

test("the live socket shows the run until it is completed, and closes when asked", async () => {
  const shop = await openShop({ rate: 20 });
  await shop.addPeople(10);
  const id = await shop.campaign();
  await shop.act(id, "send");
  const url = `${stack().origin.replace("http", "ws")}/v1/campaigns/${id}/live?tenant_id=${shop.tenantId}`;
  const socket = new WebSocket(url, {
    headers: { cookie: shop.client.cookie(), origin: stack().origin },
  } as never);
  const frames: { state: string; accepted: number; audience: number }[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("error", () => reject(new Error("the socket failed")));
    socket.addEventListener("close", () => resolve());
    socket.addEventListener("message", (message) => {
      const frame = JSON.parse(String(message.data));
      frames.push(frame);
      if (frame.state === "completed") socket.close(1000);
    });
  });
  expect(frames.at(-1)).toMatchObject({ state: "completed", audience: 10, accepted: 10 });
});

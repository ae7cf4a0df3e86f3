/** What people write back, from the provider's call to the decision of a person, on the whole stack. */
import { describe, expect, test } from "vitest";
import { smsHook } from "#test/support/belongings";
import { until } from "#test/support/client";
import { newTenant, type TestTenant } from "#test/support/stack";

type Reply = {
  id: string;
  contact: { id: string; name: string } | null;
  from: string;
  text: string;
  keyword: string | null;
  needs_review: boolean;
};
type Page = { data: Reply[]; next_cursor: string | null };
type Contact = { id: string; sms_consent: string; email_consent: string };

async function texting() {
  const tenant = await newTenant();
  const { client } = tenant;
  return { tenant, client, hook: await smsHook(client) };
}

const wrote = (url: string, from: string, command: string) =>
  fetch(`${url}&${new URLSearchParams({ mobilenumber: from.replace("+", ""), command, sentto: "50015" })}`);

async function person({ client }: Pick<TestTenant, "client">, phone: string): Promise<Contact> {
  const email = `p-${crypto.randomUUID()}@shop.example`;
  const { id } = await client.call<Contact>("POST", "/v1/contacts", { email, phone, first_name: "Ann" });
  const consent = { channel: "sms", status: "subscribed", wording: "Asked in the shop" };
  await client.call("PUT", `/v1/contacts/${id}/consent`, consent);
  return client.call<Contact>("GET", `/v1/contacts/${id}`);
}

const listed = (client: TestTenant["client"], count: number, query = "") =>
  until(`${count} replies`, async () => {
    const { data } = await client.call<Page>("GET", `/v1/replies${query}`);
    return data.length >= count ? data : undefined;
  });

describe("a reply", () => {
  test("is answered with the word the provider waits for, and only where its token is right", async () => {
    const { hook } = await texting();
    const answer = await wrote(hook.url, "+353871234567", "Hello");
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      expect.stringContaining("text/plain"),
      "True",
    ]);
    expect((await wrote(hook.url.replace("s3cret", "guess"), "+353871234567", "Hello")).status).toBe(401);
  });

  test("STOP takes the person out of texts and leaves their mail alone", async () => {
    const { tenant, client, hook } = await texting();
    const ann = await person(tenant, "+353871234567");
    await wrote(hook.url, "+353871234567", "STOP");
    expect(await listed(client, 1)).toMatchObject([
      { from: "+353871234567", keyword: "stop", needs_review: false, contact: { id: ann.id, name: "Ann" } },
    ]);
    const now = await client.call<Contact>("GET", `/v1/contacts/${ann.id}`);
    expect([now.sms_consent, now.email_consent]).toEqual(["unsubscribed", ann.email_consent]);
    const { data } = await client.call<{ data: object[] }>("GET", "/v1/suppressions");
    expect(data).toMatchObject([{ channel: "sms", address: "+353871234567", reason: "opted_out" }]);
  });

  test("that asks without a keyword waits for a decision, which is made once", async () => {
    const { tenant, client, hook } = await texting();
    const ann = await person(tenant, "+353871234567");
    await wrote(hook.url, "+353871234567", "please stop writing to me");
    const [waiting] = await listed(client, 1, "?needs_review=true");
    expect(waiting).toMatchObject({ keyword: null, needs_review: true });
    const path = `/v1/replies/${waiting?.id}/review`;
    expect(await client.call<Reply>("POST", path, { decision: "unsubscribe" })).toMatchObject({
      needs_review: false,
    });
    expect(await client.call<Contact>("GET", `/v1/contacts/${ann.id}`)).toMatchObject({
      sms_consent: "unsubscribed",
    });
    expect((await client.send("POST", path, { decision: "keep" })).status).toBe(409);
    expect((await client.call<Page>("GET", "/v1/replies?needs_review=true")).data).toEqual([]);
  });

  test("that is kept as it is changes nothing", async () => {
    const { tenant, client, hook } = await texting();
    const ann = await person(tenant, "+353871234567");
    await wrote(hook.url, "+353871234567", "don't text me at night please");
    const [waiting] = await listed(client, 1);
    await client.call("POST", `/v1/replies/${waiting?.id}/review`, { decision: "keep" });
    expect(await client.call<Contact>("GET", `/v1/contacts/${ann.id}`)).toMatchObject({
      sms_consent: "subscribed",
    });
    expect((await client.call<{ data: object[] }>("GET", "/v1/suppressions")).data).toEqual([]);
  });

  test("is found by person and keyword, newest first and page by page", async () => {
    const { tenant, client, hook } = await texting();
    const ann = await person(tenant, "+353871234567");
    for (const [from, words] of [
      ["+353871234567", "one"],
      ["+353871234567", "two"],
      ["+353871234568", "STOP"],
    ] as const) {
      await wrote(hook.url, from, words);
      await until(words, async () => {
        const { data } = await client.call<Page>("GET", "/v1/replies");
        return data.some((reply) => reply.text === words) || undefined;
      });
    }
    expect((await listed(client, 2, `?contact=${ann.id}`)).map((reply) => reply.text)).toEqual([
      "two",
      "one",
    ]);
    expect((await listed(client, 1, "?keyword=stop")).map((reply) => reply.contact)).toEqual([null]);
    const first = await client.call<Page>("GET", "/v1/replies?limit=2");
    const second = await client.call<Page>("GET", `/v1/replies?limit=2&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data].map((reply) => reply.text)).toEqual(["STOP", "two", "one"]);
    expect(second.next_cursor).toBeNull();
  });
});

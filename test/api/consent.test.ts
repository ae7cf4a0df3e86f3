/** Consent over the API: who left stays left, however their contact is changed, until they themselves come back. */
import { beforeAll, expect, test } from "vitest";
import type { ApiClient } from "#test/support/client";
import { newTenant } from "#test/support/stack";
import { refused } from "./support/refused.ts";

type Contact = { id: string; email_consent: string; suppressed: string | null };
type Entry = { kind: string; title: string };

let client: ApiClient;
beforeAll(async () => {
  ({ client } = await newTenant("Consent"));
});
const add = (body: object) => client.call<Contact>("POST", "/v1/contacts", body);
const unique = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}@example.com`;

const set = (id: string, body: object) =>
  client.call<Contact>("PUT", `/v1/contacts/${id}/consent`, { channel: "email", ...body });

test("who left comes back only when it is said that they asked for it", async () => {
  const { id } = await add({ email: unique("leaver"), email_consent: "subscribed" });
  expect((await set(id, { status: "unsubscribed" })).email_consent).toBe("unsubscribed");
  expect(await refused(set(id, { status: "subscribed" }))).toEqual([422, ["/confirmed"]]);
  expect(
    (await set(id, { status: "subscribed", confirmed: true, wording: "On the phone" })).email_consent,
  ).toBe("subscribed");
  await set(id, { status: "subscribed" });
  const { data } = await client.call<{ data: Entry[] }>("GET", `/v1/contacts/${id}/timeline`);
  expect(data.filter((e) => e.kind === "consent").map((e) => e.title)).toEqual([
    "E-mail: subscribed",
    "E-mail: unsubscribed",
    "E-mail: subscribed",
  ]);
});

test("nobody consents on a channel they have no address for", async () => {
  const { id } = await add({ email: unique("nophone") });
  expect(await refused(set(id, { channel: "sms", status: "subscribed" }))).toEqual([422, ["/channel"]]);
});

test.each(["deleted", "given another address"])(
  "the address of someone who left stays left when the contact is %s",
  async (how) => {
    const email = unique("gone");
    const { id } = await add({ email, email_consent: "subscribed" });
    await set(id, { status: "unsubscribed" });
    if (how === "deleted") await client.call("DELETE", `/v1/contacts/${id}`);
    else await client.call("PATCH", `/v1/contacts/${id}`, { email: unique("new") });
    const again = await add({ email, email_consent: "subscribed" });
    expect(again.suppressed).toBe("manual");
  },
);

test("the address of someone who did not leave is free again", async () => {
  const email = unique("free");
  const { id } = await add({ email, email_consent: "subscribed" });
  await client.call("DELETE", `/v1/contacts/${id}`);
  expect((await client.send("GET", `/v1/contacts/${id}`)).status).toBe(404);
  expect((await add({ email })).suppressed).toBeNull();
});

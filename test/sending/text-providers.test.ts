/** Every provider of text messages through the whole stack: sent once, followed to the end, STOP and START obeyed. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type ApiClient, until } from "#test/support/client";
import { newTenant } from "#test/support/stack";
import { sendmode, type TextVendor, twilio } from "./vendors/text.ts";
import { type Wire, watchPosts } from "./vendors/vendor.ts";

type Message = {
  id: string;
  message_id: string;
  state: string;
  reason: string;
  to: string;
  segments: number;
};
type Person = { id: string; phone: string; sms_consent: string; email_consent: string };
type Suppression = { channel: string; address: string; reason: string };

let wire: Wire;
beforeEach(() => {
  wire = watchPosts();
});
afterEach(() => wire.stop());

async function texting(vendor: TextVendor) {
  const { client } = await newTenant();
  const made = await client.call<{ id: string; webhook_url: string }>("POST", "/v1/connections", {
    kind: vendor.kind,
    name: "Texts",
    rate_per_second: 1_000,
    ...vendor.connection,
  });
  const verify = `/v1/connections/${made.id}/verify`;
  expect(await client.call("POST", verify)).toEqual({ ok: true, reason: "" });
  vendor.listen(made.webhook_url);
  return { client, id: made.id, hook: made.webhook_url };
}

async function person(client: ApiClient, phone: string): Promise<Person> {
  const { id } = await client.call<Person>("POST", "/v1/contacts", { phone, first_name: "Pat" });
  const consent = { channel: "sms", status: "subscribed", wording: "Asked in the shop" };
  await client.call("PUT", `/v1/contacts/${id}/consent`, consent);
  return client.call<Person>("GET", `/v1/contacts/${id}`);
}

const view = (client: ApiClient, id: string) => client.call<Message>("GET", `/v1/messages/${id}`);
const reach = (client: ApiClient, id: string, state: string) =>
  until(`the text to be ${state}`, async () => {
    const now = await view(client, id);
    return now.state === state && now;
  });

const timeline = (client: ApiClient, id: string) =>
  client.call<{ data: { title: string }[] }>("GET", `/v1/contacts/${id}/timeline`);

/** All that a report or a reply could change, but for what becomes of some. */
async function picture(client: ApiClient, save: { messagesTo: string; people: string[] }): Promise<unknown> {
  const people = (await client.all<Person>("/v1/contacts")).filter(
    ({ phone }) => !save.people.includes(phone),
  );
  const messages = await client.all<Message>("/v1/messages");
  const suppressions = await client.all<Suppression>("/v1/suppressions");
  return {
    people,
    timelines: await Promise.all(people.map(({ id }) => timeline(client, id))),
    messages: await Promise.all(
      messages.filter(({ to }) => to !== save.messagesTo).map(({ id }) => view(client, id)),
    ),
    replies: await client.all("/v1/replies"),
    suppressions: suppressions.filter(({ address }) => !save.people.includes(address)),
  };
}

const phones = ["well", "hard", "soft", "refused", "stopper", "late"] as const;
const phoneOf = (name: (typeof phones)[number]) => `+35387100000${phones.indexOf(name)}`;

const vendors: readonly (readonly [string, () => Promise<TextVendor>])[] = [
  ["Twilio", twilio],
  ["Sendmode 3", sendmode("engage-3")],
  ["Sendmode 2", sendmode("rest-2")],
  ["Sendmode by HTTP", sendmode("http")],
];

describe.each(vendors)("%s", (_name, open) => {
  test("takes each text once, and reports, STOP and START count once, twice or reversed or forged", async () => {
    const vendor = await open();
    onTestFinished(vendor.stop);
    const { client, id, hook } = await texting(vendor);
    const { tells } = vendor;
    vendor.refuse(phoneOf("refused"));
    const people = new Map<string, Person>();
    for (const name of phones) people.set(name, await person(client, phoneOf(name)));
    const text = (name: string, more: object = {}) =>
      client.call<Message>("POST", "/v1/messages", {
        channel: "sms",
        contact_id: people.get(name)?.id,
        connection_id: id,
        text: "Your parcel is here: šť €",
        ...more,
      });
    const sent = new Map<string, Message>();
    for (const name of phones) sent.set(name, await text(name));
    const of = (name: (typeof phones)[number]) => sent.get(name) as Message;
    for (const name of phones)
      if (name !== "refused") expect((await reach(client, of(name).id, "accepted")).segments).toBe(1);
    expect((await reach(client, of("refused").id, "failed")).reason).toMatch(/mobile/i);
    expect(
      vendor
        .taken()
        .map(({ messageId }) => messageId)
        .sort(),
    ).toEqual(phones.flatMap((name) => (name === "refused" ? [] : [of(name).message_id])).sort());
    for (const { text: words } of vendor.taken()) expect(words).toBe("Your parcel is here: šť €");

    tells.delivered(phoneOf("well"));
    tells.delivered(phoneOf("stopper"));
    tells.soft(phoneOf("soft"));
    tells.hard?.(phoneOf("hard"));
    await vendor.deliver();
    await reach(client, of("well").id, "delivered");
    await reach(client, of("stopper").id, "delivered");
    await reach(client, of("soft").id, "bounced");
    if (tells.hard) await reach(client, of("hard").id, "bounced");
    const suppressed = async () =>
      (await client.all<Suppression>("/v1/suppressions")).map(({ address, reason }) => [address, reason]);
    const bounced = tells.hard ? [[phoneOf("hard"), "bounced"]] : [];
    expect(await suppressed()).toEqual(bounced);

    const consent = async () =>
      (await client.call<Person>("GET", `/v1/contacts/${people.get("stopper")?.id}`)).sms_consent;
    vendor.writes(hook, phoneOf("stopper"), "Stop");
    await vendor.deliver();
    await until("STOP to be obeyed", async () => (await consent()) === "unsubscribed");
    expect((await suppressed()).sort()).toEqual([...bounced, [phoneOf("stopper"), "opted_out"]].sort());
    const takenBefore = vendor.taken().length;
    expect(await text("stopper")).toMatchObject({ state: "skipped", reason: "suppressed" });
    expect(vendor.taken()).toHaveLength(takenBefore);
    vendor.writes(hook, phoneOf("stopper"), "START");
    await vendor.deliver();
    await until("START to be obeyed", async () => (await consent()) === "subscribed");
    expect(await suppressed()).toEqual(bounced);
    if (vendor.letsBackIn) await reach(client, (await text("stopper")).id, "accepted");

    const late = phoneOf("late");
    const save = {
      messagesTo: late,
      people: vendor.numbersReplies ? [late] : [late, phoneOf("stopper")],
    };
    const lines = async () => (await timeline(client, people.get("stopper")?.id ?? "")).data;
    const before = await picture(client, save);
    const linesBefore = await lines();
    const genuine = [...wire.seen];
    const again = [...genuine, ...genuine].reverse();
    for (const post of again) expect(await wire.post(post)).toBeLessThan(300);
    tells.delivered(phoneOf("late"));
    const [last, ...more] = await wire.heldBack(vendor.deliver);
    if (!last) throw new Error("nothing was held back");
    expect(more).toEqual([]);
    for (const { how, post } of vendor.forged(last)) expect(await wire.post(post), how).toBe(401);
    expect((await view(client, of("late").id)).state).toBe("accepted");
    await vendor.deliver();
    await reach(client, of("late").id, "delivered");
    const hooks = `/v1/connections/${id}/reports`;
    await until("all that came again to be read", async () => {
      const { last_24_hours: lately } = await client.call<{ last_24_hours: { reports: number } }>(
        "GET",
        hooks,
      );
      return lately.reports === genuine.length + again.length + 1;
    });
    expect(await picture(client, save)).toEqual(before);
    if (vendor.numbersReplies) return;
    // A STOP after a START, and nobody can tell whether it is new: obeyed, once, and START told again undoes nothing.
    expect(await consent()).toBe("unsubscribed");
    expect((await suppressed()).sort()).toEqual([...bounced, [phoneOf("stopper"), "opted_out"]].sort());
    const [stopped, ...rest] = await lines();
    expect(stopped?.title).toBe("SMS: unsubscribed");
    expect(rest).toEqual(linesBefore);
  });
});

/** Every provider of mail through the whole stack: connected, proved, sent through, reported by, and not to be fooled. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { until } from "#test/support/client";
import { stack } from "#test/support/stack";
import { startSmtp } from "../fakes/smtp.ts";
import { openShop, type Shop, sum } from "./shop.ts";
import { mailgun } from "./vendors/mailgun.ts";
import { postmark } from "./vendors/postmark.ts";
import { resend } from "./vendors/resend.ts";
import { sendgrid } from "./vendors/sendgrid.ts";
import { ses } from "./vendors/ses.ts";
import { type Vendor, type Wire, watchPosts } from "./vendors/vendor.ts";

type Connection = { id: string; webhook_url: string; verified_at: string | null; last_error: string };
type Row = { address: string; state: string; reason: string; contact_id: string };
type Report = { opened: number; machine_opened: number; clicked: number; machine_clicked: number };

const cast = ["hard", "soft", "angry", "leaver", "reader", "late"] as const;
const addressOf = (name: (typeof cast)[number]) => `${name}@people.example`;
const others = 24;
const sent = others + cast.length;

let wire: Wire;
beforeEach(() => {
  wire = watchPosts();
});
afterEach(() => wire.stop());

/** As a person does it in the dashboard: the form, the proof, then the address to paste at the provider. */
async function connect(shop: Shop, body: object): Promise<Connection> {
  const { client } = shop;
  const made = await client.call<Connection>("POST", "/v1/connections", { name: "Ours", ...body });
  const verify = `/v1/connections/${made.id}/verify`;
  expect(await client.call("POST", verify)).toEqual({ ok: true, reason: "" });
  const { data } = await client.call<{ data: Connection[] }>("GET", "/v1/connections");
  const shown = data.find(({ id }) => id === made.id);
  expect(shown).toMatchObject({ last_error: "", verified_at: expect.any(String) });
  return made;
}

async function sendTo(shop: Shop, connection: string, poison: string): Promise<string> {
  for (const name of cast) await shop.addPeople(1, { email: addressOf(name) });
  await shop.addPeople(1, { email: poison });
  await shop.addPeople(others);
  const campaign = await shop.campaign({ connection_id: connection });
  await shop.act(campaign, "send");
  await shop.reach(campaign, "completed");
  return campaign;
}

/** All that a report could change, save for what concerns one person. */
async function picture({ client }: Shop, campaign: string, save: string): Promise<unknown> {
  const rows = await client.all<Row>(`/v1/campaigns/${campaign}/messages`);
  const { reconciliation, ...report } = await client.call<Report & { reconciliation: unknown }>(
    "GET",
    `/v1/campaigns/${campaign}/report`,
  );
  const timelines = rows
    .filter(({ address }) => cast.some((name) => addressOf(name) === address) && address !== save)
    .map(({ contact_id: id }) => client.call("GET", `/v1/contacts/${id}/timeline`));
  return {
    rows: rows.filter(({ address }) => address !== save),
    report,
    timelines: await Promise.all(timelines),
    suppressions: (await client.all<{ address: string }>("/v1/suppressions")).filter(
      ({ address }) => address !== save,
    ),
    people: (await client.all<{ email: string }>("/v1/contacts")).filter(({ email }) => email !== save),
  };
}

async function eventsOf({ client }: Shop, campaign: string, address: string): Promise<string[]> {
  const rows = await client.all<Row>(`/v1/campaigns/${campaign}/messages`);
  const id = rows.find((row) => row.address === address)?.contact_id;
  const { data } = await client.call<{ data: { kind: string }[] }>("GET", `/v1/contacts/${id}/timeline`);
  return data.map(({ kind }) => kind).filter((kind) => kind !== "created" && kind !== "queued");
}

const vendors: readonly (readonly [string, () => Promise<Vendor>])[] = [
  ["SendGrid", sendgrid],
  ["Amazon SES", () => ses(stack().amazonUrl)],
  ["Postmark", postmark],
  ["Mailgun", mailgun],
  ["Resend", resend],
];

describe.each(vendors)("%s", (_name, open) => {
  test("takes a campaign once, and what it reports reaches the books, twice or reversed or forged", async () => {
    const vendor = await open();
    onTestFinished(vendor.stop);
    const shop = await openShop();
    const { client } = shop;
    const { kind } = vendor;
    const { id, webhook_url } = await connect(shop, { kind, rate_per_second: 1_000, ...vendor.connection });
    expect(new URL(webhook_url).pathname).toBe(`/hooks/${kind}/${id}`);
    const secrets = await vendor.listen(new URL(webhook_url).href);
    if (Object.keys(secrets).length > 0) await client.call("PATCH", `/v1/connections/${id}`, { secrets });

    const campaign = await sendTo(shop, id, vendor.poison);
    const books = await shop.books(campaign);
    expect(books).toMatchObject({
      audience: sent + 1,
      balances: true,
      states: { accepted: sent, failed: 1 },
    });
    const rows = await client.all<Row & { id: string }>(`/v1/campaigns/${campaign}/messages`);
    expect(rows.find(({ state }) => state === "failed")).toMatchObject({
      address: vendor.poison,
      reason: expect.stringMatching(/\w{4}/),
    });
    const reached = new Map(vendor.taken().map((mail) => [mail.to, mail.messageId]));
    expect(vendor.taken()).toHaveLength(sent);
    for (const row of rows.filter(({ state }) => state === "accepted"))
      expect(reached.get(row.address)).toBe(row.id);
    const ways = vendor.taken().map(({ html }) => /href="([^"]*\/t\/u\/[^"]*)"/.exec(html)?.[1]);
    expect(new Set(ways).size).toBe(sent);
    expect(ways).not.toContain(undefined);

    const { tells } = vendor;
    for (const { to } of vendor.taken()) {
      if (to === addressOf("hard")) tells.hard?.(to);
      else if (to === addressOf("soft")) tells.soft?.(to);
      else tells.delivered?.(to);
    }
    tells.complained?.(addressOf("angry"));
    tells.unsubscribed?.(addressOf("leaver"));
    tells.opened?.(addressOf("reader"));
    tells.clicked?.(addressOf("reader"));
    await vendor.deliver();

    const told = (what: keyof typeof tells) => Number(tells[what] !== undefined);
    await until("all reports to be in the books", async () => {
      const { states } = await shop.books(campaign);
      const report = await client.call<Report & { unsubscribed: number }>(
        "GET",
        `/v1/campaigns/${campaign}/report`,
      );
      return (
        states.delivered === sent - 3 &&
        states.bounced === 2 &&
        states.complained === 1 &&
        report.opened + report.machine_opened >= told("opened") &&
        report.clicked + report.machine_clicked >= told("clicked") &&
        report.unsubscribed >= told("unsubscribed")
      );
    });
    expect(await shop.books(campaign)).toMatchObject({ audience: sent + 1, balances: true });
    const suppressed = await client.all<{ address: string; reason: string }>("/v1/suppressions");
    expect(suppressed.map(({ address, reason }) => [address, reason]).sort()).toEqual([
      [addressOf("angry"), "complained"],
      [addressOf("hard"), "bounced"],
    ]);
    const gone = (await client.all<{ email: string; email_consent: string }>("/v1/contacts"))
      .filter(({ email_consent }) => email_consent === "unsubscribed")
      .map(({ email }) => email);
    expect(gone.sort()).toEqual(
      [addressOf("angry"), ...(tells.unsubscribed ? [addressOf("leaver")] : [])].sort(),
    );
    const readers = ["delivered", ...(tells.opened ? ["opened", "clicked"] : [])];
    expect((await eventsOf(shop, campaign, addressOf("reader"))).sort()).toEqual(
      expect.arrayContaining(readers.sort()),
    );

    // Nothing that comes again, in whatever order, or that comes from somebody else, makes a difference.
    const before = await picture(shop, campaign, addressOf("late"));
    const genuine = [...wire.seen];
    const again = [...genuine, ...genuine].reverse();
    for (const post of again) expect(await wire.post(post)).toBeLessThan(300);
    tells.complained?.(addressOf("late"));
    const [last, ...more] = await wire.heldBack(vendor.deliver);
    if (!last) throw new Error("nothing was held back");
    expect(more).toEqual([]);
    for (const { how, post } of vendor.forged(last)) expect(await wire.post(post), how).toBe(401);
    expect((await shop.books(campaign)).states).toMatchObject({ delivered: sent - 3, complained: 1 });
    await vendor.deliver();
    for (const { how, post } of vendor.forgedLater?.(last) ?? [])
      expect(await wire.post(post), how).toBe(401);
    const hooks = `/v1/connections/${id}/reports`;
    const isConfirmation = (body: string) => body.includes("SubscriptionConfirmation");
    const read = [...genuine, ...again, last].filter(({ init }) => !isConfirmation(String(init.body)));
    await until("all that came again to be read", async () => {
      const { last_24_hours: lately } = await client.call<{ last_24_hours: { reports: number } }>(
        "GET",
        hooks,
      );
      return lately.reports === read.length && (await shop.books(campaign)).states.complained === 2;
    });
    expect(await picture(shop, campaign, addressOf("late"))).toEqual(before);
    const end = await shop.books(campaign);
    expect(end).toMatchObject({ audience: sent + 1, balances: true });
    expect(sum(end.states)).toBe(sent + 1);
    expect(vendor.taken()).toHaveLength(sent);
  });
});

test("SMTP: takes a campaign once and reports nothing, and nobody can report in its name", async () => {
  const server = await startSmtp({ user: { name: "shop", password: "pw" } });
  onTestFinished(server.stop);
  server.refusals.set("refused@people.example", { at: "rcpt", code: 550, text: "5.1.1 no such user" });
  const shop = await openShop();
  const { id, webhook_url } = await connect(shop, {
    kind: "smtp",
    rate_per_second: 1_000,
    password: "pw",
    settings: { host: server.host, port: server.port, security: "none", username: "shop" },
  });
  const campaign = await sendTo(shop, id, "refused@people.example");
  const books = await shop.books(campaign);
  expect(books).toMatchObject({ audience: sent + 1, balances: true, states: { accepted: sent, failed: 1 } });
  expect(new Set(server.taken.flatMap(({ to }) => to)).size).toBe(sent);
  const [row] = await shop.client.all<{ id: string }>(`/v1/campaigns/${campaign}/messages`);
  const body = JSON.stringify({ event: "bounced", message_id: row?.id });
  expect(await wire.post({ url: new URL(webhook_url).href, init: { method: "POST", body } })).toBe(401);
  expect(await shop.books(campaign)).toEqual(books);
});

/** Every screen, light and dark, wide and narrow: nothing breaks, nothing overflows, axe finds nothing. */
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { openShop } from "#test/sending/shop";
import { makers } from "#test/support/belongings";
import { stack } from "#test/support/stack";
import { expectAccessible, useBrowser, visit } from "./support/page.ts";

useBrowser();

type Cookie = { name: string; value: string };
let cookies: Cookie[] = [];
let paths: Record<string, string> = {};

beforeAll(async () => {
  const shop = await openShop();
  const { client } = shop;
  const [contact = ""] = await shop.addPeople(6);
  const list = await client.call<{ id: string }>("POST", "/v1/lists", { name: "Regulars" });
  await client.call("POST", `/v1/lists/${list.id}/contacts`, { add: [contact] });
  const rule = { kind: "all", of: [{ kind: "text", field: "first_name", op: "is", value: "Pat" }] };
  const segment = await client.call<{ id: string }>("POST", "/v1/segments", { name: "All the Pats", rule });
  const sent = await shop.campaign({ name: "Sent one" });
  await shop.act(sent, "send");
  await shop.reach(sent, "completed");
  const draft = await shop.campaign({ name: "Draft one" });
  await makers.rpl(client);
  const message = await client.call<{ id: string }>("POST", "/v1/messages", {
    to: "noreply@people.example",
    from: { email: "hello@shop.example" },
    subject: "Your receipt",
    html: "<p>Thank you.</p>",
    metadata: { order: "1042" },
  });
  cookies = client
    .cookie()
    .split("; ")
    .map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }));
  paths = {
    home: "/",
    campaigns: "/campaigns",
    "a draft": `/campaigns/${draft}`,
    "a report": `/campaigns/${sent}`,
    "a ledger": `/campaigns/${sent}?tab=recipients`,
    messages: "/messages",
    "a message": `/messages/${message.id}`,
    contacts: "/contacts",
    "a contact": `/contacts/${contact}`,
    lists: "/contacts/lists",
    tags: "/contacts/tags",
    suppressions: "/contacts/suppressions",
    replies: "/contacts/replies",
    imports: "/contacts/imports",
    "a new import": "/contacts/imports/new",
    segments: "/segments",
    "a segment": `/segments/${segment.id}`,
    templates: "/templates",
    "new template": "/templates/new",
    "a template": `/templates/${shop.templateId}`,
    inbox: "/inbox",
    workspace: "/settings",
    connections: "/settings/connections",
    "sending rules": "/settings/sending-rules",
    "failed jobs": "/settings/failed-jobs",
    "a failed job": `/settings/failed-jobs?job=${await makers.dlt(shop.client)}`,
    fields: "/settings/fields",
    members: "/settings/members",
    "API keys": "/settings/api-keys",
    "audit log": "/settings/audit-log",
  };
});

const looks = [
  { name: "light", colorScheme: "light" as const, viewport: { width: 1440, height: 900 } },
  { name: "dark", colorScheme: "dark" as const, viewport: { width: 1440, height: 900 } },
  { name: "on a phone", colorScheme: "light" as const, viewport: { width: 390, height: 844 } },
];

async function settled(page: Page, where: string): Promise<void> {
  const heading = page.getByRole("heading", { level: 1 }).first();
  await heading.waitFor().catch(() => {
    throw new Error(`${where} has no heading of level 1`);
  });
  await page.waitForLoadState("networkidle");
  // Skeletons stand for what is still being read.
  await page.waitForFunction("document.querySelector('.animate-pulse') === null");
}

describe.each(looks)("$name", ({ colorScheme, viewport, name }) => {
  test("every screen is whole and accessible", async () => {
    const { page, done } = await visit({ colorScheme, viewport });
    await page.context().addCookies(cookies.map((cookie) => ({ ...cookie, url: stack().origin })));
    for (const [where, path] of Object.entries(paths)) {
      await page.goto(path);
      await settled(page, where);
      await expectAccessible(page, `${where}, ${name}`);
      const overflow = Number(
        await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
      );
      expect(`${where}: ${Math.max(0, overflow)} px too wide`).toBe(`${where}: 0 px too wide`);
    }
    await done();
  });
});

test("signed out, the way in is accessible, and a deep link leads there and back", async () => {
  const { page, done } = await visit();
  for (const path of ["/login", "/signup"]) {
    await page.goto(path);
    await settled(page, path);
    await expectAccessible(page, path);
  }
  await page.goto("/templates");
  await page.waitForURL((url) => url.pathname === "/login");
  await done();
});

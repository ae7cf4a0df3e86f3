/** Text messages in the dashboard: written, made plain, sent, read in the report; usable on a telephone and without eyes. */
import { beforeAll, expect, test } from "vitest";
import { openShop, type Shop } from "#test/sending/shop";
import { stack } from "#test/support/stack";
import { expectAccessible, useBrowser, visit } from "./support/page.ts";

useBrowser();

let shop: Shop;
let cookies: { name: string; value: string; url: string }[] = [];

beforeAll(async () => {
  shop = await openShop();
  const { client } = shop;
  await client.call("POST", "/v1/connections", { kind: "sandbox", channel: "sms", name: "Texts" });
  for (const phone of ["+353871000100", "+353871000101"]) {
    const { id } = await client.call<{ id: string }>("POST", "/v1/contacts", { phone, first_name: "Pat" });
    const consent = { channel: "sms", status: "subscribed", wording: "Asked in the shop" };
    await client.call("PUT", `/v1/contacts/${id}/consent`, consent);
  }
  cookies = client
    .cookie()
    .split("; ")
    .map((pair) => ({
      name: pair.slice(0, pair.indexOf("=")),
      value: pair.slice(pair.indexOf("=") + 1),
      url: stack().origin,
    }));
});

test("a text is written, counted, made plain, chosen for a campaign, sent and reported", async () => {
  const { page, done } = await visit();
  await page.context().addCookies(cookies);
  await page.goto("/templates/new");
  await page.getByRole("button", { name: /Text message/ }).click();
  await page.waitForURL(/\/templates\/tpl_/);
  const text = page.getByRole("textbox", { name: "Text message with Liquid" });
  await text.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("Hi {{ first_name }}, “sale” at https://shop.example/sale");
  const size = page.getByRole("region", { name: "Size" });
  await size.getByText("Unicode (UCS-2)").waitFor();
  await size.getByText("2 segments").waitFor();
  await expectAccessible(page, "a text");
  await size.getByRole("button", { name: "Make it plain" }).click();
  await size.getByText("1 segment", { exact: true }).waitFor();
  await size.getByText("Plain (GSM-7)").waitFor();
  expect(await page.getByRole("region", { name: "Preview" }).textContent()).toMatch(
    /Hi Ada, "sale" at \S+\/t\/s\/\S+\s+Reply STOP to opt out/,
  );
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("status").getByText("Version 2").waitFor();

  await page.goto("/campaigns/new");
  await page.getByRole("radio", { name: /Text message/ }).click();
  await page.getByRole("button", { name: "Create draft" }).click();
  await page.waitForURL(/\/campaigns\/cmp_/);
  await page.getByRole("button", { name: "Choose message" }).click();
  await page.getByRole("button", { name: /New text message/ }).click();
  await page.getByRole("radio", { name: /Everyone/ }).click();
  await page.getByText("Reaches 2 people").waitFor();
  expect(await page.getByText("Way to leave").count()).toBe(1);
  await expectAccessible(page, "a draft of a text");
  await page.getByRole("button", { name: "Send now" }).click();
  await page.getByRole("dialog").getByText("Unknown: no price is set").waitFor();
  await page.getByRole("button", { name: "Send to 2" }).click();
  await page.getByRole("heading", { name: "Segments and cost" }).waitFor();
  await page.getByRole("cell", { name: "No price set" }).waitFor();
  await expectAccessible(page, "a report of texts");
  await done();
});

test("on a telephone nothing of it overflows", async () => {
  const { client } = shop;
  const template = await client.call<{ id: string }>("POST", "/v1/templates", {
    channel: "sms",
    name: "Narrow",
    text: "Hi {{ first_name }}, “new” at https://shop.example/a-rather-long-address/that-goes-on",
  });
  const campaign = await client.call<{ id: string }>("POST", "/v1/campaigns", {
    channel: "sms",
    name: "Narrow",
    template_id: template.id,
    audience: { everyone: true },
  });
  const { page, done } = await visit({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await page.context().addCookies(cookies);
  for (const [path, word] of [
    [`/templates/${template.id}`, "2 segments"],
    [`/campaigns/${campaign.id}`, "Way to leave"],
    ["/templates", "Text message"],
  ] as const) {
    await page.goto(path);
    await page.getByText(word).first().waitFor();
    // Sections cut off what is too wide, so each control is looked at, not the page alone.
    const widest = Number(
      await page.evaluate(
        "Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('main :is(input, button, p)')].map((one) => one.getBoundingClientRect().right))",
      ),
    );
    expect(widest, path).toBeLessThanOrEqual(390);
    await expectAccessible(page, path);
  }
  await done();
});

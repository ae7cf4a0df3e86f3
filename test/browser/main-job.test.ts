/** The main job as a marketer does it: sign up, import a file, make a segment, write, send, watch, read the report. */
import { expect, test } from "vitest";
import { openShop } from "#test/sending/shop";
import { stack } from "#test/support/stack";
import { expectAccessible, useBrowser, visit } from "./support/page.ts";

useBrowser();

const people = Array.from(
  { length: 40 },
  (_, i) => `person${i}.reads@people.example;Person${i};${i % 2 ? "IE" : "DE"}`,
);
const file = `email;first name;country\n${people.join("\n")}\nnot-an-address;Nobody;IE\n`;

test("from an empty account to a report with balanced books", async () => {
  const { page, done } = await visit();
  page.setDefaultTimeout(20_000);

  await page.goto("/signup");
  await page.getByLabel("Your name").fill("Maria Marketer");
  await page.getByLabel("E-mail").fill(`maria-${crypto.randomUUID()}@shop.example`);
  await page.getByLabel("Password").fill("a good long password");
  await page.getByLabel("Workspace").fill("Maria's Shop");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();

  await page.goto("/settings");
  await page.getByLabel("Sender name").fill("Maria");
  await page.getByLabel("Sender address").fill("maria@shop.example");
  await page.getByLabel("Postal address").fill("1 Quay Street, Galway");
  const saved = page.waitForResponse(
    (r) => r.url().endsWith("/v1/tenant") && r.request().method() === "PATCH",
  );
  await page.getByRole("button", { name: "Save workspace" }).click();
  expect((await saved).status()).toBe(200);

  await page.goto("/contacts/imports/new");
  const upload = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(file) };
  await page.getByLabel("CSV file").setInputFiles(upload);
  await page.waitForURL(/\/contacts\/imports\/imp_/);
  await page.getByText("separated by semicolons").first().waitFor();
  expect(await page.getByRole("button", { name: "Start import" }).isDisabled()).toBe(true);
  await page.getByRole("radio", { name: /^Yes, every one/ }).check({ force: true });
  await page.getByLabel("What did they agree to?").fill("Yes, send me news by e-mail.");
  await expectAccessible(page, "an import to prepare");
  await page.getByRole("button", { name: "Start import" }).click();
  await page.getByText("1 refused row").waitFor();
  await page.getByText("“not-an-address” is not an e-mail address.").waitFor();

  await page.goto("/segments/new");
  await page.getByLabel("Name of the segment").fill("Ireland");
  await page.getByLabel("What the condition is about").click();
  await page.keyboard.type("Country");
  await page.keyboard.press("Enter");
  await page.getByLabel("Value of “Country”").fill("IE");
  await page.getByText("20 of them can be mailed").waitFor();
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.waitForURL(/\/segments\/seg_/);

  await page.goto("/templates/new");
  await page
    .getByRole("button", { name: /Plain letter/ })
    .first()
    .click();
  await page.waitForURL(/\/templates\/tpl_/);

  await page.goto("/campaigns/new");
  await page.getByLabel("Name").fill("News for Ireland");
  await page.getByLabel(/^Template/).click();
  await page.getByRole("option", { name: /Plain letter/ }).click();
  await page.getByRole("button", { name: "Create draft" }).click();
  await page.waitForURL(/\/campaigns\/cmp_/);
  await page.getByText("Lists and segments").click();
  await page.getByPlaceholder("Add a list or a segment…").click();
  await page.getByRole("option", { name: /Ireland/ }).click();
  await page.getByText("people will be written to, of 20 in this audience").waitFor();
  await page.getByText("Reaches 20 people").waitFor();
  await expectAccessible(page, "a campaign to send");

  await page.getByRole("button", { name: "Send now" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Send to 20/ })
    .click();
  await page.getByText("The books balance").waitFor();
  await page.getByText("Sent", { exact: true }).first().waitFor();
  await expectAccessible(page, "a report");

  await page.goto("/inbox");
  await page
    .getByText(/person\d+\.reads@people\.example/)
    .first()
    .waitFor();
  await done();
});

test("the live page of a slow campaign can be paused and resumed", async () => {
  const people = 60;
  // A minute's work: on no machine over before its page is open.
  const shop = await openShop({ rate: 1 });
  await shop.addPeople(people);
  const id = await shop.campaign({ name: "Slow news" });
  await shop.act(id, "send");

  const { page, done } = await visit();
  page.setDefaultTimeout(20_000);
  const cookies = shop.client.cookie().split("; ");
  await page.context().addCookies(
    cookies.map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: stack().origin };
    }),
  );
  await page.goto(`/campaigns/${id}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  expect((await shop.mails()).length).toBeLessThan(people);
  await shop.client.call("PATCH", `/v1/connections/${shop.connectionId}`, { rate_per_second: 1_000 });
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Sent", { exact: true }).first().waitFor();
  expect(await shop.mails()).toHaveLength(people);
  await done();
});

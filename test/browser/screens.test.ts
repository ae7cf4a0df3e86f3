/** Every screen, light and dark, wide and narrow: nothing breaks, nothing overflows, axe finds nothing. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, useBrowser, type Visit, visit } from "./support/page.ts";
import { type Shown, screens, showOnEach, signedOut } from "./support/screens.ts";

useBrowser();

let shown: Shown;
beforeAll(async () => {
  shown = await showOnEach();
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
  let open: Visit;
  beforeAll(async () => {
    open = await visit({ colorScheme, viewport });
    await open.page.context().addCookies(shown.cookies);
  });
  afterAll(() => open.done());

  test.each(Object.entries(screens))("%s is whole and accessible", async (where, [address, whose]) => {
    const { page, troubles } = open;
    const path = whose ? address.replace("[id]", shown.ids[whose]) : address;
    await page.goto(path);
    await settled(page, where);
    // Who is sent elsewhere sees another screen.
    expect(new URL(page.url()).pathname).toBe(path.split("?")[0]);
    await expectAccessible(page, `${where}, ${name}`);
    const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
    expect(`${Math.max(0, overflow)} px too wide`).toBe("0 px too wide");
    expect(troubles.splice(0)).toEqual([]);
  });
});

test("every page of the dashboard is among them", () => {
  const routes = join(import.meta.dirname, "../../web/src/routes");
  const pages = readdirSync(routes, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("+page.svelte"))
    .map((file) => `/${dirname(file)}`.replace(/\/\(\w+\)/, "") || "/");
  const addresses = [...Object.values(screens).map(([address]) => address), ...signedOut];
  const visited = new Set(addresses.map((address) => address.split("?")[0]));
  expect(pages.length).toBeGreaterThan(30);
  expect(pages.filter((page) => !visited.has(page))).toEqual([]);
});

test("signed out, the way in is accessible, and a deep link leads there and back", async () => {
  const { page, done } = await visit();
  for (const path of signedOut) {
    await page.goto(path);
    await settled(page, path);
    await expectAccessible(page, path);
  }
  await page.goto("/templates");
  await page.waitForURL((url) => url.pathname === "/login");
  await done();
});

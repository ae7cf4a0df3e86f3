/** A browser on the running dashboard: console errors and failed requests fail the test that caused them. */
import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { chromiumArgs, chromiumPath } from "#test/support/chromium";
import { stack } from "#test/support/stack";

let browser: Browser;

export function useBrowser(): void {
  beforeAll(async () => {
    const executablePath = chromiumPath();
    if (!executablePath) throw new Error("no Chromium: npm test installs it");
    browser = await chromium.launch({ executablePath, args: [...chromiumArgs] });
  });
  afterAll(() => browser?.close());
}

export type Visit = { readonly page: Page; readonly troubles: string[]; done(): Promise<void> };

export async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: stack().origin,
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`page: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return {
    page,
    troubles,
    async done() {
      await context.close();
      expect(troubles).toEqual([]);
    },
  };
}

/** No violation of WCAG 2.2 A and AA nor of axe's best practices. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Mail is shown in frames as its author wrote it; what is in it is not the dashboard's.
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .exclude("iframe")
    .analyze();
  const told = violations.map(
    (v) => `${where}: ${v.id} at ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`,
  );
  expect(told).toEqual([]);
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

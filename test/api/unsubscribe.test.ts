/** Leaving, and coming back: what a person decides is honoured, and looking decides nothing. */
import { beforeAll, describe, expect, test } from "vitest";
import { until } from "#test/support/client";
import { mailedPeople, post, type Recipients, visit } from "./support/recipients.ts";

let recipients: Recipients;
beforeAll(async () => {
  recipients = await mailedPeople(5);
});
const person = (n: number) => recipients.person(n);

describe("leaving", () => {
  test("following the link changes nothing, however often and by whatever method that only looks", async () => {
    const { id, oneClick } = person(1);
    for (const method of ["GET", "HEAD", "GET", "OPTIONS"]) await visit(oneClick, { method });
    const page = await (await visit(oneClick)).text();
    expect(page).toContain("<button>Unsubscribe</button>");
    expect(page).toContain("Test workspace");
    expect(await recipients.consentOf(id)).toBe("subscribed");
  });

  test.each([
    ["form data as RFC 8058 asks", "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", 1],
    [
      "multipart",
      '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--',
      "multipart/form-data; boundary=x",
      2,
    ],
    ["no body and no type", undefined, undefined, 3],
  ])("one click by POST acts at once: %s", async (_, body, type, n) => {
    const { id, oneClick } = person(n);
    for (let i = 0; i < 2; i++) {
      const response = await post(oneClick, body, type);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("You are unsubscribed");
    }
    expect(await recipients.consentOf(id)).toBe("unsubscribed");
  });

  test("is counted once per person", async () => {
    await until("three goodbyes in the report", async () => (await recipients.report()).unsubscribed === 3);
  });

  test("can be taken back on the preference page, by POST alone, with proof of both", async () => {
    const { id, link } = person(1);
    const preferences = link("Preferences");
    expect(await (await visit(preferences)).text()).toContain("Subscribe again");
    expect(await recipients.consentOf(id)).toBe("unsubscribed");
    expect((await post(preferences, "email=nonsense", "application/x-www-form-urlencoded")).status).toBe(400);
    const back = await post(preferences, "email=subscribed", "application/x-www-form-urlencoded");
    expect(await back.text()).toContain("Saved.");
    expect(await recipients.consentOf(id)).toBe("subscribed");
    expect((await recipients.timeline(id)).filter((entry) => entry.kind === "consent")).toHaveLength(3);
  });

  test("a blocked address does not come back by an old link", async () => {
    const { id, email, link } = person(4);
    await recipients.client.call("POST", "/v1/suppressions", { address: email });
    await post(link("Preferences"), "email=unsubscribed", "application/x-www-form-urlencoded");
    const refused = await post(link("Preferences"), "email=subscribed", "application/x-www-form-urlencoded");
    expect(refused.status).toBe(400);
    expect(await recipients.consentOf(id)).toBe("unsubscribed");
  });

  test("pages show no whole address and run no script", async () => {
    const { email, oneClick, link } = person(0);
    for (const url of [oneClick, link("Preferences")]) {
      const response = await visit(url);
      const page = await response.text();
      expect(page).not.toContain(email);
      expect(page).toContain("i•••@people.example");
      expect(response.headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; style-src 'nonce-/,
      );
      expect(response.headers.get("x-robots-tag")).toContain("noindex");
    }
  });
});

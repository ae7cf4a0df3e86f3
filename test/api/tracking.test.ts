/** Recipients at our links: what they do is seen, and nothing else can be done there. */
import { beforeAll, describe, expect, test } from "vitest";
import { until } from "#test/support/client";
import { stack } from "#test/support/stack";
import {
  html,
  type Mail,
  mailedPeople,
  oneClickOf,
  post,
  type Recipients,
  visit,
} from "./support/recipients.ts";

let recipients: Recipients;
beforeAll(async () => {
  recipients = await mailedPeople(4);
});
const person = (n: number) => recipients.person(n);
const seen = async (id: string) =>
  (await recipients.timeline(id))
    .filter(({ kind }) => kind === "opened" || kind === "clicked")
    .map(({ kind, machine }) => `${kind} by a ${machine ? "machine" : "person"}`)
    .sort();

/** The last character of a token changed: as long, as well formed, and not ours. */
function forged(url: string): string {
  const at = url.lastIndexOf("/") + 56;
  return url.slice(0, at) + (url[at] === "A" ? "B" : "A") + url.slice(at + 1);
}

describe("opens and clicks", () => {
  test("the pixel is 43 bytes of GIF that nobody keeps", async () => {
    const response = await visit(person(0).pixel);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/gif");
    expect(response.headers.get("cache-control")).toContain("no-store");
    expect((await response.arrayBuffer()).byteLength).toBe(43);
  });

  test("a click leads to the frozen address, by GET and by HEAD", async () => {
    const { link } = person(0);
    for (const method of ["GET", "HEAD"]) {
      const response = await visit(link("A"), { method });
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe("https://shop.example/a?x=1&y=2");
    }
    expect((await visit(link("B"))).headers.get("location")).toBe("https://shop.example/b");
  });

  test("the link nobody sees leads nowhere, and whoever follows it is no person", async () => {
    const { id, link, mail } = person(3);
    const decoy = /href="([^"]+999999)"/.exec(mail.html)?.[1] ?? "";
    const clicked = link("A");
    expect(decoy.replace(/999999$/, "")).toBe(clicked.replace(/0$/, ""));
    await visit(clicked);
    const response = await visit(decoy);
    expect(response.status).toBe(200);
    expect(response.headers.get("location")).toBeNull();
    expect(await response.text()).toContain("nothing to see here");
    await until("both clicks to be a machine's", async () => {
      const told = await seen(id);
      return told.length === 2 && told.every((line) => line === "clicked by a machine");
    });
  });

  test("are told apart by who did them", async () => {
    const [reader, machine] = [person(2), person(1)];
    await visit(reader.pixel);
    await visit(machine.pixel, { headers: { "user-agent": "Mozilla/5.0" } });
    await visit(machine.link("A"), { method: "HEAD" });
    await until("the hits to reach the ledger", async () => {
      // Within a second of the sending a click counts as a machine's, so the reader clicks again.
      await visit(reader.link("B"));
      const { links, machine_opened } = await recipients.report();
      return machine_opened === 1 && links.some((link) => link.position === 1 && link.people === 1);
    });
    expect(await seen(reader.id)).toEqual(
      expect.arrayContaining(["clicked by a person", "opened by a person"]),
    );
    expect(await seen(machine.id)).toEqual(["clicked by a machine", "opened by a machine"]);
  });

  test("no request can name another destination", async () => {
    const { link } = person(3);
    const base = link("A").slice(0, -1);
    for (const suffix of ["99", "", "0?url=https://evil.example", "0?to=//evil.example"]) {
      const location = (await visit(base + suffix)).headers.get("location");
      expect([null, "https://shop.example/a?x=1&y=2"]).toContain(location);
    }
    const unknown = await visit(`${base}99`);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get("content-type")).toContain("text/html");
  });
});

test("view in browser shows the same mail again, unable to act", async () => {
  const { link, mail } = person(0);
  const response = await visit(link("View"));
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(mail.html);
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^sandbox allow-popups /);
  expect(policy).not.toContain("allow-scripts");
  expect(policy).toContain("default-src 'none'");
});

describe("links that are not ours", () => {
  test("lead nowhere and change nothing", async () => {
    const { id, oneClick, pixel, link } = person(0);
    for (const url of [pixel, link("A"), oneClick, link("View"), link("Preferences")]) {
      expect((await visit(forged(url))).status, url).toBe(404);
      expect((await visit(url.slice(0, -20))).status).toBe(404);
    }
    expect((await post(forged(oneClick))).status).toBe(404);
    expect(await recipients.consentOf(id)).toBe("subscribed");
  });

  test("a token of one purpose opens no other", async () => {
    const { id, oneClick, link, pixel } = person(0);
    const track = pixel.split("/t/o/")[1] ?? "";
    const consent = oneClick.split("/t/u/")[1] ?? "";
    const view = link("View").split("/t/v/")[1] ?? "";
    const origin = stack().origin;
    for (const wrong of [
      `u/${track}`,
      `p/${track}`,
      `v/${track}`,
      `u/${view}`,
      `o/${consent}`,
      `v/${consent}`,
      `c/${view}0`,
    ]) {
      expect((await visit(`${origin}/t/${wrong}`)).status, wrong).toBe(404);
    }
    expect((await post(`${origin}/t/u/${track}`)).status).toBe(404);
    expect(await recipients.consentOf(id)).toBe("subscribed");
  });

  test("a test message's links say so and change nothing", async () => {
    const { client, shop } = recipients;
    const template = await client.call<{ id: string }>("POST", "/v1/templates", {
      name: "T",
      subject: "S",
      html,
    });
    await client.call("POST", `/v1/templates/${template.id}/test-send`, { to: "ignore-test@people.example" });
    const listed = await until("the test mail", async () =>
      (await shop.mails()).find((m) => m.to === "ignore-test@people.example"),
    );
    const mail = await client.call<Mail>("GET", `/v1/sandbox/mails/${listed.id}`);
    const url = oneClickOf(mail);
    for (const response of [await visit(url), await post(url)]) {
      expect(response.status).toBe(404);
      expect(await response.text()).toContain("test message");
    }
  });
});

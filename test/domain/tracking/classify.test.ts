// Person or machine, by the rules of docs/tracking.md.
import { expect, test } from "vitest";
import { classify, type Hit } from "#domain/tracking/classify";
import { tooSoonMs } from "#domain/tracking/rules";

const safari =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
const hit = (part: Partial<Hit>): Hit => ({
  event: "opened",
  userAgent: safari,
  method: "GET",
  atMs: 1_000_000,
  acceptedAtMs: 900_000,
  ...part,
});

test.each([
  ["a browser", {}],
  ["a browser that clicks", { event: "clicked" }],
  [
    "Gmail's image proxy, which fetches when a person looks",
    {
      userAgent: "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    },
  ],
  [
    "Yahoo's image proxy",
    { userAgent: "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html" },
  ],
  ["Outlook", { userAgent: "Mozilla/4.0 (compatible; ms-office; MSOffice 16)" }],
  [
    "a phone of the brand Cubot",
    { userAgent: "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36" },
  ],
  ["a hit whose program the provider does not tell", { userAgent: null }],
  [
    "a mailbox provider's server that unsubscribes for a person",
    { event: "unsubscribed", userAgent: "", method: "POST" },
  ],
  ["an open right after acceptance", { atMs: 900_010 }],
  ["a click when acceptance is not yet known", { event: "clicked", acceptedAtMs: null }],
  ["a click just slow enough", { event: "clicked", atMs: 900_000 + tooSoonMs }],
] as [string, Partial<Hit>][])("%s counts as a person", (_, part) => {
  expect(classify(hit(part))).toEqual({ machine: false, reasons: [] });
});

test.each([
  ["Apple's privacy proxy", { userAgent: "Mozilla/5.0" }, "apple_mail_privacy"],
  ["the same program clicking", { userAgent: "Mozilla/5.0", event: "clicked" }, "bare_user_agent"],
  ["a HEAD request", { method: "HEAD" }, "head_request"],
  ["no program named", { userAgent: " " }, "no_user_agent"],
  ["a Python program", { userAgent: "python-requests/2.32" }, "program"],
  ["curl", { userAgent: "curl/8.1" }, "program"],
  ["a browser without a screen", { userAgent: `Mozilla/5.0 HeadlessChrome/120` }, "program"],
  ["Barracuda", { userAgent: "Mozilla/5.0 (compatible; BarracudaCentral)" }, "known_scanner"],
  [
    "a crawler",
    { userAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" },
    "known_scanner",
  ],
  ["a link preview", { userAgent: "SkypeUriPreview Preview/0.5" }, "known_scanner"],
  ["a click faster than anybody reads", { event: "clicked", atMs: 900_000 + tooSoonMs - 1 }, "too_soon"],
] as [string, Partial<Hit>, string][])("%s counts as a machine", (_, part, reason) => {
  expect(classify(hit(part))).toEqual({ machine: true, reasons: [reason] });
});

test("all reasons are kept", () => {
  expect(classify(hit({ event: "clicked", method: "HEAD", userAgent: "", atMs: 900_000 })).reasons).toEqual([
    "head_request",
    "no_user_agent",
    "too_soon",
  ]);
});

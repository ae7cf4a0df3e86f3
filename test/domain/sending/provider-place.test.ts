/** Where a provider may be: public names, reached encrypted; nobody's own machine or network, however it is spelled. */
import { expect, test } from "vitest";
import { isPublicHost, wrongPlace } from "#domain/sending/provider-place";

test.each([
  "api.resend.com",
  "smtp.example.ie",
  "mail.example.ie.",
  "8.8.8.8",
  "[2606:4700::1111]",
  "2606:4700::1111",
])("%s is public", (host) => expect(isPublicHost(host)).toBe(true));

test.each(
  (
    "localhost app.localhost localhost. LOCALHOST printer.local metadata.google.internal router.home.arpa mysql " +
    "127.0.0.1 127.1 2130706433 0x7f.0.0.1 0177.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 " +
    "169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255 198.18.0.1 [::1] ::1 [::] [::ffff:127.0.0.1] [fd00::1] " +
    "[fe80::1] [2002:7f00:1::] [64:ff9b::7f00:1] user@example.ie example.ie:25 example.ie/x"
  ).split(" "),
)("%s is not", (host) => expect(isPublicHost(host)).toBe(false));

test("a name with a space in it, or none at all, is no host", () => {
  for (const host of ["", " ", "a b.example", "a\r\nb.example"]) expect(isPublicHost(host)).toBe(false);
});

test("172.32 and 100.128 are public again", () => {
  for (const host of ["172.32.0.1", "172.15.0.1", "100.128.0.1", "100.63.0.1"])
    expect(isPublicHost(host)).toBe(true);
});

const problemAt = (settings: Record<string, unknown>, isLocal = false) =>
  wrongPlace(settings, isLocal)?.pointer;

test("an API's address is https, public, without credentials or query", () => {
  const at = (base_url: string, isLocal?: boolean) => problemAt({ base_url }, isLocal);
  expect(at("https://api.eu.mailgun.net")).toBeUndefined();
  expect(at("https://proxy.example.ie/resend/")).toBeUndefined();
  expect(at("")).toBeUndefined();
  for (const url of [
    "http://api.resend.com",
    "ftp://api.resend.com",
    "https://127.0.0.1",
    "https://0x7f000001/",
    "https://localhost:8443",
    "https://user:pw@api.resend.com",
    "https://api.resend.com/?x=",
    "https://api.resend.com/#x",
  ])
    expect(at(url)).toBe("/settings/base_url");
  expect(at("http://127.0.0.1:4000", true)).toBeUndefined();
  expect(at("https://user:pw@127.0.0.1", true)).toBe("/settings/base_url");
});

test("an SMTP server is public, and a password goes to it by TLS alone; on one's own machine anything goes", () => {
  const server = { host: "smtp.example.ie", security: "starttls", username: "shop" };
  expect(problemAt(server)).toBeUndefined();
  expect(problemAt({ ...server, host: "127.0.0.1" })).toBe("/settings/host");
  expect(problemAt({ ...server, security: "none" })).toBe("/settings/security");
  expect(problemAt({ ...server, security: "none", username: "" })).toBeUndefined();
  expect(problemAt({ ...server, host: "127.0.0.1", security: "none" }, true)).toBeUndefined();
});

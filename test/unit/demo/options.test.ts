/** What a demo is asked for, and what it says to a question it cannot answer. */
import { expect, test } from "vitest";
import { readOptions } from "#test/demo/options";

test("without arguments it sends to a thousand people by the sandbox", () => {
  expect(readOptions([])).toEqual({
    recipients: 1_000,
    csv: undefined,
    provider: "sandbox",
    origin: undefined,
    json: false,
  });
});

test("an address of a running Larkpost is used without its path", () => {
  expect(readOptions(["--origin", "http://127.0.0.1:8787/campaigns"])).toMatchObject({
    origin: "http://127.0.0.1:8787",
  });
});

test.each(["sandbox", "smtp", "resend", "sendgrid"])("mail may go by %s", (provider) => {
  expect(readOptions(["--provider", provider])).toMatchObject({ provider });
});

test.each([
  [["--recipients", "many"], /whole number/],
  [["--recipients", "0"], /whole number/],
  [["--csv", "/nowhere/people.csv"], /no file \/nowhere\/people\.csv/],
  [["--provider", "pigeon"], /no provider pigeon/],
  [["--origin", "somewhere"], /no address/],
  [["--fast"], /fast/],
])("%j is refused with one line that says what to do", (args, message) => {
  expect(readOptions(args)).toEqual(expect.stringMatching(message));
});

/** What the log learns of an unexpected error: where and what kind, not whose data. */
import { describe, expect, test } from "vitest";
import { errorReport, withoutValues } from "#domain/error-report";

describe("an error in the log", () => {
  test("names kind and place, and leaves out what people typed", () => {
    const cause = new Error(
      "target: x.-.primary: Duplicate entry 'maria@shop.example' for key 'users.users_email' (errno 1062)",
    );
    const error = Object.assign(
      new Error("Failed query: insert … params: maria@shop.example,secret", { cause }),
      {
        query: "insert into `users` (`email`) values (?)",
      },
    );
    const report = errorReport(error);
    expect(report.error).toContain("errno 1062");
    expect(report.error).toContain("insert into `users`");
    expect(report.stack).toContain("error-report.test");
    const text = JSON.stringify(report);
    expect(text).not.toContain("maria");
    expect(text).not.toContain("secret");
  });

  test("follows causes, but not for ever", () => {
    const loop = new Error("round");
    loop.cause = loop;
    expect(errorReport(loop).error.split(" <- ")).toHaveLength(4);
  });

  test("may be anything that can be thrown", () => {
    expect(errorReport("plain text for bob@shop.example").error).toBe("plain text for …@…");
    expect(errorReport(undefined).stack).toBe("");
  });
});

test("quotations and addresses are left out of a message, the rest stays", () => {
  expect(withoutValues(`cannot read "name" of ann@b.example, line 3`)).toBe("cannot read '…' of …@…, line 3");
});

/** What each of SendGrid's answers means. */
import { describe, expect, test } from "vitest";
import { readAnswer } from "#queues/providers/sendgrid/answer";
import { letters } from "../../contracts/provider.ts";

const nowMs = Date.UTC(2026, 10, 22, 18);

describe("every answer has its meaning", () => {
  const mails = letters(2);
  const errors = (message: string, field: string | null = null) =>
    JSON.stringify({ errors: [{ message, field, help: null }] });
  const read = (status: number, text: string, headers: Record<string, string> = {}) => {
    const verdict = readAnswer(
      { kind: "answered", status, headers: new Headers(headers), text },
      mails,
      nowMs,
    );
    if (verdict.kind === "refused") return verdict.refusal.kind;
    return verdict.kind === "settled" ? verdict.outcomes[0]?.kind : verdict.kind;
  };
  test.each([
    [202, "", "accepted"],
    [200, "", "accepted"],
    [400, errors("bad", "personalizations.0.to.0.email"), "poisoned"],
    [400, errors("bad", "null"), "poisoned"],
    [400, "<html>", "poisoned"],
    [401, errors("The provided authorization grant is invalid"), "rejected"],
    [401, errors("Maximum credits exceeded"), "quota_spent"],
    [403, errors("no", "from"), "rejected"],
    [404, errors("no"), "rejected"],
    [405, errors("no"), "rejected"],
    [408, "", "unknown"],
    [413, errors("too large"), "poisoned"],
    [429, errors("too many requests"), "rate_limited"],
    [500, errors("no"), "unknown"],
    [502, "<html>", "unknown"],
    [503, "", "unknown"],
    [301, "", "rejected"],
  ])("%i %s is %s", (status, text, meaning) => {
    expect(read(status, text)).toBe(meaning);
  });

  test("a fault outside of the call is nobody's: it is halved like any other", () => {
    const verdict = readAnswer(
      { kind: "answered", status: 400, headers: new Headers(), text: errors("bad", "personalizations.7.to") },
      mails,
      nowMs,
    );
    expect(verdict).toEqual({ kind: "poisoned", reason: "400: bad" });
  });
});

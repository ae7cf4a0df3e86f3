/** What each of SES's answers means. */
import { describe, expect, test } from "vitest";
import { readAnswer } from "#queues/providers/ses/answer";
import { letter } from "../../contracts/provider.ts";

describe("every error has its meaning", () => {
  const mail = letter("a@x.example");
  const read = (status: number, name: string, message = "m", inBody = false) => {
    const verdict = readAnswer(
      {
        kind: "answered",
        status,
        headers: new Headers(inBody ? {} : { "x-amzn-errortype": `${name}:http://internal/` }),
        text: JSON.stringify(
          inBody ? { __type: `com.amazonaws.ses#${name}`, Message: message } : { message },
        ),
      },
      mail,
    );
    if (verdict.kind === "refused") return verdict.refusal.kind;
    return verdict.kind === "settled" ? verdict.outcomes[0]?.kind : verdict.kind;
  };
  const failedCheck = (identity: string) =>
    `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${identity}`;
  test.each([
    [400, "AccountSuspendedException", "m", "rejected"],
    [400, "SendingPausedException", "m", "rejected"],
    [400, "MailFromDomainNotVerifiedException", "m", "rejected"],
    [404, "NotFoundException", "m", "rejected"],
    [403, "AccessDeniedException", "m", "rejected"],
    [403, "UnrecognizedClientException", "m", "rejected"],
    [403, "InvalidSignatureException", "m", "rejected"],
    [403, "ExpiredTokenException", "m", "rejected"],
    [400, "IncompleteSignatureException", "m", "rejected"],
    [400, "MessageRejected", "Message failed the content check.", "poisoned"],
    [400, "MessageRejected", failedCheck("a@x.example"), "poisoned"],
    [400, "MessageRejected", failedCheck("news@shop.example"), "rejected"],
    [400, "MessageRejected", failedCheck("shop.example, a@x.example"), "rejected"],
    [400, "BadRequestException", "Illegal address", "poisoned"],
    [400, "ValidationException", "m", "poisoned"],
    [413, "", "m", "poisoned"],
    [400, "LimitExceededException", "m", "quota_spent"],
    [429, "TooManyRequestsException", "Daily message quota exceeded.", "quota_spent"],
    [400, "ThrottlingException", "Daily sending quota exceeded", "quota_spent"],
    [429, "TooManyRequestsException", "Maximum sending rate exceeded.", "throttled"],
    [400, "ThrottlingException", "Maximum sending rate exceeded.", "throttled"],
    [429, "", "", "throttled"],
    [500, "InternalServiceErrorException", "m", "unknown"],
    [503, "ServiceUnavailable", "m", "unknown"],
    [502, "", "", "unknown"],
    [408, "", "", "unknown"],
    [301, "", "", "rejected"],
  ])("%i %s %s is %s", (status, name, message, meaning) => {
    expect(read(status, name, message)).toBe(meaning);
    expect(read(status, name, message, true)).toBe(meaning);
  });
  test("an answer without an id is no yes", () => {
    const answer = { kind: "answered", status: 200, headers: new Headers() } as const;
    for (const text of ["", "{}", '{"MessageId":""}', "<html>"])
      expect(readAnswer({ ...answer, text }, mail)).toMatchObject({ outcomes: [{ kind: "unknown" }] });
  });
});

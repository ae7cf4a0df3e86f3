/** The dashboard's form for every kind of provider, held against what the API takes. */
import { expect, test } from "vitest";
import { connectionKinds, secretsOf } from "#domain/sending/connection-kinds";
import { providerKinds } from "#domain/sending/provider";
import {
  type ConnectionValues,
  connectionBody,
  connectionProblems,
  emptyConnection,
} from "#lib/settings/connection-form.ts";
import { isSecret, kindFields, kindsOf } from "#lib/settings/connection-kinds.ts";
import { createConnectionBody } from "#worker/routes/connections.schema";

/** Something right for every field that must be given. */
const right: Record<string, string> = {
  host: "smtp.shop.example",
  region: "eu-west-1",
  domain: "mg.shop.example",
  account_sid: `AC${"0".repeat(32)}`,
  sender_id: "SHOP",
};

function filled(kind: (typeof providerKinds)[number]): ConnectionValues {
  const values = {
    ...emptyConnection(kind, kindsOf("email").includes(kind) ? "email" : "sms"),
    name: "Ours",
  };
  for (const field of kindFields[kind]) {
    if (isSecret(field)) values[field.secret] = "secret";
    else if (!field.optional && values.settings[field.setting] === "")
      values.settings[field.setting] = right[field.setting] ?? "";
  }
  return values;
}

test.each(providerKinds)("%s: the form asks for what the API knows, no more and no less", (kind) => {
  const settings = kindFields[kind].flatMap((field) => (isSecret(field) ? [] : [field.setting]));
  const secrets = kindFields[kind].flatMap((field) => (isSecret(field) ? [field.secret] : []));
  expect(settings.sort()).toEqual(Object.keys(connectionKinds[kind].settings.shape).sort());
  expect(secrets.sort()).toEqual([...secretsOf(kind)].sort());
});

test.each(providerKinds)("%s: filled in, the form has no problem and the API takes its body", (kind) => {
  const values = filled(kind);
  expect(connectionProblems(values)).toEqual([]);
  const parsed = createConnectionBody.safeParse(connectionBody(values));
  expect(parsed.error?.issues).toBeUndefined();
});

test.each(providerKinds.filter((kind) => kind !== "sandbox"))(
  "%s: left empty, what must be given is named",
  (kind) => {
    const problems = connectionProblems(emptyConnection(kind, "email"));
    expect(problems.length).toBeGreaterThan(0);
    const parsed = createConnectionBody.safeParse(
      connectionBody({ ...emptyConnection(kind, "email"), name: "Ours" }),
    );
    expect(parsed.success).toBe(false);
  },
);

test("what is missing is asked for by its name", () => {
  const words = connectionProblems(emptyConnection("ses", "email")).map((problem) => problem.message);
  expect(words).toEqual(["Enter the region", "Enter the access key ID", "Enter the secret access key"]);
  expect(connectionProblems(emptyConnection("resend", "email"))[0]?.message).toBe("Enter the API key");
});

test("a price and a port leave as numbers", () => {
  const smtp = filled("smtp");
  expect(connectionBody(smtp).settings).toMatchObject({ port: 587 });
  const twilio = filled("twilio");
  twilio.settings.price_per_segment = "0.045";
  expect(connectionBody(twilio).settings).toMatchObject({ price_per_segment: 0.045 });
  twilio.settings.price_per_segment = "cheap";
  expect(connectionProblems(twilio)).toEqual([
    { path: ["settings", "price_per_segment"], message: "A price looks like 0.045" },
  ]);
});

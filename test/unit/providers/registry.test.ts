/** The registry: the right adapter, a bounded number of connections, waiting that counts, reports only from those who report. */
import { describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { providerKinds } from "#domain/sending/provider";
import { type Connection, openProvider, parseReport, traitsOf, verifyReport } from "#queues/providers/index";
import { signWebhook } from "#queues/providers/standard-webhooks";
import { letters } from "../../contracts/provider.ts";
import { startResend } from "../../fakes/resend.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const connection = (kind: Connection["kind"], settings: Connection["settings"] = {}): Connection => ({
  tenantId: newId("ten"),
  id: newId("cxn"),
  kind,
  settings,
  secrets: { api_key: "re_test_full" },
});
const posted = (rawBody: string) => ({
  method: "POST",
  url: "https://x.example/hooks/any",
  headers: {},
  rawBody,
});
const mailboxes = { getByName: () => ({}) } as unknown as Env["SANDBOX_MAILBOX"];
const deps = () => ({
  now: Date.now,
  env: { PUBLIC_ORIGIN: "https://x.example", SANDBOX_MAILBOX: mailboxes } as Env,
});

test.each(providerKinds)("%s is opened with the traits that were announced", (kind) => {
  const opened = openProvider(deps(), connection(kind));
  expect(opened.kind).toBe(kind);
  expect(opened.traits).toEqual(traitsOf(connection(kind)));
});

describe("connections of one invocation", () => {
  test("are shared: however many calls, three at a time", async () => {
    const fake = await startResend();
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    for (let i = 0; i < 8; i++) fake.faults.push({ kind: "slow", until });
    const shared = deps();
    const [one, other] = [1, 2].map(() =>
      openProvider(shared, connection("resend", { base_url: fake.baseUrl })),
    );
    const calls = Array.from({ length: 8 }, (_, i) =>
      (i % 2 ? one : other)?.send(letters(1), { idempotencyKey: `k${i}`, timeoutMs: 10_000 }),
    );
    while (fake.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    // A call of another invocation has connections of its own, and passes while these wait.
    await openProvider(deps(), connection("resend", { base_url: fake.baseUrl })).verify();
    expect(fake.requests.filter((r) => r.path === "/emails/batch")).toHaveLength(3);
    release();
    for (const result of await Promise.all(calls))
      expect(result).toMatchObject({ outcomes: [{ kind: "accepted" }] });
    await fake.stop();
  });

  test("a call whose turn does not come in time was certainly not made", async () => {
    const fake = await startResend();
    for (let i = 0; i < 3; i++) fake.faults.push({ kind: "hang", when: "after" });
    const provider = openProvider(deps(), connection("resend", { base_url: fake.baseUrl }));
    const calls = Array.from({ length: 4 }, (_, i) =>
      provider.send(letters(1), { idempotencyKey: `k${i}`, timeoutMs: 300 }),
    );
    const results = await Promise.all(calls);
    expect(results.slice(0, 3).map((r) => r.kind)).toEqual(["settled", "settled", "settled"]);
    expect(results[3]).toMatchObject({ refusal: { kind: "rate_limited" } });
    expect(fake.taken).toHaveLength(3);
    await fake.stop();
  });
});

describe("reports", () => {
  const body = '{"events":[]}';
  const signedAs = async (prefix: string) => ({
    [`${prefix}-id`]: "m",
    [`${prefix}-timestamp`]: "1790000000",
    [`${prefix}-signature`]: await signWebhook(secret, "m", 1_790_000_000, body),
  });
  test.each([
    ["sandbox", "webhook", true],
    ["sandbox", "svix", false],
    ["resend", "svix", true],
    ["resend", "webhook", false],
    ["smtp", "svix", false],
    ["smtp", "webhook", false],
  ] as const)("%s signed by %s headers: %s", async (kind, prefix, genuine) => {
    const request = { ...posted(body), headers: await signedAs(prefix) };
    const known = { ...connection(kind), secrets: { webhook_secret: secret } };
    const reporting = { now: () => 1_790_000_000_000, fetch };
    expect(await verifyReport(request, known, reporting)).toBe(genuine);
  });
  test.each(providerKinds)("%s makes nothing of nonsense", (kind) => {
    for (const raw of ["", "{", "[]", '{"events":[{}]}', '{"type":"email.sent"}', "null"])
      expect(parseReport(kind, posted(raw))).toEqual([]);
  });
});

/** The demo shop of a fresh installation, in a real database. */
import { createHash } from "node:crypto";
import { eq, inArray, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { countAudience } from "#db/audience-sql";
import { openDb } from "#db/client";
import { countByState, tallyOf } from "#db/repos/ledger-books";
import * as schema from "#db/schema/index";
import { TenantDb, type TenantTable } from "#db/scope";
import { demoLogin, seedDemo } from "#db/seed";
import { otherShopId } from "#db/seed/other-shop";
import { shop } from "#db/seed/shop";
import { shopId, tellStory } from "#db/seed/story";
import { normalizeEmail, normalizeLocale, normalizePhone, normalizeTimeZone } from "#domain/contact/address";
import { checkContent } from "#domain/message/check";
import { audienceOf, isFinished } from "#domain/sending/ledger";
import { deploymentKey, unsealJson, unwrapKey } from "#domain/tenant/sealing";
import { hashPassword, verifyPassword } from "#worker/auth/password";
import { databaseUrl } from "../support/scope.ts";
import { booksOf, faultsOf } from "./support/run-books.ts";
import { checkText, oneWellFormedPart, versionsByChannel } from "./support/seed-templates.ts";

const key = Buffer.alloc(32, 9).toString("base64");
const random = (bytes: Uint8Array) => void crypto.getRandomValues(bytes);
const seed = () =>
  seedDemo({ databaseUrl: databaseUrl(), deploymentKey: key, hashPassword: (p) => hashPassword(p, random) });
const db = () => openDb(databaseUrl());
const scopeOf = (id: typeof shopId) => new TenantDb(db().orm, id);
let scope: TenantDb;

beforeAll(async () => {
  scope = scopeOf(shopId);
  await seed();
});

const tables = Object.values(schema).filter(
  (table): table is typeof table & TenantTable => "tenantId" in table,
);

/** Every row of both workspaces, as one digest per table. */
async function digests(): Promise<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const [i, table] of tables.entries())
    for (const id of [shopId, otherShopId]) {
      const rows = (await scopeOf(id).select(table)).map((row) => JSON.stringify(row, bytesAsHex)).sort();
      out[`${i} ${id}`] = `${rows.length} ${createHash("sha256").update(rows.join("\n")).digest("hex")}`;
    }
  return out;
}
const bytesAsHex = (_: string, value: unknown) =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;

async function runFaults(): Promise<string[]> {
  const faults: string[] = [];
  for (const run of await scope.select(schema.runs)) faults.push(...faultsOf(await booksOf(scope, run)));
  return faults;
}

test("a second start changes nothing", async () => {
  const before = await digests();
  expect(await seed()).toEqual(demoLogin);
  expect(await digests()).toEqual(before);
});

test("a seed that was interrupted is done again, whole", async () => {
  await scope.delete(schema.auditLog, eq(schema.auditLog.action, "tenant.demo_ready"));
  await scope.delete(schema.messages, sql`${schema.messages.state} = 'delivered'`);
  await scope.delete(schema.contacts, sql`${schema.contacts.country} = 'IE'`);
  await seed();
  expect(await scope.select(schema.contacts)).toHaveLength(5_000);
  expect(await runFaults()).toEqual([]);
});

describe("the shop", () => {
  test("shows a campaign in each state in which one can rest", async () => {
    const states = (await scope.pick({ state: schema.campaigns.state }, schema.campaigns)).map(
      (c) => c.state,
    );
    expect(states.sort()).toEqual(["cancelled", "completed", "completed", "draft", "paused", "scheduled"]);
  });

  test("has books that balance: ledger, events, consent and suppressions agree on every person", async () => {
    const runs = await scope.select(schema.runs);
    expect(runs).toHaveLength(4);
    for (const run of runs) {
      const tally = tallyOf(await countByState(scope, run.id));
      expect(audienceOf(tally)).toBe(run.audienceSize);
      expect(isFinished(tally)).toBe(run.finishedAt !== null);
    }
    expect(await runFaults()).toEqual([]);
  });

  test("left something to send in the paused campaign, and some who were sent to", async () => {
    const [paused] = await scope.select(schema.campaigns, eq(schema.campaigns.state, "paused"));
    if (!paused?.runId) throw new Error("no paused run");
    const tally = tallyOf(await countByState(scope, paused.runId));
    expect(tally.queued).toBeGreaterThan(100);
    expect(tally.delivered).toBeGreaterThan(100);
    expect(tally.sending + tally.unknown).toBe(0);
  });

  test("can send its draft at once: content without a problem, people who may be written to", async () => {
    const [draft] = await scope.select(schema.campaigns, eq(schema.campaigns.state, "draft"));
    if (!draft) throw new Error("no draft");
    const { audience, to_send, skipped } = await countAudience(
      scope,
      draft.audience,
      draft.channel,
      new Date(),
    );
    expect(to_send).toBeGreaterThan(3_000);
    expect(Object.keys(skipped).sort()).toEqual(["excluded", "no_consent", "suppressed", "unsubscribed"]);
    expect(audience).toBe(to_send + Object.values(skipped).reduce((sum, n) => sum + n, 0));
  });

  test("has templates that nothing is wrong with", async () => {
    const fields = (await scope.select(schema.fields)).map((field) => field.key);
    const { mails, texts } = await versionsByChannel(scope);
    expect([mails.length, texts.length]).toEqual([5, 1]);
    for (const text of texts) expect(checkText(text, fields), text.text).toEqual(oneWellFormedPart);
    for (const version of mails) {
      const content = { ...version, postalAddress: shop.postalAddress };
      const problems = checkContent(content, { fields, tenantName: shop.name, nowMs: 0 });
      expect(problems, version.subject).toEqual([]);
    }
  });

  test("can text at once: a verified way out, and people with a number who agreed", async () => {
    const ways = await scope.select(schema.connections, eq(schema.connections.channel, "sms"));
    expect(ways).toMatchObject([{ isDefault: true, kind: "sandbox", verifiedAt: expect.any(Date) }]);
    const everyone = { everyone: true, lists: [], segments: [], exclude_lists: [], exclude_segments: [] };
    const { to_send } = await countAudience(scope, everyone, "sms", new Date());
    expect(to_send).toBeGreaterThan(150);
  });

  test("knows its people in the normal forms, under addresses that belong to nobody", async () => {
    const people = await scope.select(schema.contacts);
    const wrong = people.filter(
      (p) =>
        normalizeEmail(p.email ?? "") !== p.email ||
        !p.email.endsWith(".example") ||
        (p.phone !== null && normalizePhone(p.phone) !== p.phone) ||
        normalizeLocale(p.locale) !== p.locale ||
        normalizeTimeZone(p.timeZone) !== p.timeZone,
    );
    expect(wrong).toEqual([]);
    const scripts = [
      /\p{sc=Arab}/u,
      /\p{sc=Hebr}/u,
      /\p{sc=Grek}/u,
      /\p{sc=Cyrl}/u,
      /\p{sc=Deva}/u,
      /\p{sc=Hang}/u,
    ];
    for (const script of [...scripts, /\p{sc=Han}/u, /\p{sc=Hira}/u])
      expect(
        people.some((p) => script.test(p.firstName)),
        String(script),
      ).toBe(true);
  });

  test("counts its segments as the application does", async () => {
    const segments = await scope.select(schema.segments);
    expect(segments).toHaveLength(6);
    for (const { id, name, lastCount, countedAt } of segments) {
      const everybody = {
        everyone: false,
        lists: [],
        segments: [id],
        exclude_lists: [],
        exclude_segments: [],
      };
      const now = await countAudience(scope, everybody, "email", countedAt ?? new Date());
      expect(now.audience, name).toBe(lastCount);
      expect(lastCount, name).toBeGreaterThan(50);
    }
  });

  test("accounts for every row of the files it once imported", async () => {
    const imports = await scope.select(schema.imports);
    expect(imports).toHaveLength(3);
    for (const one of imports) {
      const errors = await scope.select(schema.importErrors, eq(schema.importErrors.importId, one.id));
      const created = await scope.select(schema.contacts, eq(schema.contacts.importId, one.id));
      expect(errors.length, one.fileName).toBe(one.rowsRejected);
      expect(created.length, one.fileName).toBe(one.rowsCreated);
      expect(one.rowsRead).toBe(one.rowsCreated + one.rowsUpdated + one.rowsUnchanged + one.rowsRejected);
      expect(errors.every((error) => error.line > 1 && error.line <= one.cursorLine)).toBe(true);
    }
  });
});

test("its people sign in with the demo password, each in the role that was promised", async () => {
  const members = await scope
    .pick(
      { email: schema.users.email, hash: schema.users.passwordHash, role: schema.memberships.role },
      schema.memberships,
    )
    .innerJoin(schema.users, eq(schema.users.id, schema.memberships.userId));
  expect(Object.fromEntries(members.map((m) => [m.email, m.role]))).toEqual({
    [demoLogin.email]: "owner",
    "editor@larkpost.example": "editor",
    "viewer@larkpost.example": "viewer",
  });
  for (const { hash } of members) expect(await verifyPassword(demoLogin.password, hash)).toBe(true);
});

test("its secrets open with the deployment's key", async () => {
  const [tenant] = await scope.pickSelf({ key: schema.tenants.wrappedKey });
  if (!tenant) throw new Error("no tenant");
  const tenantKey = await unwrapKey(await deploymentKey(key), shopId, tenant.key);
  for (const { id, sealed } of await scope.select(schema.connections)) {
    const secrets = await unsealJson(tenantKey, id, sealed);
    expect(secrets).toEqual({ webhook_secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{32}$/) });
  }
});

test("the second workspace has people, members and mail of its own, and shares none", async () => {
  const other = scopeOf(otherShopId);
  const [mine, theirs] = await Promise.all([scope.select(schema.contacts), other.select(schema.contacts)]);
  expect(theirs).toHaveLength(120);
  const known = new Set(mine.map((person) => person.email));
  expect(theirs.filter((person) => known.has(person.email))).toEqual([]);
  const members = await other.select(schema.memberships);
  const shared = inArray(
    schema.memberships.userId,
    members.map((member) => member.userId),
  );
  expect(members).toHaveLength(1);
  expect(await scope.select(schema.memberships, shared)).toEqual([]);
  expect(await other.select(schema.messages)).toEqual([]);
});

test("nothing is told that has yet to happen, except what is scheduled", () => {
  for (const now of [new Date("2027-02-28T23:59:30Z"), new Date("2026-11-20T00:10:00Z"), new Date()]) {
    const ahead: string[] = [];
    JSON.stringify(tellStory(now).story, (name, value: unknown) => {
      const isMoment = typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
      if (isMoment && Date.parse(value) > now.getTime()) ahead.push(`${name} ${value}`);
      return value;
    });
    expect(ahead).toEqual([expect.stringMatching(/^scheduledAt /)]);
  }
});

test("the same moment tells the same story", () => {
  const now = new Date("2026-11-20T10:00:00Z");
  expect(JSON.stringify(tellStory(now).story)).toBe(JSON.stringify(tellStory(now).story));
});

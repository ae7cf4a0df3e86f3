/** An import whose worker dies, is started twice, or meets others at work: the end is that of a quiet run. */
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client";
import { insertContact } from "#db/repos/contacts";
import { listImportErrors } from "#db/repos/imports";
import type { TenantDb } from "#db/scope";
import { SystemDb } from "#db/system";
import { noFacts } from "#domain/contact/contact";
import type { ImportOptions } from "#domain/contact/import";
import { importContacts } from "#queues/consumers/import-contacts";
import { leaseMs } from "#queues/importing/run-import";
import { sweepImports } from "#queues/sweeps/imports";
import { hookedScope } from "#test/support/hooked-scope";
import { encoded } from "#test/support/memory-bucket";
import { databaseUrl, newId } from "#test/support/scope";
import {
  countOf,
  runToEnd,
  standing,
  startedImport,
  step,
  type Workshop,
  workshop,
} from "./support/imports.ts";

const person = (i: number) => `person${i}@example.com,Name ${i},tag${i % 3}\n`;
/** Two batches: new people, known ones, a repetition across the border, and refusals. */
const file = encoded(
  `email,name,tags\n${Array.from({ length: 40 }, (_, i) => person(i)).join("")}nobody,x,\n${person(5)}"broken"x,y,\n`,
);
const pace = { stepMs: 20_000, batchRows: 30 };
const options: Partial<ImportOptions> = {
  email_consent: "subscribed",
  consent_wording: "Yes",
  tags: ["all"],
};

async function prepared(): Promise<{ shop: Workshop; id: Awaited<ReturnType<typeof startedImport>> }> {
  const shop = workshop();
  for (const i of [3, 35]) await insertPerson(shop.scope, `person${i}@example.com`);
  return { shop, id: await startedImport(shop, file, options) };
}

async function insertPerson(scope: TenantDb, email: string) {
  const at = new Date("2026-11-01T00:00:00.000Z");
  const rest = {
    emailConsent: "none",
    smsConsent: "none",
    source: "api",
    createdAt: at,
    updatedAt: at,
  } as const;
  await insertContact(scope, { ...noFacts, id: newId("ctc"), email, fields: {}, ...rest });
}

async function picture(shop: Workshop, id: Awaited<ReturnType<typeof startedImport>>) {
  const errors = await listImportErrors(shop.scope, id, { limit: 100 });
  const tables = ["contacts", "contact_tags", "consents", "tags"];
  const sizes = await Promise.all(tables.map((table) => countOf(shop.scope, table)));
  return {
    ...(await standing(shop.scope, id)),
    errors: errors.map((e) => [e.line, e.reason]),
    sizes: Object.fromEntries(tables.map((table, i) => [table, sizes[i]])),
  };
}

const quiet = {
  state: "completed",
  failure: "",
  rowsRead: 43,
  rowsCreated: 38,
  rowsUpdated: 2,
  rowsUnchanged: 0,
  rowsRejected: 3,
  errors: [
    [42, "invalid_email"],
    [43, "repeated_in_file"],
    [44, "broken_quotes"],
  ],
  sizes: { contacts: 40, contact_tags: 80, consents: 40, tags: 4 },
};

test("a quiet run", async () => {
  const { shop, id } = await prepared();
  await runToEnd(shop, id, pace);
  expect(await picture(shop, id)).toEqual(quiet);
});

class Killed extends Error {}

describe.each(["before the database heard of it", "after the database did it"])(
  "killed at each statement, %s",
  (when) => {
    test("and taken up again, the end is the same", async () => {
      let at = 0;
      for (let isOver = false; !isOver; ) {
        at++;
        const { shop, id } = await prepared();
        let seen = 0;
        const dying = hookedScope(shop.scope.tenantId, async (_statement, forward, undo) => {
          seen++;
          if (seen < at) return forward();
          // Once dead it says nothing more, so that no clean-up can hide what a kill leaves behind.
          if (seen === at && when.startsWith("after")) await forward();
          await undo();
          throw new Killed();
        });
        const verdict = await importContacts(shop.deps(dying), step(shop, id), pace).catch((error) => error);
        isOver = !(verdict instanceof Error);
        shop.clockMs += leaseMs + 1;
        await runToEnd(shop, id, pace);
        expect(await picture(shop, id), `killed at statement ${at}`).toEqual(quiet);
      }
      expect(at).toBeGreaterThan(15);
    }, 300_000);
  },
);

test("two deliveries of one message: the second leaves the work to the first", async () => {
  const { shop, id } = await prepared();
  const both = await Promise.all([1, 2].map(() => importContacts(shop.deps(), step(shop, id), pace)));
  expect(both).toEqual([{ do: "ack" }, { do: "ack" }]);
  expect(await picture(shop, id)).toEqual(quiet);
});

test.each([
  ["one batch", { ...pace, stepMs: 0 }],
  ["all", pace],
])(
  "two workers that both believe to hold the lease, the second does %s: rows count once",
  async (_much, its) => {
    const { shop, id } = await prepared();
    let other: Promise<unknown> | undefined;
    // Right before the first writes its first batch, its lease runs out and a second takes over.
    const slow = hookedScope(shop.scope.tenantId, async (statement, forward) => {
      if (!other && /^begin/i.test(statement)) {
        shop.clockMs += leaseMs + 1;
        other = importContacts(shop.deps(), step(shop, id), its);
        await other;
      }
      return forward();
    });
    expect(await importContacts(shop.deps(slow), step(shop, id), pace)).toEqual({ do: "ack" });
    shop.clockMs += leaseMs + 1;
    await runToEnd(shop, id, pace);
    expect(await picture(shop, id)).toEqual(quiet);
  },
);

test("somebody adds a person of the batch at the very moment it is written", async () => {
  const { shop, id } = await prepared();
  let added = false;
  const meddled = hookedScope(shop.scope.tenantId, async (statement, forward) => {
    if (!added && statement.startsWith("insert into contacts")) {
      added = true;
      await insertPerson(shop.scope, "person7@example.com");
    }
    return forward();
  });
  await importContacts(shop.deps(meddled), step(shop, id), pace);
  const end = await picture(shop, id);
  expect(added).toBe(true);
  expect(end).toEqual({ ...quiet, rowsCreated: 37, rowsUpdated: 3 });
});

test("an import nobody works on is found by the sweep, one that is held or over is not", async () => {
  const { shop, id } = await prepared();
  const system = new SystemDb(openDb(databaseUrl()).crossTenant);
  const swept = async () => {
    await sweepImports({ ...shop.deps(), system } as never);
    return shop.queue.splice(0).filter((message) => message.importId === id).length;
  };
  expect(await swept()).toBe(1);
  const stuck = hookedScope(shop.scope.tenantId, async (statement, forward) => {
    if (/^begin/i.test(statement)) throw new Killed();
    return forward();
  });
  await importContacts({ ...shop.deps(stuck), env: { ...shop.deps().env } }, step(shop, id), pace).catch(
    () => undefined,
  );
  // A worker that could still say so let go of it; one that could not holds it until the lease is over.
  expect(await swept()).toBe(1);
  await shop.scope.execute(
    sql`update imports i set lease_until = ${new Date(shop.clockMs + leaseMs)} where ${shop.scope.own("i")}`,
  );
  expect(await swept()).toBe(0);
  shop.clockMs += leaseMs + 1;
  expect(await swept()).toBe(1);
  await runToEnd(shop, id, pace);
  expect(await swept()).toBe(0);
});

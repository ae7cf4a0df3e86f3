// The gateway is what PlanetScale is, as far as its own driver, drizzle and our statements can tell.
import { Client, DatabaseError } from "@planetscale/database";
import { eq, sql } from "drizzle-orm";
import {
  bigint,
  customType,
  datetime,
  decimal,
  int,
  json,
  mysqlTable,
  text,
  varchar,
} from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startGateway } from "#db/local/gateway";
import { tenantGuard } from "#db/local/tenant-guard";

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "binary(16)" });
const name = `gateway_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
const rows = mysqlTable(name, {
  id: bigint("id", { mode: "bigint", unsigned: true }).primaryKey().autoincrement(),
  small: int("small"),
  label: varchar("label", { length: 100 }).unique(),
  body: text("body"),
  extra: json("extra"),
  at: datetime("at", { mode: "date", fsp: 3 }),
  key: bytes("key"),
  price: decimal("price", { precision: 12, scale: 2 }),
});

const client = new Client({ url: inject("databaseUrl") });
const db = drizzle({ client });
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error & { cause?: Error };
};

beforeAll(async () => {
  await client.execute(
    `CREATE TABLE ${name} (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, small INT, label VARCHAR(100) UNIQUE, body TEXT,
     extra JSON, at DATETIME(3), \`key\` BINARY(16), price DECIMAL(12,2))`,
  );
});
afterAll(async () => {
  await client.execute(`DROP TABLE ${name}`);
});

describe("values come back as they went in", () => {
  test("through drizzle, of every kind we store", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const value = {
      id: 9_007_199_254_740_993n,
      small: -2_147_483_648,
      label: "🐦‍⬛ Ünïcödé שלום \\ ' \" ` % _",
      body: `NUL \0 tab \t line \r\n ctrl-z \x1a ${"x".repeat(50_000)}`,
      extra: { list: [1, "zwei", null, { drei: "ß🎉" }], empty: {} },
      at: new Date("2026-02-28T23:59:59.987Z"),
      key: all.slice(200, 216),
      price: "9999999999.99",
    };
    await db.insert(rows).values(value);
    expect(await db.select().from(rows).where(eq(rows.id, value.id))).toEqual([value]);
    await db.delete(rows).where(eq(rows.id, value.id));
  });

  test("an empty text, an empty JSON text and NULL stay three things", async () => {
    await db.insert(rows).values({ label: "", extra: "", body: null });
    const [row] = await db.select().from(rows).where(eq(rows.label, ""));
    expect(row).toMatchObject({ label: "", extra: "", body: null, key: null });
  });

  test("JSON paths are JSON and text, counts are exact text, comparisons numbers", async () => {
    await db.insert(rows).values({ label: "json", extra: { city: "Köln" } });
    const { rows: found, types } = await client.execute(
      `SELECT extra->'$.city' AS j, extra->>'$.city' AS t, COUNT(*) OVER () AS n, 1 = 1 AS b FROM ${name} WHERE label = 'json'`,
    );
    expect(found).toEqual([{ j: "Köln", t: "Köln", n: "1", b: "1" }]);
    expect(types).toMatchObject({ j: "JSON", n: "INT64" });
  });

  test("affected rows are those changed, and a new id is told", async () => {
    const inserted = await client.execute(`INSERT INTO ${name} (label, small) VALUES ('counted', 1)`);
    expect(inserted.rowsAffected).toBe(1);
    expect(BigInt(inserted.insertId)).toBeGreaterThan(0n);
    const same = await client.execute(`UPDATE ${name} SET small = 1 WHERE label = 'counted'`);
    expect(same.rowsAffected).toBe(0);
    const upsert = `INSERT INTO ${name} (label, small) VALUES ('counted', 5) AS n ON DUPLICATE KEY UPDATE small = n.small`;
    expect((await client.execute(upsert)).rowsAffected).toBe(2);
  });

  test("time zones are UTC and text compares without case or accents", async () => {
    const { rows: found } = await client.execute(
      "SELECT @@time_zone AS tz, 'É' = 'e' AS same, @@sql_mode AS mode",
    );
    expect(found).toMatchObject([
      { tz: "+00:00", same: "1", mode: expect.stringContaining("ONLY_FULL_GROUP_BY") },
    ]);
  });
});

describe("transactions", () => {
  test("commit together, and nobody sees them before", async () => {
    await db.transaction(async (tx) => {
      await tx.insert(rows).values({ label: "in-tx" });
      expect(await db.select().from(rows).where(eq(rows.label, "in-tx"))).toEqual([]);
      expect(await tx.select().from(rows).where(eq(rows.label, "in-tx"))).toHaveLength(1);
    });
    expect(await db.select().from(rows).where(eq(rows.label, "in-tx"))).toHaveLength(1);
  });

  test("roll back as a whole when one statement fails", async () => {
    const error = await failure(
      db.transaction(async (tx) => {
        await tx.insert(rows).values({ label: "undone" });
        await tx.execute(sql`select * from nowhere_at_all`);
      }),
    );
    expect(String(error.cause ?? error)).toContain("errno 1146");
    expect(await db.select().from(rows).where(eq(rows.label, "undone"))).toEqual([]);
  });

  test("roll back to a savepoint and go on", async () => {
    await db.transaction(async (tx) => {
      await tx.insert(rows).values({ label: "kept" });
      await failure(
        tx.transaction(async (inner) => {
          await inner.insert(rows).values({ label: "dropped" });
          throw new Error("inner");
        }),
      );
    });
    const found = await db
      .select({ label: rows.label })
      .from(rows)
      .where(sql`${rows.label} in ('kept', 'dropped')`);
    expect(found).toEqual([{ label: "kept" }]);
  });

  test("a deadlock ends one of the two, and what that one did is gone", async () => {
    await db.insert(rows).values([{ label: "left" }, { label: "right" }]);
    const touch = (tx: { execute(query: string): Promise<unknown> }, label: string) =>
      tx.execute(`UPDATE ${name} SET small = IFNULL(small, 0) + 1 WHERE label = '${label}'`);
    const waiting = Promise.withResolvers<void>();
    let arrived = 0;
    const meet = () => {
      arrived += 1;
      if (arrived === 2) waiting.resolve();
      return waiting.promise;
    };
    const cross = (first: string, second: string) =>
      client.transaction(async (tx) => {
        await touch(tx, first);
        await meet();
        await touch(tx, second);
      });
    const outcomes = await Promise.allSettled([cross("left", "right"), cross("right", "left")]);
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(lost).toHaveLength(1);
    expect(String(lost[0]?.reason)).toContain("errno 1213");
    const found = await db
      .select({ small: rows.small })
      .from(rows)
      .where(sql`${rows.label} in ('left', 'right')`);
    expect(found).toEqual([{ small: 1 }, { small: 1 }]);
  });
});

describe("refusals", () => {
  test("a duplicate key is told with errno 1062 and its Vitess code", async () => {
    await db.insert(rows).values({ label: "twice" });
    const error = await failure(client.execute(`INSERT INTO ${name} (label) VALUES ('twice')`));
    expect(error).toBeInstanceOf(DatabaseError);
    expect((error as DatabaseError).body).toMatchObject({ code: "ALREADY_EXISTS" });
    expect(error.message).toMatch(
      /code = AlreadyExists desc = Duplicate entry 'twice' .*\(errno 1062\) \(sqlstate 23000\)/,
    );
  });

  test("wrong credentials get nothing", async () => {
    const url = new URL(inject("databaseUrl"));
    url.password = "wrong";
    const error = await failure(new Client({ url: url.href }).execute("SELECT 1"));
    expect((error as DatabaseError).body).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("a statement on a tenant table without its tenant is refused as scatter", async () => {
    const error = await failure(client.execute("SELECT id FROM contacts WHERE email = 'a@example.com'"));
    expect(error.message).toMatch(/scatter.*`contacts`/);
    expect((await client.execute("/* cross-tenant */ SELECT COUNT(*) AS n FROM contacts")).size).toBe(1);
  });

  test("settings of a shared connection cannot be changed, nor two statements sent as one", async () => {
    expect((await failure(client.execute("SET @a = 1"))).message).toContain("session settings");
    expect((await failure(client.execute("SELECT 1; SELECT 2"))).message).toContain("errno 1064");
  });
});

describe("limits", () => {
  test("100,000 rows are given, one more is refused, and the connection stays usable", async () => {
    await client.execute(`CREATE TABLE ${name}_many (n INT)`);
    const numbers = Array.from({ length: 400 }, (_, n) => `(${n})`).join(",");
    await client.execute(`INSERT INTO ${name}_many VALUES ${numbers}`);
    const cross = `SELECT a.n FROM ${name}_many a, ${name}_many b`;
    expect((await client.execute(`${cross} LIMIT 100000`)).size).toBe(100_000);
    for (const statement of [cross, `${cross} LIMIT 150000`])
      expect((await failure(client.execute(statement))).message).toContain("Row count exceeded 100000");
    expect(
      (await Promise.all(Array.from({ length: 32 }, () => client.execute("SELECT 1 AS one")))).length,
    ).toBe(32);
    const copied = await client.execute(
      `INSERT INTO ${name}_many SELECT a.n FROM ${name}_many a, ${name}_many b`,
    );
    expect(copied.rowsAffected).toBe(160_000);
    await client.execute(`DROP TABLE ${name}_many`);
  });

  test("a statement that takes too long is ended; a transaction left idle is rolled back", async () => {
    const mysql = inject("mysql");
    const gateway = await startGateway({
      mysql,
      database: mysql.database,
      user: "u",
      password: "p",
      statementLimitMs: 200,
      idleLimitMs: 300,
      guard: tenantGuard({}),
    });
    try {
      const hurried = new Client({ url: gateway.url });
      const slow = "SELECT BENCHMARK(2000000000, SHA2('x', 512))";
      expect((await failure(hurried.execute(slow))).message).toContain("code = DeadlineExceeded");
      const left = hurried.connection();
      await left.execute("BEGIN");
      await left.execute(`INSERT INTO ${name} (label) VALUES ('idle')`);
      // A second insert of the same label waits for the first to be rolled back.
      await client.execute(`INSERT INTO ${name} (label) VALUES ('idle')`);
      expect((await failure(left.execute("SELECT 1"))).message).toContain("code = Aborted");
    } finally {
      await gateway.close();
    }
  });
});

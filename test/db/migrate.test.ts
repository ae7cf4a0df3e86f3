// Migrations apply in order and once, also when they were interrupted half-way.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@planetscale/database";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type Gateway, startGateway } from "#db/local/gateway";
import { migrate } from "#db/local/migrate";
import { connectTo, ensureDatabase } from "#db/local/mysql-address";

// A database of its own: the tables of the tests' shared one are there already.
const database = `migrate_${crypto.randomUUID().slice(0, 8)}`;
let gateway: Gateway;
let client: Client;
let migrationsDir: string;

beforeEach(async () => {
  const mysql = inject("mysql");
  await ensureDatabase(mysql, database);
  gateway = await startGateway({ mysql, database, user: "u", password: "p" });
  client = new Client({ url: gateway.url });
  migrationsDir = mkdtempSync(join(tmpdir(), "larkpost-migrations-"));
});
afterEach(async () => {
  await gateway.close();
  const connection = await connectTo(inject("mysql"));
  await connection.query(`DROP DATABASE ${database}`);
  await connection.end();
  rmSync(migrationsDir, { recursive: true });
});

function write(files: Record<string, string[]>): void {
  mkdirSync(join(migrationsDir, "meta"), { recursive: true });
  const entries = Object.keys(files).map((tag, idx) => ({ idx, tag }));
  writeFileSync(join(migrationsDir, "meta/_journal.json"), JSON.stringify({ entries }));
  for (const [tag, statements] of Object.entries(files))
    writeFileSync(join(migrationsDir, `${tag}.sql`), statements.join("\n--> statement-breakpoint\n"));
}

const apply = () => migrate(gateway.url, { migrationsDir });
const values = async () =>
  (await client.execute("SELECT n FROM a ORDER BY n")).rows.map((row) => Number((row as { n: number }).n));

test("each is applied once, in order, and later ones follow", async () => {
  const first = { "0000_a": ["CREATE TABLE a (n INT)", "INSERT INTO a VALUES (1)"] };
  write(first);
  expect(await apply()).toEqual(["0000_a"]);
  expect(await apply()).toEqual([]);
  write({ ...first, "0001_b": ["INSERT INTO a VALUES (2)"] });
  expect(await apply()).toEqual(["0001_b"]);
  expect(await values()).toEqual([1, 2]);
});

test("one that fails is taken up at the statement that failed, and data is not changed twice", async () => {
  write({
    "0000_a": ["CREATE TABLE a (n INT)", "INSERT INTO a VALUES (1)", "ALTER TABLE missing ADD m INT"],
  });
  await expect(apply()).rejects.toThrow(/0000_a, statement 3.*missing/);
  await client.execute("CREATE TABLE missing (n INT)");
  expect(await apply()).toEqual(["0000_a"]);
  expect(await values()).toEqual([1]);
});

test("a definition that took effect just before a kill is not a failure", async () => {
  write({
    "0000_a": [
      "CREATE TABLE a (n INT)",
      "ALTER TABLE a ADD UNIQUE INDEX a_n (n)",
      "INSERT INTO a VALUES (1)",
    ],
  });
  await apply();
  await client.execute("DELETE FROM a");
  // As if killed after the index was there and before that was recorded.
  await client.execute("UPDATE schema_migrations SET statements_done = 1");
  expect(await apply()).toEqual(["0000_a"]);
  expect(await values()).toEqual([1]);
});

test("what already exists is a failure when no kill explains it", async () => {
  await client.execute("CREATE TABLE a (n INT)");
  write({ "0000_b": ["CREATE TABLE b (n INT)", "CREATE TABLE a (n INT)"] });
  await expect(apply()).rejects.toThrow(/errno 1050/);
});

test("a migration edited after it was applied is refused with the remedy", async () => {
  write({ "0000_a": ["CREATE TABLE a (n INT)"] });
  await apply();
  write({ "0000_a": ["CREATE TABLE a (n BIGINT)"] });
  await expect(apply()).rejects.toThrow(/--reset/);
});

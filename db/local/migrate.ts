// Applies the generated migrations in order, each statement once, over the same protocol the application speaks.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, DatabaseError } from "@planetscale/database";

export type MigrateOptions = { migrationsDir: string; onProgress?: (line: string) => void };

type Migration = { tag: string; hash: string; statements: string[] };
type Record_ = { tag: string; hash: string; statements_done: number; statements_total: number };

// Table, column or key is there already, or gone already: the statement had taken effect when we were killed.
const alreadyDone = /\(errno (?:1050|1051|1060|1061|1091)\)/;
const definition = /^\s*(?:create|alter|drop|rename|truncate)\b/i;

/** Returns the names of the migrations it applied. One at a time: a deployment must not run it twice at once. */
export async function migrate(databaseUrl: string, options: MigrateOptions): Promise<string[]> {
  const client = new Client({ url: databaseUrl });
  await client.execute(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
      tag VARCHAR(190) NOT NULL PRIMARY KEY,
      hash CHAR(64) NOT NULL,
      statements_done INT NOT NULL,
      statements_total INT NOT NULL,
      applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
    )`,
  );
  const known = await client.execute(
    "SELECT tag, hash, statements_done, statements_total FROM schema_migrations",
  );
  const records = new Map((known.rows as Record_[]).map((row) => [row.tag, row]));
  const applied: string[] = [];
  for (const migration of readMigrations(options.migrationsDir)) {
    const record = records.get(migration.tag);
    if (record && record.hash !== migration.hash)
      throw new Error(
        `Migration ${migration.tag} was changed after it had been applied to this database. ` +
          "Locally, begin anew: npm start -- --reset. Elsewhere, add a new migration instead.",
      );
    if (record && record.statements_done >= record.statements_total) continue;
    options.onProgress?.(`migration ${migration.tag}`);
    await apply(client, migration, record?.statements_done);
    applied.push(migration.tag);
  }
  return applied;
}

/** `done` is undefined for a migration never begun. */
async function apply(client: Client, migration: Migration, done: number | undefined): Promise<void> {
  const { tag, hash, statements } = migration;
  if (done === undefined)
    await client.execute(
      "INSERT INTO schema_migrations (tag, hash, statements_done, statements_total) VALUES (?, ?, 0, ?)",
      [tag, hash, statements.length],
    );
  const resumedAt = done ?? -1;
  for (const [at, statement] of statements.entries()) {
    if (at < (done ?? 0)) continue;
    const progress = [
      "UPDATE schema_migrations SET statements_done = ? WHERE tag = ?",
      [at + 1, tag],
    ] as const;
    if (!definition.test(statement)) {
      await client.transaction(async (tx) => {
        await tx.execute(statement);
        await tx.execute(progress[0], [...progress[1]]);
      });
      continue;
    }
    // MySQL commits a definition by itself, so a kill may fall between it and its record.
    await client.execute(statement).catch((error: unknown) => {
      const repeated = at === resumedAt && error instanceof DatabaseError && alreadyDone.test(error.message);
      if (!repeated) throw new Error(`Migration ${tag}, statement ${at + 1}: ${(error as Error).message}`);
    });
    await client.execute(progress[0], [...progress[1]]);
  }
}

function readMigrations(dir: string): Migration[] {
  const journal = join(dir, "meta/_journal.json");
  if (!existsSync(journal)) return [];
  const { entries } = JSON.parse(readFileSync(journal, "utf8")) as {
    entries: { idx: number; tag: string }[];
  };
  return entries
    .toSorted((a, b) => a.idx - b.idx)
    .map(({ tag }) => {
      const text = readFileSync(join(dir, `${tag}.sql`), "utf8");
      const statements = text
        .split("--> statement-breakpoint")
        .map((statement) => statement.trim())
        .filter(Boolean);
      return { tag, hash: createHash("sha256").update(text).digest("hex"), statements };
    });
}

/** A segment has one meaning: what `matches` says of a person in memory is what the SQL says of the row. */
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { foldColumnSql, foldSql } from "#db/fold-sql";
import type { TenantDb } from "#db/scope";
import { segmentSql } from "#db/segment-sql";
import { idFromBytes } from "#domain/ids";
import { fold } from "#domain/segment/fold";
import { matches } from "#domain/segment/matches";
import { type SegmentRule, segmentRuleSchema } from "#domain/segment/schema";
import { newScope } from "#test/support/scope";
import { insertPeople, uniqueEmail } from "./support/people.ts";
import { now, type PersonInDb, people, rules } from "./support/segment-arbitraries.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const chunks = 20;
const peoplePerChunk = 60;
const rulesPerChunk = 250;

beforeAll(() => console.info(`SEED=${seed} repeats this run`));

test("memory and SQL agree on every person of every rule of the grammar", async () => {
  for (let chunk = 0; chunk < chunks; chunk++) {
    const crowd = fc.sample(people, { seed: seed + chunk, numRuns: peoplePerChunk }).map(uniqueEmail);
    const scope = newScope();
    await insertPeople(scope, crowd);
    const asked = fc.sample(rules, { seed: seed + chunk, numRuns: rulesPerChunk });
    for (let at = 0; at < asked.length; at += 25) await compare(scope, crowd, asked.slice(at, at + 25));
  }
});

test("case is folded alike for every code point of Unicode", async () => {
  const scope = newScope();
  const points = Array.from({ length: 0x110000 }, (_, i) => i).filter((i) => i < 0xd800 || i > 0xdfff);
  for (let at = 0; at < points.length; at += 50_000) {
    const part = points.slice(at, at + 50_000).map((p) => `[${String.fromCodePoint(p)}]`);
    // The pair around it shows a text that was cut short; the doubled capitals are those that grow.
    const json = JSON.stringify(part.map((t) => ({ t, f: fold(t) })));
    const { rows } = await scope.execute(sql`
      select t from json_table(${json}, '$[*]' columns (t varchar(8) character set utf8mb4 path '$.t', f varchar(8) character set utf8mb4 path '$.f')) j
      where ${foldSql(sql`t`)} collate utf8mb4_0900_bin <> f or ${foldColumnSql(sql`t`)} collate utf8mb4_0900_bin <> f
        or t collate utf8mb4_0900_ai_ci <> f`);
    // The last condition: what folds to the same is the same to the index that is asked first.
    expect(rows).toEqual([]);
  }
});

/** One statement asks all the rules: each is a column of ones and zeros. */
async function compare(scope: TenantDb, crowd: readonly PersonInDb[], asked: readonly SegmentRule[]) {
  const columns = asked.map(
    (rule, i) =>
      sql`${segmentSql(scope, segmentRuleSchema.parse(rule), "c", now)} as ${sql.identifier(`r${i}`)}`,
  );
  const { rows } = await scope.execute(
    sql`select c.id, ${sql.join(columns, sql`, `)} from contacts c where ${scope.own("c")}`,
  );
  const byId = new Map(
    (rows as Record<string, unknown>[]).map((row) => [idFromBytes("ctc", row.id as Uint8Array), row]),
  );
  for (const person of crowd)
    for (const [i, rule] of asked.entries()) {
      const inSql = byId.get(person.id)?.[`r${i}`];
      // NULL would be neither: a condition around it would then mean something else than it says.
      const inMemory = matches(rule, person, now.getTime()) ? 1 : 0;
      if (Number(inSql) !== inMemory || inSql === null)
        throw new Error(
          `memory says ${inMemory}, SQL says ${inSql} (SEED=${seed})\nrule: ${JSON.stringify(rule)}\nperson: ${JSON.stringify(
            { ...person, tags: [...person.tags], lists: [...person.lists] },
          )}`,
        );
    }
}

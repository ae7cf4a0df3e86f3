/** An import ready to run: a file in a bucket that stands in for R2, its row in the database, a worker to run it. */
import { sql } from "drizzle-orm";
import { getImport, insertImport, moveImport } from "#db/repos/imports";
import type { TenantDb } from "#db/scope";
import { countBytes, emptyCensus } from "#domain/contact/csv-encoding";
import { type ImportOptions, importOptionsSchema } from "#domain/contact/import";
import { previewOf } from "#domain/contact/import-preview";
import type { ImportId } from "#domain/ids";
import { importContacts } from "#queues/consumers/import-contacts";
import { usualPace } from "#queues/importing/run-import";
import type { ImportStep } from "#queues/messages";
import { type MemoryBucket, memoryBucket } from "#test/support/memory-bucket";
import { newId, newScope } from "#test/support/scope";

export type Workshop = {
  readonly scope: TenantDb;
  readonly bucket: MemoryBucket;
  readonly queue: ImportStep[];
  clockMs: number;
  deps(scope?: TenantDb): Parameters<typeof importContacts>[0];
};

export function workshop(scope = newScope()): Workshop {
  const queue: ImportStep[] = [];
  const shop: Workshop = {
    scope,
    bucket: memoryBucket(),
    queue,
    clockMs: Date.parse("2026-11-22T10:00:00.000Z"),
    deps: (worker = scope) => ({
      now: () => shop.clockMs,
      newId,
      log: () => undefined,
      env: {
        FILES: shop.bucket,
        IMPORT_QUEUE: {
          async send(message: unknown) {
            queue.push(message as ImportStep);
          },
        } as never,
      },
      scope: () => worker,
    }),
  };
  return shop;
}

/** Uploaded and started, as the routes do it. */
export async function startedImport(
  shop: Workshop,
  bytes: Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<ImportId> {
  const id = newId("imp");
  const now = new Date(shop.clockMs);
  const preview = previewOf(bytes.subarray(0, 256 * 1024), countBytes(emptyCensus, bytes), []);
  shop.bucket.files.set(id, bytes);
  await insertImport(shop.scope, {
    id,
    fileName: "people.csv",
    fileKey: id,
    sizeBytes: bytes.length,
    preview,
    createdBy: "usr_test",
    createdAt: now,
  });
  const chosen = importOptionsSchema.parse({
    mapping: preview.mapping,
    has_header: preview.has_header,
    ...options,
  });
  await moveImport(shop.scope, id, ["uploaded"], {
    state: "running",
    options: chosen,
    startedAt: now,
    updatedAt: now,
  });
  return id;
}

export const step = (shop: Workshop, importId: ImportId): ImportStep => ({
  v: 1,
  kind: "import.step",
  tenantId: shop.scope.tenantId,
  importId,
});

/** Runs it to its end, whatever messages it sends itself. */
export async function runToEnd(shop: Workshop, id: ImportId, pace = usualPace) {
  shop.queue.push(step(shop, id));
  for (let message = shop.queue.shift(); message; message = shop.queue.shift())
    await importContacts(shop.deps(), message, pace);
  return standing(shop.scope, id);
}

export async function standing(scope: TenantDb, id: ImportId) {
  const job = await getImport(scope, id);
  if (!job) throw new Error("no such import");
  const { state, failure, rowsRead, rowsCreated, rowsUpdated, rowsUnchanged, rowsRejected } = job;
  return { state, failure, rowsRead, rowsCreated, rowsUpdated, rowsUnchanged, rowsRejected };
}

export async function countOf(scope: TenantDb, table: string): Promise<number> {
  const { rows } = await scope.execute(
    sql`select count(*) as n from ${sql.identifier(table)} t where ${scope.own("t")}`,
  );
  return Number((rows as { n: string }[])[0]?.n);
}

/** `count` people, one per line, from number `from` on. */
export const peopleLines = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `person${from + i}@example.com,Name ${from + i}\n`).join("");

/** The steps of an import: out of time and on again, cancelled between two batches, without its file. */
import { expect, test } from "vitest";
import { moveImport } from "#db/repos/imports";
import { importContacts } from "#queues/consumers/import-contacts";
import { encoded } from "#test/support/memory-bucket";
import {
  countOf,
  peopleLines,
  runToEnd,
  standing,
  startedImport,
  step,
  workshop,
} from "./support/imports.ts";

test("a step that runs out of time asks to be called again and goes on where it was", async () => {
  const shop = workshop();
  const id = await startedImport(shop, encoded(`email,name\n${peopleLines(5_000)}`));
  const slow = shop.deps();
  const deps = { ...slow, now: () => (shop.clockMs += 9_000) };
  let steps = 0;
  shop.queue.push(step(shop, id));
  for (let message = shop.queue.shift(); message; message = shop.queue.shift()) {
    steps++;
    await importContacts(deps, message);
  }
  expect(steps).toBeGreaterThan(2);
  expect(await standing(shop.scope, id)).toMatchObject({
    state: "completed",
    rowsCreated: 5_000,
    rowsRead: 5_000,
  });
});

test("what is cancelled stops between two batches; what was written stays, and is what is counted", async () => {
  const shop = workshop();
  const id = await startedImport(shop, encoded(`email,name\n${peopleLines(40_000)}`));
  const read = shop.bucket.get;
  let reads = 0;
  shop.bucket.get = async (...args) => {
    reads++;
    if (reads === 3) {
      const at = new Date(shop.clockMs);
      await moveImport(shop.scope, id, ["running"], { state: "cancelled", finishedAt: at, updatedAt: at });
    }
    return read(...args);
  };
  await importContacts(shop.deps(), step(shop, id));
  const end = await standing(shop.scope, id);
  expect(end.state).toBe("cancelled");
  expect(end.rowsRead).toBeLessThan(40_000);
  expect(await countOf(shop.scope, "contacts")).toBe(end.rowsCreated);
  expect(shop.queue).toEqual([]);
});

test("a file that is gone ends the import with a reason", async () => {
  const shop = workshop();
  const id = await startedImport(shop, encoded(`email,name\n${peopleLines(3)}`));
  shop.bucket.files.clear();
  await runToEnd(shop, id);
  expect(await standing(shop.scope, id)).toMatchObject({
    state: "failed",
    failure: "The uploaded file is no longer there.",
  });
});

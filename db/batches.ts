/** Statements on more rows than one statement may touch (PlanetScale: 100,000 rows and 20 seconds). */

/** Repeats a statement that touches at most `limit` rows until it finds no more. Not for a transaction: it may last. */
export async function inBatches(
  run: (limit: number) => PromiseLike<{ readonly rowsAffected: number }>,
  limit = 10_000,
): Promise<void> {
  while ((await run(limit)).rowsAffected === limit);
}

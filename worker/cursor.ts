/** The opaque cursor of a list: where the page before ended, as JSON in base64url. Not secret, and checked on return. */
import type { z } from "zod";
import { fail, ok, type Result } from "#domain/result";

export function writeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place), "utf8").toString("base64url");
}

/** `schema` says what a place of this list looks like; undefined is the first page. */
export function readCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): Result<T | undefined> {
  if (cursor === undefined) return ok(undefined);
  const parsed = schema.safeParse(jsonOf(cursor));
  return parsed.success ? ok(parsed.data) : badCursor;
}

/**
 * The page that was asked for and the cursor of the next. Read one row more than `limit`: it tells whether there is a
 * next page and is not shown.
 */
export function pageOfRows<Row>(rows: readonly Row[], limit: number, placeOf: (last: Row) => unknown) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { shown, nextCursor: rows.length > limit && last ? writeCursor(placeOf(last)) : null };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

const badCursor = fail({
  kind: "invalid",
  errors: [{ pointer: "cursor", detail: "This cursor was not given out by this list." }],
});

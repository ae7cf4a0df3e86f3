/** Case folded as domain/segment/fold.ts folds it. */
import { type SQL, sql } from "drizzle-orm";

/** `value` must have the collation utf8mb4_0900_ai_ci: LOWER takes its table of letters from there. */
export function foldSql(value: SQL): SQL {
  // LOWER of these two capitals is longer than they are, and MySQL then cuts the text off.
  return sql`lower(replace(replace(${value}, 'Ⱥ', 'ⱥ'), 'Ⱦ', 'ⱦ'))`;
}

/** The same for a value that costs nothing to name three times: most names are ASCII and need no such care. */
export function foldColumnSql(column: SQL): SQL {
  return sql`if(length(${column}) = char_length(${column}), lower(${column}), ${foldSql(column)})`;
}

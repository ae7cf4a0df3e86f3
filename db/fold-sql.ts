/** Case folded as domain/segment/fold.ts folds it. */
import { type SQL, sql } from "drizzle-orm";

/** `value` must have the collation utf8mb4_0900_ai_ci: LOWER takes its table of letters from there. */
export function foldSql(value: SQL): SQL {
  // LOWER of these two capitals is longer than they are, and MySQL then cuts the text off; ASCII needs no such care.
  return sql`if(length(${value}) = char_length(${value}), lower(${value}), lower(replace(replace(${value}, 'Ⱥ', 'ⱥ'), 'Ⱦ', 'ⱦ')))`;
}

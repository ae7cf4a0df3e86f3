/** Many rows of one table in few statements, typed by the schema. */
import { getTableColumns, getTableName } from "drizzle-orm";
import { type Literal, literal, rawStatement } from "../bulk.ts";
import type { TenantDb, TenantTable } from "../scope.ts";

const rowsPerStatement = 1_000;

/** What is left undefined gets the column's default. */
export async function insertRows<T extends TenantTable>(
  scope: TenantDb,
  table: T,
  rows: readonly Omit<T["$inferInsert"], "tenantId">[],
): Promise<void> {
  const columns = Object.entries(getTableColumns(table));
  const head = `insert into ${getTableName(table)} (${columns.map(([, column]) => `\`${column.name}\``).join(",")}) values `;
  const written = (row: Record<string, unknown>) =>
    `(${columns.map(([key, column]) => cell(row[key], column)).join(",")})`;
  const statements: string[] = [];
  for (let first = 0; first < rows.length; first += rowsPerStatement) {
    const part = rows.slice(first, first + rowsPerStatement);
    statements.push(head + part.map((row) => written({ ...row, tenantId: scope.tenantId })).join(","));
  }
  for (const statement of statements)
    await scope.execute(rawStatement(statement)).catch((error: unknown) => {
      // Without the statement, which has a thousand rows.
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Error(`the seed could not write ${getTableName(table)}: ${reason}`);
    });
}

function cell(value: unknown, column: { mapToDriverValue(value: unknown): unknown }): string {
  if (value === undefined) return "default";
  if (value === null || value instanceof Date) return literal(value);
  return literal(column.mapToDriverValue(value) as Literal);
}

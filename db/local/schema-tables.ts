// The tables of the drizzle schema with their columns, for what is generated from them.
import { is } from "drizzle-orm";
import { getTableConfig, MySqlTable } from "drizzle-orm/mysql-core";
import * as schema from "../schema/index.ts";
import type { TableColumns } from "./vschema.ts";

export function schemaTables(): TableColumns[] {
  const tables: TableColumns[] = [];
  for (const value of Object.values(schema) as unknown[]) {
    if (!is(value, MySqlTable)) continue;
    const { name, columns } = getTableConfig(value);
    tables.push({ name, columns: columns.map((column) => column.name) });
  }
  return tables;
}

// How the tables are spread over shards, in the form Vitess reads (db/vschema.json): by tenant, or not at all.
import { existsSync, readFileSync } from "node:fs";

type Keyspace = {
  sharded?: boolean;
  vindexes?: Record<string, { type: string }>;
  tables: Record<string, { column_vindexes?: { column: string; name: string }[] }>;
};

export type Vschema = Record<string, Keyspace>;

export type TableColumns = { name: string; columns: string[] };

/** A table with a column tenant_id is kept by tenant; the others are small and live unsharded. */
export function vschemaOf(tables: TableColumns[]): Vschema {
  const sorted = tables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const byTenant = sorted.filter((table) => table.columns.includes("tenant_id"));
  const global = sorted.filter((table) => !table.columns.includes("tenant_id"));
  return {
    larkpost: {
      sharded: true,
      vindexes: { tenant: { type: "xxhash" } },
      tables: Object.fromEntries(
        byTenant.map(({ name }) => [name, { column_vindexes: [{ column: "tenant_id", name: "tenant" }] }]),
      ),
    },
    larkpost_global: { tables: Object.fromEntries(global.map(({ name }) => [name, {}])) },
  };
}

/** The committed file; undefined when it has not been generated yet. */
export function readVschema(path: string): Vschema | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Vschema) : undefined;
}

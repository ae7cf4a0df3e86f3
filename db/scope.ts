/** A tenant's view of the database: nothing read or written through it can leave the tenant. */
import { eq, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { MySqlColumn, MySqlTable } from "drizzle-orm/mysql-core";
import type { SelectedFields } from "drizzle-orm/mysql-core/query-builders/select.types";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import type { TenantId } from "#domain/ids";
import { tenants } from "./schema/tenants.ts";

type Raw = Pick<PlanetScaleDatabase, "select" | "insert" | "update" | "delete" | "execute" | "transaction">;
export type TenantTable = MySqlTable & { tenantId: MySqlColumn };
type Values<T extends TenantTable> = Omit<InferInsertModel<T>, "tenantId">;
type Changes<T extends TenantTable> = { [K in keyof Values<T>]?: Values<T>[K] | SQL };

export class TenantDb {
  readonly #raw: Raw;
  readonly tenantId: TenantId;
  constructor(raw: Raw, tenantId: TenantId) {
    this.#raw = raw;
    this.tenantId = tenantId;
  }

  /** The tenant predicate with any further condition parenthesised: a raw `a or b` must not escape it. For joins too. */
  on(table: TenantTable, condition?: SQL): SQL {
    const own = eq(table.tenantId, this.tenantId);
    return condition ? sql`(${own} and (${condition}))` : own;
  }

  /** Whole rows. */
  select<T extends TenantTable>(table: T, where?: SQL) {
    return this.#raw.select().from(table).where(this.on(table, where));
  }

  /** Chosen columns; joins may follow, each with `scope.on(joined, …)`. */
  pick<F extends SelectedFields, T extends TenantTable>(fields: F, table: T, where?: SQL) {
    return this.#raw.select(fields).from(table).where(this.on(table, where));
  }

  insert<T extends TenantTable>(table: T, values: Values<T> | readonly Values<T>[]) {
    return this.#raw.insert(table).values(this.#stamped(values) as never);
  }

  /** Rows whose key is taken are left as they stand: the key has decided. */
  insertMissing<T extends TenantTable>(table: T, values: Values<T> | readonly Values<T>[]) {
    return this.#raw
      .insert(table)
      .ignore()
      .values(this.#stamped(values) as never);
  }

  update<T extends TenantTable>(table: T, set: Changes<T>, where?: SQL) {
    return this.#raw
      .update(table)
      .set(set as never)
      .where(this.on(table, where));
  }

  delete<T extends TenantTable>(table: T, where: SQL) {
    return this.#raw.delete(table).where(this.on(table, where));
  }

  /** The tenant's own row, in the one table that is not kept by tenant but is the list of them. */
  pickSelf<F extends SelectedFields>(fields: F) {
    return this.#raw.select(fields).from(tenants).where(eq(tenants.id, this.tenantId));
  }

  updateSelf(set: Partial<Omit<InferInsertModel<typeof tenants>, "id" | "wrappedKey">>) {
    return this.#raw.update(tenants).set(set).where(eq(tenants.id, this.tenantId));
  }

  /** A statement written by hand. It must name the tenant itself (`scope.own(alias)`); the gateway refuses it otherwise. */
  execute(statement: SQL) {
    return this.#raw.execute(statement);
  }

  /** `alias.tenant_id = …` for statements written by hand. */
  own(alias: string): SQL {
    return sql`${sql.identifier(alias)}.tenant_id = ${sql.param(this.tenantId, tenantColumn)}`;
  }

  /** All or nothing; keep it short, no network inside but the database's. */
  transaction<R>(run: (scope: TenantDb) => Promise<R>): Promise<R> {
    return this.#raw.transaction((tx) => run(new TenantDb(tx as unknown as Raw, this.tenantId)));
  }

  #stamped<T extends TenantTable>(values: Values<T> | readonly Values<T>[]) {
    if (Array.isArray(values)) return values.map((row) => ({ ...row, tenantId: this.tenantId }));
    return { ...values, tenantId: this.tenantId };
  }
}

import { idToBytes } from "#domain/ids";

const tenantColumn = { mapToDriverValue: (value: TenantId) => idToBytes(value) };

/** Column groups every table shares. */
import { customType, datetime } from "drizzle-orm/mysql-core";
import { type Id, idFromBytes, idToBytes, type Prefix } from "#domain/ids";

// drizzle's own binary() hands the PlanetScale driver text; this one keeps bytes both ways.
const bytes16 = <P extends Prefix>(prefix: P) =>
  customType<{ data: Id<P>; driverData: Uint8Array }>({
    dataType: () => "binary(16)",
    toDriver: (value) => idToBytes(value),
    fromDriver: (value) => idFromBytes(prefix, asBytes(value)),
  });

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return Uint8Array.from(value, (c) => c.charCodeAt(0));
  throw new TypeError("a binary column came back as neither bytes nor text");
}

export const id = <P extends Prefix>(prefix: P, name = "id") => bytes16(prefix)(name);
export const tenantId = () => id("ten", "tenant_id").notNull();

/** Fixed or variable bytes: digests, sealed secrets. */
export const blob = (name: string, type: `binary(${number})` | `varbinary(${number})` | "mediumblob") =>
  customType<{ data: Uint8Array; driverData: Uint8Array }>({
    dataType: () => type,
    fromDriver: asBytes,
  })(name);

/** UTC, milliseconds. */
export const moment = (name: string) => datetime(name, { mode: "date", fsp: 3 });
export const createdAt = () => moment("created_at").notNull();
export const updatedAt = () => moment("updated_at").notNull();

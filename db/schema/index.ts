/** The one barrel: drizzle-kit and the vschema generator read the schema from here. */
export * from "./audiences.ts";
export * from "./campaigns.ts";
export * from "./contacts.ts";
export * from "./direct.ts";
export * from "./imports.ts";
export * from "./ledger.ts";
export * from "./operations.ts";
export * from "./templates.ts";
export * from "./tenants.ts";

// Where drizzle-kit reads the schema and writes migrations.
import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "mysql", schema: "./db/schema/index.ts", out: "./db/migrations" });

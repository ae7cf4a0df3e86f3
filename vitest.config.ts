// The test projects: pure code, MySQL, a whole stack, code inside workerd, a browser.
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const guard = "test/db/tenant-guard.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "test/{domain,unit,worker,web,contracts}/**/*.test.ts",
            "test/architecture.test.ts",
            guard,
          ],
          // Laws are tried hundreds of times, on a machine that is doing other things as well.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "db",
          include: ["test/{db,queues}/**/*.test.ts"],
          exclude: [guard],
          globalSetup: "test/support/setup-database.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "stack",
          include: ["test/{api,local,sending}/**/*.test.ts"],
          globalSetup: "test/support/setup-stack.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                DATABASE_URL: inject("databaseUrl"),
                DEPLOYMENT_KEY: Buffer.alloc(32, 7).toString("base64"),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          globalSetup: "test/support/setup-database.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/support/setup-browser.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One browser at a time: two cores carry no more.
          fileParallelism: false,
        },
      },
    ],
  },
});

// The database, and the stack, that the tests of a run share: started once, thrown away at the end.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/local/port";
import { type Database, startDatabase } from "#worker/local/database";
import { startStack } from "#worker/local/stack";
import { throughInternet } from "./internet.ts";

/** What tests may know of the stack they run against. */
export type TestStack = {
  origin: string;
  databaseUrl: string;
  mysql: Database["mysql"];
  cronUrl: string;
  logDir: string;
  /** Where requests to Amazon SNS are led. */
  amazonUrl: string;
};

export type Started<T> = { value: T; stop(): Promise<void> };

// Tests make and drop much and survive no power cut.
const quick = { relaxedMysql: true, bufferPoolMegabytes: 256, supervise: true } as const;

export async function startTestDatabase(): Promise<Started<Pick<TestStack, "databaseUrl" | "mysql">>> {
  const folder = temporaryFolder();
  const database = await startDatabase({ ...quick, dataDir: folder.path }).catch(folder.dropAfter);
  return {
    value: { databaseUrl: database.databaseUrl, mysql: database.mysql },
    stop: () => database.stop().finally(folder.drop),
  };
}

/** Cron does not fire by itself: a test that needs it calls triggerCron(). */
export async function startTestStack(options: { dashboard: boolean }): Promise<Started<TestStack>> {
  const folder = temporaryFolder();
  const amazonUrl = `http://127.0.0.1:${await freePort()}`;
  const stack = await startStack({
    ...quick,
    ...throughInternet(amazonUrl),
    dataDir: folder.path,
    port: 0,
    cronIntervalMs: 0,
    dashboard: options.dashboard,
  }).catch(folder.dropAfter);
  const { origin, databaseUrl, mysql, cronUrl, logDir } = stack;
  if (!mysql) throw new Error("a test stack has its own database");
  return {
    value: { origin, databaseUrl, mysql, cronUrl, logDir, amazonUrl },
    stop: () => stack.stop().finally(folder.drop),
  };
}

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "larkpost-test-"));
  const drop = () => rmSync(path, { recursive: true, force: true });
  const dropAfter = (error: unknown): never => {
    drop();
    throw error;
  };
  return { path, drop, dropAfter };
}

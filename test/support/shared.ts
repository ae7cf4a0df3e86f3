// A run of all tests starts one stack and names it in the environment; a project run alone starts its own.
import type { TestProject } from "vitest/node";
import type { Database } from "#worker/local/database";
import { sharedStack } from "./shared-stack.ts";
import { type Started, startTestDatabase, startTestStack, type TestStack } from "./test-stack.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
    mysql: Database["mysql"];
    stack: TestStack;
  }
}

export async function provideDatabase(project: TestProject): Promise<() => Promise<void>> {
  const shared = sharedStack();
  const started = shared ? undefined : await startTestDatabase();
  const database = shared ?? started?.value;
  if (database) {
    project.provide("databaseUrl", database.databaseUrl);
    project.provide("mysql", database.mysql);
  }
  return stopper(started);
}

export async function provideStack(
  project: TestProject,
  options: { dashboard: boolean },
): Promise<() => Promise<void>> {
  const shared = sharedStack();
  const started = shared ? undefined : await startTestStack(options);
  const stack = shared ?? started?.value;
  if (stack) {
    project.provide("stack", stack);
    project.provide("databaseUrl", stack.databaseUrl);
    project.provide("mysql", stack.mysql);
  }
  return stopper(started);
}

const stopper = (started: Started<unknown> | undefined) => async () => started?.stop();

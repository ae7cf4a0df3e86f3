// How a run of all tests tells its vitest of the stack it has already started.
import type { TestStack } from "./test-stack.ts";

export const sharedStackVariable = "LARKPOST_TEST_STACK";

export function sharedStack(): TestStack | undefined {
  const named = process.env[sharedStackVariable];
  return named ? (JSON.parse(named) as TestStack) : undefined;
}

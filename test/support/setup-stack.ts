// vitest globalSetup of the project that drives the API of a whole stack.
import type { TestProject } from "vitest/node";
import { provideStack } from "./shared.ts";

export const setup = (project: TestProject) => provideStack(project, { dashboard: false });

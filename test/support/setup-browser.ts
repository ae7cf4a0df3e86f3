// vitest globalSetup of the project that drives the built dashboard in a browser.
import type { TestProject } from "vitest/node";
import { provideStack } from "./shared.ts";

export const setup = (project: TestProject) => provideStack(project, { dashboard: true });

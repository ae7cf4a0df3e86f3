// vitest globalSetup of the projects that need MySQL alone.
import type { TestProject } from "vitest/node";
import { provideDatabase } from "./shared.ts";

export const setup = (project: TestProject) => provideDatabase(project);

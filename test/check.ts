// `npm run check`: what a machine can say of the source without running the product.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "#worker/local/command";
import { findDrift } from "./generate.ts";
import { runSteps, type Step, type StepResult } from "./support/steps.ts";

// Two cores: the type checkers hold one each.
const atOnce = 2;
const web = join(root, "web");

const tool =
  (command: string, args: string[], cwd = root) =>
  async (): Promise<string | undefined> => {
    const { code, output } = await runCommand(command, args, { cwd });
    return code === 0 ? undefined : output;
  };

async function webTypes(): Promise<string | undefined> {
  // Kit writes the types of its routes before they can be checked.
  return (
    (await tool("svelte-kit", ["sync"], web)()) ??
    (await tool(
      "svelte-check",
      ["--tsconfig", "./tsconfig.json", "--output", "human", "--fail-on-warnings"],
      web,
    )())
  );
}

async function drift(): Promise<string | undefined> {
  const drifted = await findDrift();
  return drifted.length === 0
    ? undefined
    : `Run npm run generate; these are not what the sources say:\n${drifted.join("\n")}`;
}

const architecture: Step = {
  name: "architecture",
  run: tool("vitest", ["run", "--project", "unit", "test/architecture.test.ts"]),
};

/** The longest first, so that the two lanes end together. `npm test` runs the architecture test with the others. */
export function runChecks(options: { architecture: boolean }): Promise<StepResult[]> {
  const steps: Step[] = [
    { name: "types of worker and tests", run: tool("tsc", ["--noEmit"]) },
    ...(existsSync(join(web, "svelte.config.js")) || existsSync(join(web, "vite.config.ts"))
      ? [{ name: "types of the dashboard", run: webTypes }]
      : []),
    { name: "generated files", run: drift },
    { name: "format and lint", run: tool("biome", ["check", "."]) },
    ...(options.architecture ? [architecture] : []),
  ];
  return runSteps(steps, atOnce);
}

if (process.argv[1] === import.meta.filename) {
  const results = await runChecks({ architecture: true });
  const failed = results.filter((result) => !result.ok).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

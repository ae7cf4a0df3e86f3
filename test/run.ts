// `npm test`: everything that must pass; the last line is counted from what really ran.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "#worker/local/command";
import { runChecks } from "./check.ts";
import { ensureChromium } from "./support/chromium.ts";
import { sharedStackVariable } from "./support/shared-stack.ts";
import { runStep, type StepResult } from "./support/steps.ts";
import { type Started, startTestStack, type TestStack } from "./support/test-stack.ts";
import { type Counts, runProjects } from "./support/vitest-run.ts";

const faultRecipients = 300;
const demoRecipients = 200;
const began = performance.now();
const steps: StepResult[] = [];
const counts: Counts[] = [];
let stack: Started<TestStack> | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void (stack?.stop() ?? Promise.resolve()).finally(() => process.exit(130)));
process.on("disconnect", () => process.exit(1));

heading("Check");
steps.push(...(await runChecks({ architecture: false })));

heading("Stack");
const started = await step("start the stack", async () => {
  stack = await startTestStack({ dashboard: true });
});
if (stack && started) {
  const env = { [sharedStackVariable]: JSON.stringify(stack.value) };
  heading("Unit, database, API, workerd");
  counts.push(await runProjects(["unit", "db", "stack", "workerd"], env));
  heading("Browser");
  const hasBrowser = await step("find a browser", async () => void (await ensureChromium()));
  if (hasBrowser) counts.push(await runProjects(["browser"], env));
  heading("Demo");
  const { origin } = stack.value;
  const recipients = String(demoRecipients);
  await step("the main job, from a file to books that balance", () =>
    runScript("test/demo/demo.ts", "--recipients", recipients, "--origin", origin),
  );
  await step("stop the stack", async () => stack?.stop());
} else {
  // What needs no stack can still be told.
  heading("Unit");
  counts.push(await runProjects(["unit"], {}));
}

heading("Faults");
const faults = "test/faults/faults.ts";
if (existsSync(join(root, faults)))
  await step("small fault run", () => runScript(faults, "--recipients", String(faultRecipients)));
else console.log(`- skipped: there is no ${faults} yet`);

const total = (key: keyof Counts) => counts.reduce((sum, count) => sum + count[key], 0);
const failedSteps = steps.filter((result) => !result.ok);
const failed = total("failed") + failedSteps.length;
heading(`${Math.round((performance.now() - began) / 1000)} s`);
for (const { name } of failedSteps) console.log(`✗ ${name}`);
if (total("skipped") > 0) console.log(`${total("skipped")} skipped`);
console.log(`${total("passed") + steps.length - failedSteps.length} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function runScript(script: string, ...args: string[]): Promise<void> {
  const { code } = await runCommand(process.execPath, [script, ...args, "--json"], {
    onOutput: (text) => process.stdout.write(text),
  });
  if (code !== 0) throw new Error(`exit ${code}`);
}

async function step(name: string, act: () => Promise<void>): Promise<boolean> {
  const result = await runStep({ name, run: () => act().then(() => undefined) });
  steps.push(result);
  return result.ok;
}

function heading(text: string): void {
  console.log(`\n── ${text}`);
}

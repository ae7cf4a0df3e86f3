// `npm run deploy`: migrations, secrets, Worker, dashboard, in this order. Without credentials a dry run that builds all of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { migrate } from "#db/local/migrate";
import { buildDashboard, buildWorker } from "./builds.ts";
import { mustRun, root, runCommand } from "./command.ts";
import { createCommands, leftToSet, readProduction, requiredSecrets } from "./production.ts";

const usage = `Usage: npm run deploy -- [--dry-run] [--skip-migrations]
  --dry-run          build and check everything, change nothing (also without CLOUDFLARE_API_TOKEN)
  --skip-migrations  when PlanetScale applies them by a deploy request (docs/operations.md)
Needs CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID and, for the migrations, DATABASE_URL.`;

const { values: flags } = parseArgs({
  options: {
    "dry-run": { type: "boolean", default: false },
    "skip-migrations": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const pagesProject = "larkpost-dashboard";
const web = join(root, "web");
const production = readProduction();
const dryRun = flags["dry-run"] || !process.env.CLOUDFLARE_API_TOKEN;

try {
  if (flags.help) console.log(usage);
  else {
    const dashboardDir = await buildAll();
    if (dryRun) tellDryRun();
    else await deploy(dashboardDir);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** Everything is built before anything is changed. Returns the folder of the dashboard. */
async function buildAll(): Promise<string> {
  const cacheDir = join(root, ".data/cache");
  console.log("Building the Worker");
  await buildWorker(cacheDir);
  console.log("Building the dashboard");
  const dashboardDir = await buildDashboard(cacheDir);
  if (!dashboardDir) throw new Error("There is no dashboard in web/ to deploy.");
  const functionsDir = mkdtempSync(join(tmpdir(), "larkpost-functions-"));
  try {
    await mustRun("wrangler", ["pages", "functions", "build", "functions", "--outdir", functionsDir], {
      cwd: web,
    });
  } finally {
    rmSync(functionsDir, { recursive: true, force: true });
  }
  return dashboardDir;
}

async function deploy(dashboardDir: string): Promise<void> {
  const left = leftToSet(production);
  if (left.length > 0)
    throw new Error(`wrangler.toml still holds values of a local machine:\n${lines(left)}`);
  if (!flags["skip-migrations"]) await applyMigrations();
  console.log("Checking secrets");
  const missing = await missingSecrets();
  if (missing.length > 0)
    throw new Error(
      `These secrets are not set:\n${lines(missing.map((name) => `npx wrangler secret put ${name}`))}`,
    );
  console.log("Deploying the Worker");
  await mustRun("wrangler", ["deploy"], { onOutput: echo });
  console.log("Deploying the dashboard");
  const target = ["pages", "deploy", dashboardDir, "--project-name", pagesProject, "--branch", "main"];
  await mustRun("wrangler", target, { cwd: web, onOutput: echo });
}

async function applyMigrations(): Promise<void> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl)
    throw new Error("Set DATABASE_URL, so that migrations can be applied first, or pass --skip-migrations.");
  console.log("Applying migrations");
  const options = {
    migrationsDir: join(root, "db/migrations"),
    onProgress: (line: string) => console.log(`  ${line}`),
  };
  if ((await migrate(databaseUrl, options)).length === 0) console.log("  none are new");
}

async function missingSecrets(): Promise<string[]> {
  const { code, stdout } = await runCommand("wrangler", ["secret", "list", "--format", "json"]);
  // Before the first deployment there is no Worker, so none of them is set.
  const set = code === 0 ? (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name) : [];
  return requiredSecrets().filter((name) => !set.includes(name));
}

function tellDryRun(): void {
  console.log(`
Dry run: everything builds; nothing was changed.${process.env.CLOUDFLARE_API_TOKEN ? "" : " Set CLOUDFLARE_API_TOKEN to deploy."}

Once, in a new account:
${lines(createCommands(production, pagesProject))}
  and set in wrangler.toml:
${lines(leftToSet(production))}
Secrets:
${lines(requiredSecrets().map((name) => `npx wrangler secret put ${name}`))}
A deployment would then:
${lines([
  "apply the migrations of db/migrations that DATABASE_URL lacks",
  `deploy the Worker ${production.name} with ${production.bindings.join(", ")}`,
  `deploy web/build and web/functions to Pages as ${pagesProject}`,
])}`);
}

function lines(items: string[]): string {
  return items.map((item) => `  ${item}`).join("\n");
}

function echo(text: string): void {
  process.stdout.write(text);
}

// `npm start` and `npm run dev`: everything on one address, until Ctrl-C.
import { existsSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { clearMysql } from "#db/local/mysql";
import { root } from "./command.ts";
import { type Stack, startStack } from "./stack.ts";
import { watchSources } from "./watch.ts";

const usage = `Usage: npm start -- [--port N] [--reset] [--data DIR]
  --port N    serve on this port (default 8787, or another if that is taken)
  --reset     throw the local data away and begin anew
  --data DIR  keep the data there (default .data)
Set DATABASE_URL to use a PlanetScale branch, or MYSQL_ADDRESS (mysql://user:password@host:3306) for your own MySQL.`;

type Login = { email: string; password: string };
type Seed = {
  seedDemo(target: {
    databaseUrl: string;
    deploymentKey: string;
    origin: string;
  }): Promise<Login | undefined>;
};

const options = readOptions();
const dataDir = options.data ?? join(root, ".data");
let stack: Stack | undefined;
let ending = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));
// The launcher that started us was killed: nobody would be left to end us.
process.on("disconnect", () => void end(1));

try {
  if (options.reset) await reset();
  console.log("Starting Larkpost");
  stack = await startStack({
    dataDir,
    port: options.port,
    databaseUrl: process.env.DATABASE_URL,
    supervise: true,
    onProgress: (line) => console.log(`  ${line}`),
  });
  if (ending) await stack.stop();
  else await announce(stack);
} catch (error) {
  if (!ending) {
    console.error(error instanceof Error ? error.message : error);
    await end(1);
  }
}

async function announce(running: Stack): Promise<void> {
  await running.healthy();
  const login = await seed(running);
  const lines = [
    "",
    `Larkpost runs on ${running.origin}`,
    ...(login ? [`  sign in  ${login.email}  ${login.password}`] : []),
    `  API      ${running.origin}/v1/docs`,
    `  logs     ${relative(process.cwd(), running.logDir) || "."}`,
    "  stop     Ctrl-C",
  ];
  console.log(lines.join("\n"));
  if (options.watch) watchSources(running);
}

/** A demo workspace, in a local database only: its password is known to all. */
async function seed(running: Stack): Promise<Login | undefined> {
  const path = join(root, "db/seed.ts");
  if (!running.mysql || !existsSync(path)) return undefined;
  console.log("  demo data");
  const { seedDemo } = (await import(pathToFileURL(path).href)) as Seed;
  const { databaseUrl, deploymentKey, origin } = running;
  return seedDemo({ databaseUrl, deploymentKey, origin });
}

async function reset(): Promise<void> {
  console.log("Throwing local data away");
  await clearMysql(join(dataDir, "mysql"));
  for (const name of ["worker", "logs", "deployment-key", "gateway-password"])
    rmSync(join(dataDir, name), { recursive: true, force: true });
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  if (stack) console.log("\nStopping");
  await stack?.stop();
  process.exit(code);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string" },
        reset: { type: "boolean", default: false },
        data: { type: "string" },
        watch: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
      throw new Error("--port must be a number between 1 and 65535");
    return { ...values, port };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(1);
  }
}

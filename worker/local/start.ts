// `npm start` and `npm run dev`: everything on one address, until Ctrl-C.
import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { clearMysql } from "#db/local/mysql";
import { seedDemo } from "#db/seed";
import { hashPassword } from "../auth/password.ts";
import { root } from "./command.ts";
import { type Stack, startStack } from "./stack.ts";
import { watchSources } from "./watch.ts";

const usage = `Usage: npm start -- [--port N] [--reset] [--data DIR]
  --port N    serve on this port (default 8787, or another if that is taken)
  --reset     throw the local data away and begin anew
  --data DIR  keep the data there (default .data)
Set DATABASE_URL to use a PlanetScale branch, or MYSQL_ADDRESS (mysql://user:password@host:3306) for your own MySQL.`;

type Login = { email: string; password: string };

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
    console.error(reasonOf(error));
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

/** Demo workspaces, in a local database only: their password is known to all. */
async function seed(running: Stack): Promise<Login | undefined> {
  if (!running.mysql) return undefined;
  console.log("  demo data");
  return seedDemo({
    databaseUrl: running.databaseUrl,
    deploymentKey: running.deploymentKey,
    hashPassword: (password) => hashPassword(password, (bytes) => void crypto.getRandomValues(bytes)),
  });
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

/** drizzle says which statement failed, and only its cause why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? `${error.message}\n${reasonOf(error.cause)}` : error.message;
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

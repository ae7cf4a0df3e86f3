// Writes what is generated: migrations, vschema, the Worker's env types, the API's types for the dashboard.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { schemaTables } from "#db/local/schema-tables";
import { vschemaOf } from "#db/local/vschema";
import { mustRun, root, runCommand } from "#worker/local/command";

const migrations = "db/migrations";
const vschema = "db/vschema.json";
const apiTypes = "web/src/lib/api/schema.d.ts";
const envTypes = "worker/env.d.ts";
const envArgs = ["types", envTypes, "--include-runtime=false", "--strict-vars=false"];

/** Writes all generated files in place. `name` names a new migration, should the schema have changed. */
export async function generate(name: string): Promise<string[]> {
  await generateFiles(root, name);
  const before = readText(join(root, envTypes));
  await mustRun("wrangler", envArgs);
  return before === readText(join(root, envTypes)) ? [] : [envTypes];
}

/** The generated files that differ from what the sources would generate now. Changes nothing. */
export async function findDrift(): Promise<string[]> {
  const copy = mkdtempSync(join(tmpdir(), "larkpost-generated-"));
  try {
    if (existsSync(join(root, migrations)))
      cpSync(join(root, migrations), join(copy, migrations), { recursive: true });
    const [env] = await Promise.all([
      runCommand("wrangler", [...envArgs, "--check"]),
      generateFiles(copy, "drift"),
    ]);
    const paths = [vschema, apiTypes, ...listFiles(copy, migrations)];
    const drifted = paths.filter((path) => readText(join(copy, path)) !== readText(join(root, path)));
    return env.code === 0 ? drifted : [...drifted, envTypes];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** All but the env types, whose text names its own path. */
async function generateFiles(target: string, migrationName: string): Promise<void> {
  write(join(target, vschema), `${JSON.stringify(vschemaOf(schemaTables()), null, 2)}\n`);
  await Promise.all([
    generateMigrations(join(target, migrations), migrationName),
    generateApiTypes(join(target, apiTypes)),
  ]);
}

async function generateMigrations(out: string, name: string): Promise<void> {
  // drizzle-kit takes the output folder relative to where it runs.
  const args = [
    "--dialect",
    "mysql",
    "--schema",
    "db/schema/index.ts",
    "--out",
    relative(root, out),
    "--name",
    name,
  ];
  const { output } = await mustRun("drizzle-kit", ["generate", ...args]);
  if (/\b(rename|created or renamed)\b/i.test(output)) throw new Error(`drizzle-kit asks:\n${output}`);
}

async function generateApiTypes(path: string): Promise<void> {
  const { stdout } = await mustRun(process.execPath, ["worker/local/openapi.ts"]);
  const document = join(mkdtempSync(join(tmpdir(), "larkpost-openapi-")), "openapi.json");
  try {
    writeFileSync(document, stdout);
    const types = await mustRun("openapi-typescript", [document, "--alphabetize"]);
    write(path, types.stdout);
  } finally {
    rmSync(dirname(document), { recursive: true, force: true });
  }
}

function listFiles(base: string, folder: string): string[] {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(base, join(entry.parentPath, entry.name)));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (readText(path) !== text) writeFileSync(path, text);
}

const readText = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { name: { type: "string", default: "change" } } });
  await generate(values.name);
  console.log(`Generated ${[migrations, vschema, envTypes, apiTypes].join(", ")}`);
}

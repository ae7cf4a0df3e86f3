// Runs a script of this project on a bare machine: installs what the lock names, finds a Node that runs TypeScript, hands over.
// Plain JavaScript for Node 20 and no packages, since none may be there yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const modules = join(root, "node_modules");
const lockPath = join(root, "package-lock.json");
const stampPath = join(modules, ".larkpost-lock");

const [script, ...args] = process.argv.slice(2);
if (!script) fail("usage: node worker/local/bootstrap.mjs SCRIPT [ARGUMENTS]");
if (!isInstalled()) install();
hand(findNode());

/** Whether node_modules holds what the lock names. The stamp saves comparing every time. */
function isInstalled() {
  if (!existsSync(modules)) return false;
  const stamp = createHash("sha256").update(readFileSync(lockPath)).digest("hex");
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return true;
  const installedPath = join(modules, ".package-lock.json");
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(lockPath, "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedPath, "utf8")).packages;
  const fits = Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    if (path === "" || installed[path]?.version === version) return true;
    return !installed[path] && (optional || peer);
  });
  if (fits) writeFileSync(stampPath, stamp);
  return fits;
}

function install() {
  console.log("Installing dependencies (npm ci, about a minute) …");
  // Without this npm skips development packages where NODE_ENV says production.
  const result = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (result.error) fail(`npm could not be run (${result.error.message}): install Node.js with npm.`);
  if (result.status !== 0)
    fail("npm ci failed, see above: check the network or the registry npm is set to, then try again.");
  writeFileSync(stampPath, createHash("sha256").update(readFileSync(lockPath)).digest("hex"));
}

/** The pinned Node from node_modules, else the user's own if it can run TypeScript and the tools. */
function findNode() {
  const pinned = join(modules, ".bin/node");
  if (existsSync(pinned) && spawnSync(pinned, ["--version"]).status === 0) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  return fail(
    `Node.js ${process.versions.node} is too old and no newer one is packaged for this system: install Node.js 22.12 or later.`,
  );
}

function hand(node) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  // Before 22.18 Node strips types only when told.
  const flags = node === process.execPath && major === 22 && minor < 18 ? ["--experimental-strip-types"] : [];
  const child = spawn(
    node,
    ["--disable-warning=ExperimentalWarning", ...flags, join(root, script), ...args],
    {
      cwd: root,
      // The script ends when this channel closes, so killing this process leaves nothing behind.
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      env: { ...process.env, PATH: `${join(modules, ".bin")}${delimiter}${process.env.PATH ?? ""}` },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${node} could not be run: ${error.message}`));
  child.on("exit", (code, signal) =>
    process.exit(code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 15)),
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

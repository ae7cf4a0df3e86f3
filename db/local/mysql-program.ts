// Which MySQL server program to run: the one installed, else one unpacked from the distribution's packages.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import { unpackMysql } from "./mysql-unpack.ts";

/** A command line that runs mysqld; `baseArgs` come before all others (`--no-defaults` must be first). */
export type MysqlProgram = { command: string; baseArgs: string[]; origin: string };

export type ProgramOptions = {
  /** Where the distribution's packages are unpacked when nothing else is there. */
  unpackDir: string;
  onProgress?: (line: string) => void;
};

/** Throws one message that names every remedy when there is no MySQL to run. */
export async function findMysqlProgram(options: ProgramOptions): Promise<MysqlProgram> {
  const installed = installedProgram();
  if (installed) return installed;
  const root = sharedRoot() ?? options.unpackDir;
  const ready = unpackedProgram(root);
  if (ready) return ready;
  mkdirSync(root, { recursive: true });
  const unpacked = await withLock(
    `${root}.lock`,
    async () => unpackedProgram(root) ?? (await unpackInto(root, options)),
    (pid) => options.onProgress?.(`waiting for process ${pid}, which is unpacking MySQL`),
  );
  return unpacked;
}

async function unpackInto(root: string, options: ProgramOptions): Promise<MysqlProgram> {
  let reason = "";
  try {
    await unpackMysql(root, options.onProgress ?? (() => {}));
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  const program = unpackedProgram(root);
  if (program) return program;
  throw new Error(
    [
      `No MySQL 8 or later found, and it could not be unpacked from this system's packages${reason ? ` (${reason})` : ""}.`,
      "Any one of these helps:",
      "  1. install it, so that mysqld is in PATH (brew install mysql, apt-get install mysql-server-core, dnf install mysql-server);",
      "  2. run a container and point to it with a gateway: docker run -p 3306:3306 -e MYSQL_ROOT_PASSWORD=larkpost mysql:8.4,",
      "     then MYSQL_ADDRESS=mysql://root:larkpost@127.0.0.1:3306 npm start;",
      "  3. set DATABASE_URL to a PlanetScale branch.",
    ].join("\n"),
  );
}

function installedProgram(): MysqlProgram | undefined {
  for (const command of ["mysqld", "/usr/sbin/mysqld", "/usr/local/sbin/mysqld"]) {
    try {
      const version = execFileSync(command, ["--no-defaults", "--version"], {
        encoding: "utf8",
        stdio: "pipe",
      });
      const major = Number(/Ver (\d+)\./.exec(version)?.[1] ?? 0);
      if (major >= 8 && !/mariadb/i.test(version))
        return { command, baseArgs: ["--no-defaults"], origin: command };
    } catch {}
  }
  return undefined;
}

/** The cache of this user's machine, when it has been made: several clones then share one unpacked server. */
function sharedRoot(): string | undefined {
  const named = process.env.LARKPOST_MYSQL_DIR;
  if (named) return named;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "larkpost");
  if (!existsSync(cache)) return undefined;
  const unpacked = readdirSync(cache).find((name) => /^mysql-[a-z0-9]+$/.test(name));
  return join(cache, unpacked ?? `mysql-${process.arch}`);
}

/** The distribution's server with its own loader, so that this system's libc does not matter. */
function unpackedProgram(root: string): MysqlProgram | undefined {
  const mysqld = join(root, "usr/sbin/mysqld");
  if (!existsSync(join(root, "complete")) || !existsSync(mysqld)) return undefined;
  const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const loader = (
    process.arch === "arm64"
      ? [
          "usr/lib/ld-linux-aarch64.so.1",
          "lib/ld-linux-aarch64.so.1",
          `usr/lib/${triplet}/ld-linux-aarch64.so.1`,
        ]
      : [
          "usr/lib64/ld-linux-x86-64.so.2",
          "lib64/ld-linux-x86-64.so.2",
          `usr/lib/${triplet}/ld-linux-x86-64.so.2`,
        ]
  )
    .map((path) => join(root, path))
    .find((path) => existsSync(path));
  if (!loader) return undefined;
  const libraries = [`usr/lib/${triplet}`, `lib/${triplet}`].map((path) => join(root, path)).join(":");
  return {
    command: loader,
    baseArgs: [
      "--library-path",
      libraries,
      mysqld,
      "--no-defaults",
      `--basedir=${join(root, "usr")}`,
      `--lc-messages-dir=${join(root, "usr/share/mysql")}`,
    ],
    origin: root,
  };
}

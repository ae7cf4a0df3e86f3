// A real MySQL server of our own in one folder: initialised once, started, restarted, ended; nothing survives us.
import { execFile, execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { type Child, type Exit, isAlive, startChild } from "./child.ts";
import { tryLock } from "./lock.ts";
import { connectTo, type MysqlAddress } from "./mysql-address.ts";
import { findMysqlProgram, type MysqlProgram } from "./mysql-program.ts";
import { freePort } from "./port.ts";

export type MysqlOptions = {
  /** Holds the data folder, log, password and pid file. One server per folder. */
  dir: string;
  /** Where the distribution's packages are unpacked if there is no mysqld; shared by all servers. */
  unpackDir: string;
  port?: number;
  bufferPoolMegabytes?: number;
  /** Trades durability for speed. A power cut may lose commits; a killed process too. Never for fault tests. */
  relaxed?: boolean;
  onProgress?: (line: string) => void;
};

export type Mysql = {
  readonly address: MysqlAddress;
  readonly pid: number;
  /** Of the server process that runs now. */
  readonly exited: Promise<Exit>;
  /** Starts it again on the same port after it died. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export async function startMysql(options: MysqlOptions): Promise<Mysql> {
  const { dir } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = tryLock(join(dir, "owner"));
  if ("heldBy" in lock) throw new Error(inUse(dir, lock.heldBy));
  try {
    await endLeftover(dir);
    const program = await findMysqlProgram(options);
    const password = ensurePassword(dir);
    if (!existsSync(dataDir(dir))) await initialise(program, dir, password, options.onProgress);
    const port = await freePort(...(options.port === undefined ? [] : [options.port]));
    const address: MysqlAddress = {
      host: "127.0.0.1",
      port,
      user: "root",
      password,
      socket: socketPath(dir),
    };
    let child = await launch(program, options, address);
    return {
      address,
      get pid() {
        return child.pid;
      },
      get exited() {
        return child.exited;
      },
      async restart() {
        child = await launch(program, options, address);
      },
      async stop() {
        await child.stop("SIGTERM", 20_000);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Deletes a server's folder, ending a server left behind in it. Throws when somebody is using it. */
export async function clearMysql(dir: string): Promise<void> {
  const lock = tryLock(join(dir, "owner"));
  if ("heldBy" in lock) throw new Error(inUse(dir, lock.heldBy));
  await endLeftover(dir);
  rmSync(dir, { recursive: true, force: true });
}

const inUse = (dir: string, pid: number) =>
  `The database in ${dir} is in use by process ${pid}: end that one first.`;
const dataDir = (dir: string) => join(dir, "data");
const pidFile = (dir: string) => join(dir, "mysqld.pid");
const logFile = (dir: string) => join(dir, "mysqld.log");

/** A Unix socket's path may have no more than some hundred characters, so it cannot live in a deep data folder. */
function socketPath(dir: string): string {
  const inside = join(dir, "mysqld.sock");
  return inside.length < 90 ? inside : join(tmpdir(), `larkpost-${hashOf(dir)}.sock`);
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);

function ensurePassword(dir: string): string {
  const path = join(dir, "password");
  if (!existsSync(path)) writeFileSync(path, randomBytes(18).toString("base64url"), { mode: 0o600 });
  return readFileSync(path, "utf8").trim();
}

const asUser = () => (userInfo().uid === 0 ? ["--user=root"] : []);

async function initialise(
  program: MysqlProgram,
  dir: string,
  password: string,
  say?: (line: string) => void,
) {
  say?.("MySQL: making a new database");
  // Under another name until it is whole: an initialisation that was killed is then simply done again.
  const fresh = join(dir, "data.new");
  rmSync(fresh, { recursive: true, force: true });
  const initFile = join(dir, "init.sql");
  const statements = [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}'`,
    // Names are not resolved, so over TCP the same person comes from another host.
    `CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}'`,
    "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION",
  ];
  writeFileSync(initFile, statements.map((statement) => `${statement};\n`).join(""), { mode: 0o600 });
  const args = [
    "--initialize-insecure",
    `--datadir=${fresh}`,
    `--init-file=${initFile}`,
    `--log-error=${logFile(dir)}`,
  ];
  try {
    await promisify(execFile)(program.command, [
      ...program.baseArgs,
      ...args,
      ...asUser(),
      ...tuning({ dir, unpackDir: "" }),
    ]);
  } catch (error) {
    throw new Error(
      `MySQL (${program.origin}) could not make a new database in ${dir}:\n${logTail(dir) || error}`,
    );
  } finally {
    rmSync(initFile, { force: true });
  }
  renameSync(fresh, dataDir(dir));
}

function tuning(options: MysqlOptions): string[] {
  return [
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_0900_ai_ci",
    "--default-time-zone=+00:00",
    "--performance-schema=OFF",
    "--skip-log-bin",
    "--mysqlx=OFF",
    "--skip-name-resolve",
    "--secure-file-priv=NULL",
    "--max-connections=300",
    "--max-allowed-packet=64M",
    `--innodb-buffer-pool-size=${options.bufferPoolMegabytes ?? 512}M`,
    `--innodb-redo-log-capacity=${options.relaxed ? 64 : 256}M`,
    ...(options.relaxed
      ? ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF"]
      : ["--innodb-flush-log-at-trx-commit=1"]),
  ];
}

async function launch(program: MysqlProgram, options: MysqlOptions, address: MysqlAddress): Promise<Child> {
  const { dir } = options;
  if (address.socket)
    for (const path of [address.socket, `${address.socket}.lock`]) rmSync(path, { force: true });
  const child = startChild(
    program.command,
    [
      ...program.baseArgs,
      `--datadir=${dataDir(dir)}`,
      `--bind-address=${address.host}`,
      `--port=${address.port}`,
      `--socket=${address.socket}`,
      `--pid-file=${pidFile(dir)}`,
      `--log-error=${logFile(dir)}`,
      ...asUser(),
      ...tuning(options),
    ],
    { logFile: logFile(dir) },
  );
  let ended = false;
  const failure = child.exited.then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  while (!ended) {
    const connection = await connectTo(address).catch(() => undefined);
    if (connection) {
      await connection.end();
      return child;
    }
    await Promise.race([failure, delay(50)]);
  }
  throw new Error(`MySQL did not start:\n${logTail(dir)}`);
}

function logTail(dir: string): string {
  const text = existsSync(logFile(dir)) ? readFileSync(logFile(dir), "utf8") : "";
  return text.trim().split("\n").slice(-8).join("\n");
}

/** A launcher that was killed may have left its server: end it, but only if that pid really serves our data folder. */
async function endLeftover(dir: string): Promise<void> {
  if (!existsSync(pidFile(dir))) return;
  const pid = Number(readFileSync(pidFile(dir), "utf8"));
  if (!pid || !isAlive(pid) || !commandLine(pid).includes(`--datadir=${dataDir(dir)}`)) return;
  process.kill(pid, "SIGTERM");
  for (let waited = 0; isAlive(pid); waited += 50) {
    if (waited === 15_000) process.kill(pid, "SIGKILL");
    await delay(50);
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {}
  try {
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

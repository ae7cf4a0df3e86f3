// MySQL with the gateway before it and the migrations applied: the database of a stack, or of database tests alone.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayProcessOptions, GatewayReady } from "#db/local/gateway-process";
import { migrate } from "#db/local/migrate";
import { type Mysql, startMysql } from "#db/local/mysql";
import { ensureDatabase, type MysqlAddress, parseMysqlAddress } from "#db/local/mysql-address";
import { type NodeChild, startNodeChild } from "#db/local/node-child";
import { freePort } from "#db/local/port";
import { root } from "./command.ts";
import { type Supervision, supervise } from "./supervise.ts";

export type DatabaseOptions = {
  dataDir: string;
  gatewayPort?: number;
  /** Less durable and faster; see MysqlOptions.relaxed. */
  relaxedMysql?: boolean;
  bufferPoolMegabytes?: number;
  /** Starts a server or gateway again that was killed. */
  supervise?: boolean;
  onProgress?: (line: string) => void;
};

export type Database = {
  /** What the Worker is given as DATABASE_URL. */
  databaseUrl: string;
  mysql: MysqlAddress & { database: string };
  pids(): { mysqld?: number; gateway: number };
  /** SIGKILL, as a fault would. */
  kill(which: "mysqld" | "gateway"): void;
  /** Applies new migrations and reads the vschema again. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
};

const database = "larkpost";

/** A server in `dataDir`, or the one that MYSQL_ADDRESS names. */
export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  const { dataDir } = options;
  mkdirSync(join(dataDir, "logs"), { recursive: true });
  const mysql = await startServer(options);
  const watched: Supervision[] = [];
  let gateway: NodeChild<GatewayReady> | undefined;
  const stop = async () => {
    for (const watch of watched) watch.end();
    await gateway?.stop();
    if ("stop" in mysql) await mysql.stop();
  };
  try {
    await ensureDatabase(mysql.address, database);
    const settings: GatewayProcessOptions = {
      mysql: mysql.address,
      database,
      user: "larkpost",
      password: keptSecret(join(dataDir, "gateway-password"), () => randomBytes(18).toString("hex")),
      port: await freePort(...(options.gatewayPort ? [options.gatewayPort] : [])),
      vschemaPath: join(root, "db/vschema.json"),
    };
    const startGateway = () => startGatewayProcess(settings, join(dataDir, "logs/gateway.log"));
    let running = await startGateway();
    gateway = running;
    const applyMigrations = () =>
      migrate(running.ready.url, {
        migrationsDir: join(root, "db/migrations"),
        onProgress: options.onProgress,
      });
    await applyMigrations();
    if (options.supervise) {
      if ("stop" in mysql)
        watched.push(supervise("MySQL", () => mysql.exited, mysql.restart, options.onProgress));
      const restart = async () => {
        running = await startGateway();
        gateway = running;
      };
      watched.push(supervise("gateway", () => running.exited, restart, options.onProgress));
    }
    return {
      databaseUrl: running.ready.url,
      mysql: { ...mysql.address, database },
      pids: () => ({ mysqld: "stop" in mysql ? mysql.pid : undefined, gateway: running.pid }),
      kill(which) {
        const pid = which === "gateway" ? running.pid : "stop" in mysql ? mysql.pid : undefined;
        if (pid) process.kill(pid, "SIGKILL");
      },
      async refresh() {
        await applyMigrations();
        await running.call("readVschema");
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startServer(options: DatabaseOptions): Promise<Mysql> | { address: MysqlAddress } {
  const elsewhere = process.env.MYSQL_ADDRESS;
  if (elsewhere) return { address: parseMysqlAddress(elsewhere) };
  options.onProgress?.("database");
  return startMysql({
    dir: join(options.dataDir, "mysql"),
    unpackDir: join(root, ".data/mysql-server"),
    relaxed: options.relaxedMysql,
    bufferPoolMegabytes: options.bufferPoolMegabytes,
    onProgress: options.onProgress,
  });
}

function startGatewayProcess(
  settings: GatewayProcessOptions,
  logFile: string,
): Promise<NodeChild<GatewayReady>> {
  return startNodeChild(new URL("../../db/local/gateway-process.ts", import.meta.url), settings, { logFile });
}

/** A secret made once per folder and readable by its owner alone. */
export function keptSecret(path: string, make: () => string): string {
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600 });
  return readFileSync(path, "utf8").trim();
}

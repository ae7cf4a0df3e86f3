// Where a MySQL server listens and who may enter.
import { type Connection, createConnection } from "mysql2/promise";

export type MysqlAddress = {
  host: string;
  port: number;
  user: string;
  password: string;
  /** A Unix socket on the same machine: cheaper than TCP, so preferred when there is one. */
  socket?: string;
};

/** `mysql://user:password@host:3306` */
export function parseMysqlAddress(text: string): MysqlAddress {
  const url = new URL(text);
  if (url.protocol !== "mysql:")
    throw new Error("A MySQL address looks like mysql://user:password@host:3306");
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

/** What mysql2 wants to know to connect. */
export function connectionOptions(address: MysqlAddress, database?: string) {
  const place = address.socket ? { socketPath: address.socket } : { host: address.host, port: address.port };
  return {
    ...place,
    user: address.user,
    password: address.password,
    database,
    charset: "utf8mb4_0900_ai_ci",
  };
}

/** One connection, outside any pool. */
export function connectTo(address: MysqlAddress, database?: string): Promise<Connection> {
  return createConnection({ ...connectionOptions(address, database), connectTimeout: 5_000 });
}

/** Makes the database if it is missing; safe to repeat. */
export async function ensureDatabase(address: MysqlAddress, database: string): Promise<void> {
  const connection = await connectTo(address);
  try {
    const name = `\`${database.replaceAll("`", "``")}\``;
    await connection.query(
      `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci`,
    );
  } finally {
    await connection.end();
  }
}

// The PlanetScale HTTP protocol in front of a MySQL server: what production is, on this machine.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createConnection, createPool } from "mysql2";
import { endsTransaction, GatewayError, protocolError } from "./gateway-error.ts";
import { asciiJson, maxRows } from "./gateway-result.ts";
import { openSessions } from "./gateway-sessions.ts";
import { runStatement } from "./gateway-statement.ts";
import { connectionOptions, type MysqlAddress } from "./mysql-address.ts";

export type GatewayOptions = {
  mysql: MysqlAddress;
  database: string;
  user: string;
  password: string;
  port?: number;
  poolSize?: number;
  /** Default 20 s each, as on PlanetScale. */
  statementLimitMs?: number;
  idleLimitMs?: number;
  /** Returns why a statement is refused, or undefined. See tenant-guard.ts. */
  guard?: (sql: string) => string | undefined;
  /** Hears of statements that took a second or more, or failed by taking too long. */
  onSlow?: (sql: string, seconds: number) => void;
};

export type Gateway = { port: number; url: string; close(): Promise<void> };

type ExecuteRequest = {
  query?: unknown;
  session?: { vitessSession?: { inTransaction?: boolean; sessionUUID?: string } };
};

const maxBodyBytes = 64 * 1024 * 1024;
const begins = /^\s*(?:begin|start\s+transaction)\b/i;
const ends = /^\s*(?:commit|rollback(?!\s+(?:work\s+)?to))\b/i;
// One connection serves many callers in turn, so nothing may change its settings.
const changesConnection = /^\s*(?:set|use|lock\s+tables|unlock|prepare|deallocate)\b/i;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const target = `${options.database}.-.primary`;
  const allowed = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString("base64")}`;
  const pool = createPool({
    ...connectionOptions(options.mysql, options.database),
    connectionLimit: options.poolSize ?? 16,
    maxIdle: options.poolSize ?? 16,
    // Affected rows are those changed, as Vitess counts them, not those found.
    flags: ["-FOUND_ROWS", "-LOCAL_FILES"],
    timezone: "Z",
  });
  // One more than allowed, so that a statement without its own limit is told from one that fits exactly.
  pool.on(
    "connection",
    (connection) => void connection.query(`SET SESSION sql_select_limit = ${maxRows + 1}`),
  );
  const sessions = openSessions(pool, options.idleLimitMs ?? 20_000);
  // Outside the pool: when statements must be killed, all of its connections may be busy with them.
  const kill = (threadId: number) =>
    new Promise<void>((resolve) => {
      const killer = createConnection(connectionOptions(options.mysql));
      killer.query(`KILL QUERY ${threadId}`, () => {
        killer.destroy();
        resolve();
      });
    });

  const limits = { statementMs: options.statementLimitMs ?? 20_000, kill };

  async function execute({ query, session }: ExecuteRequest): Promise<string> {
    if (typeof query !== "string") throw new GatewayError("INVALID_ARGUMENT", "query must be a string");
    const refusal = options.guard?.(query);
    if (refusal) throw new GatewayError("FAILED_PRECONDITION", refusal);
    if (changesConnection.test(query))
      throw new GatewayError("UNIMPLEMENTED", "session settings cannot be changed");
    const held = session?.vitessSession?.inTransaction ? session.vitessSession.sessionUUID : undefined;
    if (begins.test(query)) {
      // A second BEGIN commits what the first began, as in MySQL.
      if (held && sessions.has(held)) return inSession(held, query);
      const begun = await sessions.begin();
      return inSession(begun.id, query);
    }
    if (held) return ends.test(query) ? endSession(held, query) : inSession(held, query);
    if (ends.test(query)) return answer("{}", undefined);
    const connection = await sessions.take();
    try {
      return answer(await runStatement(connection, query, limits), undefined);
    } finally {
      connection.release();
    }
  }

  async function inSession(id: string, query: string): Promise<string> {
    const session = sessions.find(id);
    try {
      return answer(await runStatement(session.connection, query, limits), id);
    } catch (error) {
      if (endsTransaction(error)) sessions.abandon(session);
      throw error;
    }
  }

  async function endSession(id: string, query: string): Promise<string> {
    // Rolling back what is already rolled back must not hide the error that led there.
    if (!sessions.has(id) && /^\s*rollback/i.test(query)) return answer("{}", undefined);
    const session = sessions.find(id);
    sessions.end(session);
    try {
      const result = await runStatement(session.connection, query, limits);
      session.connection.release();
      return answer(result, undefined);
    } catch (error) {
      session.connection.destroy();
      throw error;
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/health") return send(response, 200, '{"ok":true}');
    if (request.headers.authorization !== allowed)
      return send(
        response,
        401,
        asciiJson({ error: { code: "UNAUTHENTICATED", message: "invalid credentials" } }),
      );
    const began = performance.now();
    try {
      const body = await readBody(request);
      const operation = request.url?.slice(request.url.lastIndexOf("/") + 1);
      if (operation === "CreateSession") return send(response, 200, answer("{}", undefined));
      if (operation !== "Execute")
        return send(response, 404, '{"error":{"code":"NOT_FOUND","message":"no such call"}}');
      const input = JSON.parse(body.toString("utf8")) as ExecuteRequest;
      const text = await execute(input).finally(() =>
        tellSlow(input.query, (performance.now() - began) / 1000),
      );
      send(response, 200, `${text.slice(0, -1)},"timing":${(performance.now() - began) / 1000}}`);
    } catch (error) {
      send(response, 200, asciiJson({ error: protocolError(error, target) }));
    }
  }

  function tellSlow(query: unknown, seconds: number): void {
    if (seconds >= 1 && typeof query === "string") options.onSlow?.(query, seconds);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  // A connection that we close while a client writes to it looks like a lost database; let the client close.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${encodeURIComponent(options.user)}:${encodeURIComponent(options.password)}@127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      sessions.abandonAll();
      await new Promise<void>((resolve) => pool.end(() => resolve()));
    },
  };
}

function answer(result: string, sessionId: string | undefined): string {
  const session = sessionId
    ? `{"signature":"${sessionId}","vitessSession":{"autocommit":true,"inTransaction":true,"sessionUUID":"${sessionId}"}}`
    : '{"signature":"","vitessSession":{"autocommit":true,"inTransaction":false}}';
  return `{"session":${session},"result":${result}}`;
}

/** `body` must be ASCII: its length is then its size. */
function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body, "latin1");
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new GatewayError("RESOURCE_EXHAUSTED", "statement larger than 64 MB");
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

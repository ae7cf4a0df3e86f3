// Runs one statement on one connection under the platform's limits and writes the answer in protocol form.
import type { Connection, Query } from "mysql2";
import { GatewayError } from "./gateway-error.ts";
import { type Column, encodeFields, encodeRow, maxRows, type WrittenHeader } from "./gateway-result.ts";

export type Limits = { statementMs: number; kill: Killer };

/** How the limits reach a statement that is already running. */
export type Killer = (threadId: number) => Promise<void>;

// A definition may copy a table; production runs it apart from the statement limit too.
const definition = /^\s*(create|alter|drop|truncate|rename|analyze|optimize)\b/i;

/** The `result` member as JSON. */
export function runStatement(connection: Connection, sql: string, limits: Limits): Promise<string> {
  return new Promise((resolve, reject) => {
    let fields = "";
    let rows = "";
    let count = 0;
    let written: WrittenHeader | undefined;
    let killed: Promise<void> | undefined;
    const stop = () => {
      killed ??= limits.kill(connection.threadId ?? 0);
    };
    const clock = definition.test(sql) ? undefined : setTimeout(stop, limits.statementMs);
    const end = async (failure: unknown) => {
      clearTimeout(clock);
      if (killed) {
        // The kill may come too late and would then strike the connection's next statement: give it one to strike.
        await killed;
        await new Promise((struck) => connection.query("DO 0", struck));
      }
      if (count > maxRows) reject(new GatewayError("ABORTED", `Row count exceeded ${maxRows}`));
      else if (failure) reject(failure);
      // Some functions answer a kill with a value instead of an error.
      else if (killed && !written) reject(new GatewayError("DEADLINE_EXCEEDED", "context deadline exceeded"));
      else resolve(written ? writtenResult(written) : `{"fields":${fields},"rows":[${rows}]}`);
    };

    // Without casts the values come as the bytes that MySQL sent.
    const query: Query = connection.query({ sql, rowsAsArray: true, typeCast: false as never });
    query.on("error", (error) => void end(error));
    query.on("end", () => void end(undefined));
    query.on("fields", (columns: Column[] | undefined) => {
      if (columns) fields = encodeFields(columns);
    });
    query.on("result", (row: (Buffer | null)[] | WrittenHeader) => {
      if (!Array.isArray(row)) {
        written = row;
        return;
      }
      count += 1;
      if (count <= maxRows) rows += count === 1 ? encodeRow(row) : `,${encodeRow(row)}`;
      else stop();
    });
  });
}

function writtenResult({ affectedRows, insertId }: WrittenHeader): string {
  const insert = insertId ? `,"insertId":"${insertId}"` : "";
  return affectedRows ? `{"rowsAffected":"${affectedRows}"${insert}}` : "{}";
}

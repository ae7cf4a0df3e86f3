// Transactions over stateless HTTP: a session in a transaction keeps one connection until it ends or falls idle.
import { randomUUID } from "node:crypto";
import type { Pool, PoolConnection } from "mysql2";
import { GatewayError } from "./gateway-error.ts";

export type Session = { id: string; connection: PoolConnection; idle: NodeJS.Timeout };

export type SessionStore = ReturnType<typeof openSessions>;

/** A transaction that nobody continues for `idleLimitMs` is rolled back. */
export function openSessions(pool: Pool, idleLimitMs: number) {
  const sessions = new Map<string, Session>();

  function take(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
    });
  }

  function end(session: Session): boolean {
    clearTimeout(session.idle);
    return sessions.delete(session.id);
  }

  /** Rolls back by closing the connection: nothing of the transaction can survive that. */
  function abandon(session: Session): void {
    if (end(session)) session.connection.destroy();
  }

  return {
    take,
    async begin(): Promise<Session> {
      const id = randomUUID();
      const connection = await take();
      const idle = setTimeout(() => abandon(session), idleLimitMs);
      const session: Session = { id, connection, idle };
      sessions.set(id, session);
      return session;
    },
    /** The session a statement belongs to. Throws when its transaction is over. */
    find(id: string): Session {
      const session = sessions.get(id);
      if (!session)
        throw new GatewayError(
          "ABORTED",
          `transaction ${id}: ended, or idle for more than ${idleLimitMs / 1000}s`,
        );
      session.idle.refresh();
      return session;
    },
    has: (id: string) => sessions.has(id),
    end,
    abandon,
    abandonAll() {
      for (const session of sessions.values()) abandon(session);
    },
  };
}

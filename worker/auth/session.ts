/** Sessions: all there is to know of lucia is in this file. Its ids are secrets; the table holds their SHA-256. */
import { type Adapter, type DatabaseSession, Lucia, TimeSpan } from "lucia";
import type { SessionRow, SessionStatements } from "#db/system/sessions";
import type { Id, UserId } from "#domain/ids";
import type { Deps } from "#queues/deps";
import type { Person } from "../context.ts";
import { sha256Hex } from "./digest.ts";

declare module "lucia" {
  interface Register {
    Lucia: Lucia<Record<never, never>, { person: Person }>;
    // `UserId` would mean lucia's own here.
    UserId: Id<"usr">;
    DatabaseUserAttributes: { person: Person };
  }
}

export type SessionDeps = Pick<Deps, "now" | "publicOrigin"> & {
  readonly system: { readonly sessions: SessionStatements };
};
/** `cookie` is the value of a Set-Cookie header. */
export type StartedSession = { readonly cookie: string };
/** `cookie` is there when the session was just extended and the browser should keep it longer, too. */
export type ReadSession = { readonly person: Person; readonly cookie: string | undefined };

const days = 14;

export async function startSession(deps: SessionDeps, userId: UserId): Promise<StartedSession> {
  const sessions = open(deps);
  const { id } = await sessions.createSession(userId, {});
  return { cookie: sessions.createSessionCookie(id).serialize() };
}

/** Who the cookie header belongs to. In its second week a session is extended by its use. */
export async function readSession(
  deps: SessionDeps,
  cookieHeader: string | undefined,
): Promise<ReadSession | undefined> {
  const sessions = open(deps);
  const id = cookieHeader ? sessions.readSessionCookie(cookieHeader) : null;
  if (!id) return undefined;
  const { user, session } = await sessions.validateSession(id);
  if (!session) return undefined;
  return {
    person: user.person,
    cookie: session.fresh ? sessions.createSessionCookie(id).serialize() : undefined,
  };
}

/** The session is gone at once, wherever its cookie may still lie. Answers the cookie that clears the browser's. */
export async function endSession(
  deps: SessionDeps,
  cookieHeader: string | undefined,
): Promise<StartedSession> {
  const sessions = open(deps);
  const id = cookieHeader ? sessions.readSessionCookie(cookieHeader) : null;
  if (id) await sessions.invalidateSession(id);
  return { cookie: sessions.createBlankSessionCookie().serialize() };
}

export async function endAllSessions(deps: SessionDeps, userId: UserId): Promise<void> {
  await open(deps).invalidateUserSessions(userId);
}

/** For cron: rows nobody can use any more. */
export async function sweepSessions(deps: SessionDeps): Promise<void> {
  await open(deps).deleteExpiredSessions();
}

/** Whether the request carries a session cookie, valid or not. */
export function hasSessionCookie(deps: SessionDeps, cookieHeader: string | undefined): boolean {
  return cookieHeader !== undefined && open(deps).readSessionCookie(cookieHeader) !== null;
}

function open(deps: SessionDeps): Lucia<Record<never, never>, { person: Person }> {
  const secure = deps.publicOrigin.startsWith("https://");
  return new Lucia(hashingAdapter(deps), {
    sessionExpiresIn: new TimeSpan(days, "d"),
    sessionCookie: {
      // The prefix binds the cookie to this host and to TLS. Over plain HTTP Chromium takes it from loopback only, Safari never.
      name: secure ? "__Host-larkpost" : "larkpost",
      attributes: { secure, sameSite: "lax", path: "/" },
    },
    getUserAttributes: ({ person }) => ({ person }),
  });
}

function hashingAdapter({ system, now }: SessionDeps): Adapter {
  const stored = system.sessions;
  const shown = (row: SessionRow, id: string): DatabaseSession => ({ ...row, id, attributes: {} });
  return {
    async getSessionAndUser(id) {
      const found = await stored.find(await sha256Hex(id));
      if (!found) return [null, null];
      const { session, person } = found;
      return [shown(session, id), { id: person.id, attributes: { person } }];
    },
    // The secret of a listed session is not known to anyone but its browser, so its digest stands in for it.
    getUserSessions: async (userId) => (await stored.ofUser(userId)).map((row) => shown(row, row.id)),
    setSession: async ({ id, userId, expiresAt }) =>
      stored.insert({ id: await sha256Hex(id), userId, expiresAt }, new Date(now())),
    updateSessionExpiration: async (id, expiresAt) => stored.extend(await sha256Hex(id), expiresAt),
    deleteSession: async (id) => stored.remove(await sha256Hex(id)),
    deleteUserSessions: (userId) => stored.removeOfUser(userId),
    deleteExpiredSessions: () => stored.removeExpired(new Date(now())),
  };
}

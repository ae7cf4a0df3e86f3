/** Sessions: what the browser holds, what the table holds, and how long. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SessionRow, SessionStatements } from "#db/system/sessions";
import { idMint } from "#domain/ports";
import {
  endAllSessions,
  endSession,
  hasSessionCookie,
  readSession,
  startSession,
  sweepSessions,
} from "#worker/auth/session";

const dayMs = 24 * 3_600_000;
const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const person = { id: newId("usr"), email: "maria@shop.example", name: "Maria", memberships: [] };

function setUp(publicOrigin = "https://mail.shop.example") {
  const table = new Map<string, SessionRow>();
  const sessions: SessionStatements = {
    find: async (hash) => {
      const session = table.get(hash);
      return session && { session, person };
    },
    ofUser: async (userId) => [...table.values()].filter((row) => row.userId === userId),
    insert: async (row) => void table.set(row.id, row),
    extend: async (hash, expiresAt) => {
      const row = table.get(hash);
      if (row) table.set(hash, { ...row, expiresAt });
    },
    remove: async (hash) => void table.delete(hash),
    removeOfUser: async (userId) => {
      for (const row of table.values()) if (row.userId === userId) table.delete(row.id);
    },
    removeExpired: async (now) => {
      for (const row of table.values()) if (row.expiresAt <= now) table.delete(row.id);
    },
  };
  const deps = { system: { sessions }, now: Date.now, publicOrigin };
  /** Moves the one session's end to `leftMs` from now. */
  const age = (leftMs: number) => {
    for (const row of table.values()) table.set(row.id, { ...row, expiresAt: new Date(Date.now() + leftMs) });
  };
  return { table, deps, age };
}

const sent = (setCookie: string) => setCookie.split(";", 1)[0] ?? "";
const secretOf = (setCookie: string) => sent(setCookie).split("=")[1] ?? "";

describe("a session", () => {
  test("lives in a __Host- cookie that scripts and other sites cannot use", async () => {
    const { deps } = setUp();
    const { cookie } = await startSession(deps, person.id);
    expect(sent(cookie)).toMatch(/^__Host-larkpost=[a-z2-7]{40}$/);
    expect(cookie).toContain("HttpOnly");
    expect(cookie).toContain("Secure");
    expect(cookie).toContain("SameSite=Lax");
    expect(cookie).toContain("Path=/");
    expect(cookie).not.toContain("Domain");
    expect(cookie).toContain(`Max-Age=${14 * 24 * 3_600}`);
  });

  test("over plain HTTP lives in a cookie without prefix, which every browser takes there", async () => {
    const { deps } = setUp("http://127.0.0.1:8787");
    const { cookie } = await startSession(deps, person.id);
    expect(sent(cookie)).toMatch(/^larkpost=/);
    expect(cookie).toContain("HttpOnly");
    expect(cookie).not.toContain("Secure");
  });

  test("is stored only as the SHA-256 of its id", async () => {
    const { deps, table } = setUp();
    const { cookie } = await startSession(deps, person.id);
    expect([...table.keys()]).toEqual([createHash("sha256").update(secretOf(cookie)).digest("hex")]);
    expect(JSON.stringify([...table])).not.toContain(secretOf(cookie));
  });

  test("cannot be opened with what the table holds", async () => {
    const { deps, table } = setUp();
    await startSession(deps, person.id);
    const [stolen] = table.keys();
    expect(await readSession(deps, `__Host-larkpost=${stolen}`)).toBeUndefined();
  });

  test("belongs to its person", async () => {
    const { deps } = setUp();
    const { cookie } = await startSession(deps, person.id);
    const read = await readSession(deps, `theme=dark; ${sent(cookie)}`);
    expect(read?.person).toEqual(person);
    expect(read?.cookie).toBeUndefined();
  });

  test("in its second week is extended by its use, and the browser is told", async () => {
    const { deps, age, table } = setUp();
    const { cookie } = await startSession(deps, person.id);
    age(6 * dayMs);
    const read = await readSession(deps, sent(cookie));
    expect(sent(read?.cookie ?? "")).toBe(sent(cookie));
    const [row] = table.values();
    expect(row?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 13.9 * dayMs);
  });

  test("past its end is refused and removed", async () => {
    const { deps, age, table } = setUp();
    const { cookie } = await startSession(deps, person.id);
    age(-1);
    expect(await readSession(deps, sent(cookie))).toBeUndefined();
    expect(table.size).toBe(0);
  });

  test("is gone at once when it ends, and the browser's cookie with it", async () => {
    const { deps, table } = setUp();
    const { cookie } = await startSession(deps, person.id);
    const ended = await endSession(deps, sent(cookie));
    expect(table.size).toBe(0);
    expect(ended.cookie).toMatch(/^__Host-larkpost=;.*Max-Age=0/);
    expect(await readSession(deps, sent(cookie))).toBeUndefined();
  });

  test("ends with all others of its person, and expired ones are swept", async () => {
    const { deps, table, age } = setUp();
    await startSession(deps, person.id);
    await startSession(deps, person.id);
    await endAllSessions(deps, person.id);
    expect(table.size).toBe(0);
    await startSession(deps, person.id);
    await sweepSessions(deps);
    expect(table.size).toBe(1);
    age(-1);
    await sweepSessions(deps);
    expect(table.size).toBe(0);
  });
});

test("a request without our cookie has no session, whatever other cookies it brings", () => {
  const { deps } = setUp();
  expect(hasSessionCookie(deps, undefined)).toBe(false);
  expect(hasSessionCookie(deps, "larkpost=abc; theme=dark")).toBe(false);
  expect(hasSessionCookie(deps, "theme=dark; __Host-larkpost=abc")).toBe(true);
});

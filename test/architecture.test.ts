/** The arrow web → worker → queues → db → domain, and the habits of the house, read from the source itself. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { bareImports, impurities, type SourceFile } from "./support/source.ts";

const root = resolve(import.meta.dirname, "..");
const rooms = ["domain", "db", "queues", "worker", "web"] as const;
type Room = (typeof rooms)[number];

/** What a room may import from other rooms. Tests and the launchers on one machine may import everything. */
const mayImport: Record<Room, readonly Room[]> = {
  domain: [],
  db: ["domain"],
  queues: ["domain", "db"],
  worker: ["domain", "db", "queues"],
  web: ["domain"],
};

/** Libraries a room may name. In domain: only such as compute and reach for nothing. */
const libraries: Record<Exclude<Room, "web">, readonly RegExp[]> = {
  domain: [
    /^@noble\/hashes\//,
    /^zod$/,
    /^libphonenumber-js\/max$/,
    /^liquidjs$/,
    /^papaparse$/,
    /^entities(\/.*)?$/,
  ],
  db: [/^drizzle-orm(\/.*)?$/, /^@planetscale\/database$/],
  queues: [/^zod$/, /^resend$/, /^aws4fetch$/, /^cloudflare:/, /^node:/],
  worker: [/^zod$/, /^hono(\/.*)?$/, /^@hono\/zod-openapi$/, /^lucia$/, /^cloudflare:/, /^node:/],
};

/** Written by machines. */
const generated = ["worker/env.d.ts", "web/src/lib/api/schema.d.ts", "db/migrations/", "db/vschema.json"];
const skipped = new Set(["node_modules", "dist", "build", ".svelte-kit", ".wrangler", ".data", "fixtures"]);
const maxLines = 250;

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path);
    return /\.(ts|mjs|svelte)$/.test(entry.name) ? [path] : [];
  });
}

const files: SourceFile[] = [...rooms, "test"]
  .flatMap(walk)
  .filter((path) => !generated.some((g) => path.startsWith(g)))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
const ofRoom = (room: Room) => files.filter(({ path }) => path.startsWith(`${room}/`));
/** Programs that run beside the Worker on a developer's machine, not in it. */
const isLocal = (path: string) => /^(db|worker)\/local\//.test(path);

const targets: Record<string, string> = { "#lib/": "web/src/lib/" };
/** The path an import leads to; undefined for libraries. */
function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return relative(root, resolve(root, dirname(from), specifier));
  for (const [prefix, folder] of Object.entries(targets))
    if (specifier.startsWith(prefix)) return folder + specifier.slice(prefix.length);
  return specifier.startsWith("#") ? specifier.slice(1) : undefined;
}
const imports = files.flatMap((file) =>
  bareImports(file).map((specifier) => ({
    from: file.path,
    specifier,
    target: targetOf(file.path, specifier),
  })),
);
const roomOf = (path: string) => rooms.find((room) => path.startsWith(`${room}/`));
const shown = (list: typeof imports) => list.map(({ from, specifier }) => `${from} imports ${specifier}`);

test("the source is where this test looks for it", () => {
  for (const room of rooms) expect(ofRoom(room).length, room).toBeGreaterThan(5);
  expect(imports.some(({ from, target }) => from === "worker/app.ts" && target === "worker/router.ts")).toBe(
    true,
  );
  expect(imports.some(({ from, specifier }) => from === "db/scope.ts" && specifier === "drizzle-orm")).toBe(
    true,
  );
  expect(imports.some(({ from }) => from.endsWith(".svelte"))).toBe(true);
});

describe.each(rooms)("%s", (room) => {
  const own = imports.filter(({ from }) => from.startsWith(`${room}/`) && !isLocal(from));

  test("imports only rooms to its right", () => {
    const wrong = own.filter(({ target }) => {
      const other = target === undefined ? undefined : roomOf(target);
      return target !== undefined && other !== room && !(other && mayImport[room].includes(other));
    });
    expect(shown(wrong)).toEqual([]);
  });

  test("does not depend on the programs of a developer's machine", () => {
    expect(shown(own.filter(({ target }) => target !== undefined && isLocal(target)))).toEqual([]);
  });
});

describe.each(["domain", "db", "queues", "worker"] as const)("%s", (room) => {
  test("names only libraries that belong in it", () => {
    const own = imports.filter(({ from }) => from.startsWith(`${room}/`) && !isLocal(from));
    const wrong = own.filter(
      ({ specifier, target }) =>
        target === undefined && !libraries[room].some((library) => library.test(specifier)),
    );
    expect(shown(wrong)).toEqual([]);
  });
});

describe("one place for one thing", () => {
  const importersOf = (library: RegExp) =>
    imports.filter(({ from, specifier }) => library.test(specifier) && !from.startsWith("test/"));

  test("drizzle and the database client are named in db alone", () => {
    const wrong = importersOf(/^(drizzle-orm|@planetscale\/database|mysql2)/);
    expect(shown(wrong.filter(({ from }) => !from.startsWith("db/")))).toEqual([]);
  });
  test("lucia is named in one file, so that it can be replaced", () => {
    const importers = new Set(importersOf(/^lucia$/).map(({ from }) => from));
    expect([...importers]).toEqual(["worker/auth/session.ts"]);
  });
  test("repositories are given a tenant's scope, never a raw handle", () => {
    const repos = files.filter(({ path }) => path.startsWith("db/repos/"));
    const raw = repos.filter(({ text }) => /\bPlanetScaleDatabase\b|\bSystemDb\b|\bopenDb\b/.test(text));
    expect(raw.map(({ path }) => path)).toEqual([]);
  });
  test("a tenant's scope is opened where dependencies are made, and inside db", () => {
    const openers = files.filter(
      ({ path, text }) => /\bnew TenantDb\(/.test(text) && !path.startsWith("test/"),
    );
    const wrong = openers.filter(({ path }) => path !== "queues/deps.ts" && !path.startsWith("db/"));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

test("every route under /v1 has a contract, save those about the API itself", () => {
  const bare = /\.(get|post|put|patch|delete|all|on)\(\s*["'`]\/v1\//;
  const without = ofRoom("worker").filter(
    ({ path, text }) => bare.test(text) && path !== "worker/routes/system.ts",
  );
  expect(without.map(({ path }) => path)).toEqual([]);
});

test("domain asks nobody for the time, for chance or for anything else", () => {
  const wrong = ofRoom("domain").flatMap((file) => impurities(file).map((what) => `${file.path}: ${what}`));
  expect(wrong).toEqual([]);
});

test(`no file written by hand is longer than ${maxLines} lines`, () => {
  const long = files.filter(({ text }) => text.trimEnd().split("\n").length > maxLines);
  expect(long.map(({ path }) => path)).toEqual([]);
});

test("every file outside the dashboard begins by saying what it is for", () => {
  const silent = files.filter(
    ({ path, text }) =>
      !path.startsWith("web/") && !path.endsWith(".d.ts") && !/^(#!.*\n)?(\/\*\*|\/\/)/.test(text),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test("every path a document names is there", () => {
  const documents = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `docs/${path}`);
  const named = /(?:`|\]\()((?:domain|db|queues|worker|web|test|docs)\/[\w./-]+)[`)]/g;
  const gone = documents.flatMap((document) =>
    [...readFileSync(join(root, document), "utf8").matchAll(named)]
      .map(([, path]) => path ?? "")
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${document} names ${path}`),
  );
  expect(documents).toContain("docs/architecture.md");
  expect(gone).toEqual([]);
});

test("the rules themselves catch what they are for", () => {
  const bad = {
    path: "domain/bad.ts",
    text: `
      import type { a } from "drizzle-orm"; export { b } from "#db/scope"; const c = await import("hono");
      // Date.now() in a comment and "Math.random()" in text are nobody's business
      const d = "fetch()"; const e = Date.now(), f = Math.random(), g = await fetch(d), h = new Date(), i = process.env.A;
      const fine = new Date(0);`,
  };
  expect(bareImports(bad)).toEqual(["drizzle-orm", "#db/scope", "hono"]);
  expect(impurities(bad)).toEqual(["Date.now", "Math.random", "fetch", "new Date()", "process.env"]);
  expect(ts.version).toMatch(/^6\./);
});

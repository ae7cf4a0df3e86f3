// Builds kept by the content of their sources, so that an unchanged one is not built again; shared by all stacks of a clone.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join, relative } from "node:path";
import { withLock } from "#db/local/lock";

const keptPerKind = 4;

export type Build = {
  cacheDir: string;
  kind: string;
  /** Files and folders whose content decides. */
  sources: string[];
  ignore?: (path: string) => boolean;
  /** Fills the folder `into`, which exists. */
  make(into: string): Promise<void>;
};

/** The folder that holds the finished build. */
export async function cachedBuild(build: Build): Promise<string> {
  const hash = hashFiles(build.sources, build.ignore);
  const folder = join(build.cacheDir, `${build.kind}-${hash}`);
  mkdirSync(build.cacheDir, { recursive: true });
  return withLock(join(build.cacheDir, `${build.kind}.lock`), async () => {
    if (!existsSync(folder)) {
      const unfinished = `${folder}.new`;
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished, { recursive: true });
      await build.make(unfinished);
      renameSync(unfinished, folder);
    }
    const now = new Date();
    utimesSync(folder, now, now);
    dropOld(build.cacheDir, build.kind);
    return folder;
  });
}

function hashFiles(paths: string[], ignore: (path: string) => boolean = () => false): string {
  const hash = createHash("sha256");
  const visit = (path: string, base: string) => {
    if (ignore(path) || !existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name), base);
      return;
    }
    hash
      .update(`${relative(base, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  };
  for (const path of paths) visit(path, join(path, ".."));
  return hash.digest("hex").slice(0, 16);
}

// A stack that is running may still serve a build some changes old, hence more than one is kept.
function dropOld(cacheDir: string, kind: string): void {
  readdirSync(cacheDir)
    .filter((name) => new RegExp(`^${kind}-[0-9a-f]{16}$`).test(name))
    .map((name) => join(cacheDir, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    .slice(keptPerKind)
    .forEach((path) => {
      rmSync(path, { recursive: true, force: true });
    });
}

// Fetches MySQL from this system's own package mirror with a private apt and unpacks it, installing nothing.
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

type Source = { keyring: string; suites: string[]; packages: RegExp };

// Debian's stable suites leave MySQL out; its unstable suite has it. Ubuntu has it in every release.
function sourceFor(id: string, codename: string): Source | undefined {
  if (id === "debian")
    return {
      keyring: "/usr/share/keyrings/debian-archive-keyring.gpg",
      suites: ["sid"],
      packages: /^mysql-server-core$/,
    };
  if (id === "ubuntu")
    return {
      keyring: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
      suites: [codename, `${codename}-updates`],
      packages: /^mysql-server-core-8\.\d$/,
    };
  return undefined;
}

/** Leaves a runnable tree in `root`, marked by a file `complete`. Throws when this system cannot do it. */
export async function unpackMysql(root: string, say: (line: string) => void): Promise<void> {
  const release = osRelease();
  const source = sourceFor(release.ID ?? "", release.VERSION_CODENAME ?? "");
  if (!source || !existsSync(source.keyring)) throw new Error("not a Debian or Ubuntu system");
  const mirror = await packageMirror();
  const apt = privateApt(source, mirror);
  try {
    say("MySQL: reading the package list of this system's mirror");
    await apt.run("apt-get", "update");
    const { stdout } = await apt.run("apt-cache", "pkgnames", "mysql-server-core");
    const name = stdout
      .split("\n")
      .filter((line) => source.packages.test(line))
      .sort()
      .at(-1);
    if (!name) throw new Error("the mirror has no MySQL server package");
    say("MySQL: fetching the server (about 60 MB, once per machine)");
    await apt.run("apt-get", "-y", "--download-only", "install", name);
    say("MySQL: unpacking");
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    for (const archive of readdirSync(apt.archives)) {
      // The server runs without Perl; only its maintainer scripts want it.
      if (!archive.endsWith(".deb") || archive.startsWith("perl") || archive.startsWith("libperl")) continue;
      await run("dpkg-deb", ["-x", join(apt.archives, archive), root]);
    }
    writeFileSync(join(root, "complete"), `${name}\n`);
  } finally {
    apt.discard();
  }
}

function privateApt(source: Source, mirror: string) {
  const base = mkdtempSync(join(tmpdir(), "larkpost-apt-"));
  chmodSync(base, 0o755);
  for (const folder of ["state/lists/partial", "cache/archives/partial"])
    mkdirSync(join(base, folder), { recursive: true });
  writeFileSync(join(base, "state/status"), "");
  const lines = source.suites.map((suite) => `deb [signed-by=${source.keyring}] ${mirror} ${suite} main`);
  writeFileSync(join(base, "sources.list"), `${lines.join("\n")}\n`);
  const options = [
    `Dir::State=${base}/state`,
    `Dir::State::status=${base}/state/status`,
    `Dir::Cache=${base}/cache`,
    `Dir::Etc::sourcelist=${base}/sources.list`,
    "Dir::Etc::sourceparts=-",
    `APT::Sandbox::User=${userInfo().username}`,
    "APT::Install-Recommends=false",
    "Acquire::Languages=none",
    "Debug::NoLocking=1",
  ].flatMap((option) => ["-o", option]);
  return {
    archives: join(base, "cache/archives"),
    run: (tool: "apt-get" | "apt-cache", ...args: string[]) =>
      run(tool, [...(tool === "apt-get" ? ["-qq"] : []), ...options, ...args], {
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      }),
    discard: () => rmSync(base, { recursive: true, force: true }),
  };
}

async function packageMirror(): Promise<string> {
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(REPO_URI)"]);
  const mirrors = [...new Set(stdout.split("\n").filter(Boolean))];
  const mirror = mirrors.find((uri) => !uri.includes("security"));
  if (!mirror) throw new Error("apt knows no mirror");
  return mirror;
}

function osRelease(): Record<string, string> {
  const text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)="?([^"\n]*)"?$/gm)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
}

// The Chromium that browser tests and pictures drive.
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { runCommand } from "#worker/local/command";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const applications = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** What Playwright should start it with: no sandbox within a sandbox, and nothing sent out unasked. */
export const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** CHROMIUM_PATH, or the one installed. */
export function chromiumPath(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/snap/bin"];
  const candidates = [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...applications,
  ];
  return candidates.find((path) => existsSync(path));
}

/** Installs it where that can be done without asking; otherwise throws a line that names the remedy. */
export async function ensureChromium(): Promise<string> {
  const present = chromiumPath();
  if (present) return present;
  if (userInfo().uid === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing chromium with apt-get for the browser tests …");
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await runCommand("apt-get", ["update", "-qq"], { env });
    await runCommand("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { env });
  }
  const installed = chromiumPath();
  if (installed) return installed;
  throw new Error(
    "No Chromium for the browser tests: install it (apt-get install chromium) or set CHROMIUM_PATH.",
  );
}

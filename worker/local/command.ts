// Runs one of the project's own tools and collects what it says.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

/** Root of the repository. */
export const root = join(import.meta.dirname, "../..");

const binaries = join(root, "node_modules/.bin");

/** The environment in which tools find each other and the pinned Node first. */
export function toolEnv(extra: Partial<NodeJS.ProcessEnv> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env.PATH ?? ""}`,
    // Tools that would ask, report usage or look for newer versions are told not to.
    CI: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    ...extra,
  };
}

export type Outcome = { code: number; output: string; stdout: string; seconds: number };

export type CommandOptions = {
  cwd?: string;
  env?: Partial<NodeJS.ProcessEnv>;
  onOutput?: (text: string) => void;
};

/** `tool` is a program in node_modules/.bin or in PATH. Never throws for a non-zero exit. */
export function runCommand(tool: string, args: string[], options: CommandOptions = {}): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(tool, args, {
      cwd: options.cwd ?? root,
      env: toolEnv(options.env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let stdout = "";
    const take = (text: string, fromStdout: boolean) => {
      output += text;
      if (fromStdout) stdout += text;
      options.onOutput?.(text);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => take(text, true));
    child.stderr.setEncoding("utf8").on("data", (text: string) => take(text, false));
    const end = (code: number) =>
      resolve({ code, output, stdout, seconds: (performance.now() - began) / 1000 });
    child.on("error", (error) => {
      output += error.message;
      end(127);
    });
    child.on("close", (code, signal) => end(code ?? (signal ? 130 : 1)));
  });
}

/** As runCommand, but a failure throws what the tool said. */
export async function mustRun(tool: string, args: string[], options: CommandOptions = {}): Promise<Outcome> {
  const outcome = await runCommand(tool, args, options);
  if (outcome.code !== 0)
    throw new Error(`${tool} ${args.join(" ")} failed (exit ${outcome.code}):\n${outcome.output.trim()}`);
  return outcome;
}

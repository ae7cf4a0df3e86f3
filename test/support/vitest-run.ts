// Runs test projects in one vitest and counts from its own report what passed.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "#worker/local/command";

export type Counts = { passed: number; failed: number; skipped: number };

type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests?: number;
  testResults: { status: string; assertionResults: unknown[] }[];
};

export async function runProjects(projects: string[], env: Record<string, string>): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "larkpost-report-"));
  const reportPath = join(folder, "report.json");
  try {
    const { code } = await runCommand(
      "vitest",
      [
        "run",
        "--passWithNoTests",
        ...projects.flatMap((name) => ["--project", name]),
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${reportPath}`,
      ],
      { env, onOutput: (text) => process.stdout.write(text) },
    );
    return countsOf(existsSync(reportPath) ? readFileSync(reportPath, "utf8") : undefined, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not even be loaded counts as one failure, and so does a run that fails without saying where. */
export function countsOf(json: string | undefined, exitCode: number): Counts {
  const report = parsed(json);
  // Without any test to run vitest writes no report and is content.
  if (!report) return { passed: 0, failed: exitCode === 0 && json === undefined ? 0 : 1, skipped: 0 };
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

function parsed(json: string | undefined): Report | undefined {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as Report);
  } catch {
    return undefined;
  }
}

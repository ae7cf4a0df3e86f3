/** Once a minute: what is due is begun, and what stands still although it should not is woken. */
import { errorReport } from "#domain/error-report";
import type { Deps } from "#queues/deps";
import { sweepDirect } from "#queues/sweeps/direct";
import { sweepImports } from "#queues/sweeps/imports";
import { sweepReports } from "#queues/sweeps/reports";
import { launchDue, resumeReturned, wakeOpenRuns } from "#queues/sweeps/runs";

export async function runCron(deps: Deps): Promise<void> {
  const tasks = {
    launchDue,
    resumeReturned,
    wakeOpenRuns,
    sweepImports,
    sweepDirect,
    sweepReports,
    dropExpired: (d: Deps) => d.system.dropExpired(new Date(d.now())),
  };
  // One task's trouble is not the others'.
  for (const [name, run] of Object.entries(tasks)) {
    try {
      await run(deps);
    } catch (error) {
      deps.log("cron.failed", { task: name, ...errorReport(error) });
    }
  }
}

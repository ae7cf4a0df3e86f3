/** Going on with an import: takes the lease, works for some seconds, asks to be called again. Twice equals once. */
import { getImport, leaseImport, moveImport, releaseImport } from "#db/repos/imports";
import type { TenantDb } from "#db/scope";
import type { ImportId, TenantId } from "#domain/ids";
import { FileGone } from "../importing/file-rows.ts";
import { type ImportDeps, leaseMs, runImport, usualPace } from "../importing/run-import.ts";
import type { ImportStep } from "../messages.ts";
import { ack, type Verdict } from "../verdict.ts";

type ConsumerDeps = ImportDeps & { scope(tenantId: TenantId): TenantDb };

export async function importContacts(
  deps: ConsumerDeps,
  message: ImportStep,
  pace = usualPace,
): Promise<Verdict> {
  const { tenantId, importId } = message;
  const scope = deps.scope(tenantId);
  const now = deps.now();
  // Somebody holds it, or it no longer runs: whoever holds it goes on, and the sweep sees to it should they die.
  if (!(await leaseImport(scope, importId, new Date(now), new Date(now + leaseMs)))) return ack;
  const job = await getImport(scope, importId);
  if (!job) return ack;
  try {
    const end = await runImport(deps, scope, job, pace);
    if (end.kind !== "out_of_time") return ack;
    await releaseImport(scope, importId, end.cursorBytes);
    await askToGoOn(deps, tenantId, importId);
    return ack;
  } catch (error) {
    if (error instanceof FileGone)
      return giveUp(deps, scope, importId, "The uploaded file is no longer there.");
    await letGo(scope, importId);
    throw error;
  }
}

export async function askToGoOn(
  deps: { readonly env: Pick<ImportDeps["env"], "IMPORT_QUEUE"> },
  tenantId: TenantId,
  importId: ImportId,
): Promise<void> {
  const step: ImportStep = { v: 1, kind: "import.step", tenantId, importId };
  await deps.env.IMPORT_QUEUE.send(step);
}

async function giveUp(deps: ConsumerDeps, scope: TenantDb, id: ImportId, failure: string): Promise<Verdict> {
  const now = new Date(deps.now());
  await moveImport(scope, id, ["running"], { state: "failed", failure, finishedAt: now, updatedAt: now });
  return ack;
}

/** So that the next try need not wait for the lease to run out. When even this fails, it runs out. */
async function letGo(scope: TenantDb, id: ImportId): Promise<void> {
  try {
    const job = await getImport(scope, id);
    if (job) await releaseImport(scope, id, job.cursorBytes);
  } catch {
    // The error that led here says more.
  }
}

/** Kept reports and counts of forgeries older than thirty days, dropped in small bites, with what lies of them in R2. */
import type { Deps } from "../deps.ts";

export const keptMs = 30 * 86_400_000;
/** R2 takes so many keys in one delete. */
const perBite = 500;
/** Reports come as fast as events do: the sweep must be faster. */
const bites = 20;

export async function sweepReports(deps: Pick<Deps, "env" | "system" | "now">): Promise<void> {
  const before = new Date(deps.now() - keptMs);
  for (let bite = 0; bite < bites; bite++) {
    const aged = await deps.system.reports.aged(before, perBite);
    const keys = aged.flatMap((payload) => payload.rawKey ?? []);
    // The body first: a row without one is dropped by the next sweep, a body without a row by nobody.
    if (keys.length > 0) await deps.env.FILES.delete(keys);
    await deps.system.reports.drop(aged);
    if (aged.length < perBite) break;
  }
  await deps.system.reports.dropForgeries(before);
}

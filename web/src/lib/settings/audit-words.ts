/** Audit actions in words. */
import { labelOf } from "#lib/format.ts";

/** "tenant.update" is "Workspace: update"; people know a tenant as a workspace. */
export function actionLabel(action: string): string {
  const [noun = "", ...verb] = action.split(".");
  const thing = noun === "tenant" ? "workspace" : noun;
  return verb.length > 0 ? `${labelOf(thing)}: ${verb.join(" ").replaceAll("_", " ")}` : labelOf(thing);
}

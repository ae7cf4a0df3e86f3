/** Audit actions in words. */
import { labelOf } from "#lib/format.ts";

const nouns: Record<string, string> = { tenant: "workspace", policy: "sending rules" };

/** "tenant.update" is "Workspace: update"; people know a tenant as a workspace. */
export function actionLabel(action: string): string {
  const [noun = "", ...verb] = action.split(".");
  const thing = nouns[noun] ?? noun;
  return verb.length > 0 ? `${labelOf(thing)}: ${verb.join(" ").replaceAll("_", " ")}` : labelOf(thing);
}

/** Whether a mapping and its options make sense for a file. */
import type { FieldError } from "../failure.ts";
import { fail, ok, type Result } from "../result.ts";
import type { ImportOptions } from "./import.ts";
import { cleanText } from "./text.ts";

export type ImportFacts = {
  readonly columns: readonly string[];
  readonly fieldKeys: readonly string[];
  readonly listExists: boolean;
};

export function checkOptions(options: ImportOptions, facts: ImportFacts): Result<ImportOptions> {
  const { mapping } = options;
  const errors: FieldError[] = [];
  const refuse = (pointer: string, detail: string) => errors.push({ pointer, detail });
  if (mapping.length !== facts.columns.length)
    refuse("/mapping", `The file has ${facts.columns.length} columns, the mapping ${mapping.length}.`);
  if (!mapping.includes("email")) refuse("/mapping", "One column must hold the e-mail address.");
  for (const [i, target] of mapping.entries()) {
    const key = target.startsWith("fields.") ? target.slice(7) : undefined;
    if (key !== undefined && !facts.fieldKeys.includes(key))
      refuse(`/mapping/${i}`, `There is no field ${key}.`);
    if (target !== "skip" && target !== "tags" && mapping.indexOf(target) !== i)
      refuse(`/mapping/${i}`, `${target} is given by another column already.`);
  }
  const wording = cleanText(options.consent_wording, 1_000);
  if (options.email_consent === "subscribed" && wording === "")
    refuse("/consent_wording", "Say what these people agreed to, in the words they were shown.");
  if (!facts.listExists) refuse("/list_id", "There is no such list.");
  const tags = [...new Set(options.tags.map((tag) => cleanText(tag, 60)))].filter((tag) => tag !== "");
  return errors.length > 0
    ? fail({ kind: "invalid", errors })
    : ok({ ...options, consent_wording: wording, tags });
}

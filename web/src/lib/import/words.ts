/** Imports in words and tones: states, columns, how a file was read, why a row was refused. */
import type { ImportState, ImportTarget, RejectionReason } from "#domain/contact/import";
import type { Option } from "#lib/ui/option.ts";
import type { Tone } from "#lib/ui/Pill.svelte";
import type { Import } from "./queries.ts";

type StateWords = { readonly label: string; readonly tone: Tone; readonly live?: boolean };

const stateWords: Record<ImportState, StateWords> = {
  uploaded: { label: "Not started", tone: "warn" },
  running: { label: "Importing", tone: "accent", live: true },
  completed: { label: "Completed", tone: "ok" },
  cancelled: { label: "Stopped", tone: "neutral" },
  failed: { label: "Failed", tone: "bad" },
};
const discarded: StateWords = { label: "Discarded", tone: "neutral" };

export function stateOf(job: Pick<Import, "state" | "started_at">): StateWords {
  return isDiscarded(job) ? discarded : stateWords[job.state];
}
/** Uploaded and given up before anything of it was imported. */
export function isDiscarded(job: Pick<Import, "state" | "started_at">): boolean {
  return job.state === "cancelled" && !job.started_at;
}

type Named = Exclude<ImportTarget, `fields.${string}`>;

export const targetWords: Record<Named, string> = {
  skip: "Leave out",
  email: "E-mail",
  first_name: "First name",
  last_name: "Last name",
  full_name: "Full name",
  phone: "Phone",
  country: "Country",
  locale: "Language",
  time_zone: "Time zone",
  tags: "Tags",
};
export const namedTargets = Object.entries(targetWords) as [Named, string][];

export const reasonWords: Record<RejectionReason, string> = {
  no_email: "No e-mail address",
  invalid_email: "Not an e-mail address",
  repeated_in_file: "Twice in the file",
  too_many_columns: "Too many cells",
  broken_quotes: "Broken quotation marks",
  invalid_value: "A value does not fit",
};

export const updateOptions = [
  {
    value: "overwrite",
    label: "The file wins",
    hint: "What it says replaces what is known; its empty cells change nothing",
  },
  { value: "fill", label: "Fill gaps only", hint: "What is known stays; only empty fields are filled" },
  { value: "skip", label: "Leave them as they are", hint: "Only consent, list and tags are theirs too" },
] as const satisfies readonly Option[];

const encodingWords: Record<Import["preview"]["encoding"], string> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16 (big-endian)",
  "windows-1252": "Windows-1252",
};
const delimiterWords: Record<string, string> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "pipes",
};
/** "Read as UTF-8, separated by semicolons" */
export function readingText({ encoding, delimiter }: Import["preview"]): string {
  return `Read as ${encodingWords[encoding]}, separated by ${delimiterWords[delimiter] ?? `“${delimiter}”`}`;
}

/** The file goes in, and every row of it is accounted for. */
import Papa from "papaparse";
import { type ApiClient, until } from "#test/support/client";
import type { PeopleFile } from "./people.ts";

export type Imported = {
  readonly rowsRead: number;
  readonly rowsCreated: number;
  readonly rowsMerged: number;
  readonly rowsRejected: number;
  /** Refused rows by reason, counted from the error file. */
  readonly refused: Readonly<Record<string, number>>;
};

type Job = {
  id: string;
  state: string;
  failure: string;
  size_bytes: number;
  bytes_done: number;
  preview: { encoding: string; delimiter: string; columns: string[]; mapping: string[]; has_header: boolean };
  rows_read: number;
  rows_created: number;
  rows_updated: number;
  rows_unchanged: number;
  rows_rejected: number;
};

const wording = "I would like to receive news by e-mail.";
const timeoutMs = 3_600_000;
const shownErrors = 5;

export async function importPeople(
  client: ApiClient,
  file: PeopleFile,
  say: (line: string) => void,
): Promise<Imported> {
  const path = `/v1/imports?file_name=${encodeURIComponent(file.name)}`;
  const answer = await client.send("POST", path, file.bytes, { "content-type": "text/csv" });
  const taken = (await answer.json()) as Job & { detail?: string };
  if (answer.status !== 201)
    throw new Error(`the file was not taken: ${taken.detail ?? `status ${answer.status}`}`);
  const { id, preview } = taken;
  const delimiter = { "\t": "tab", ",": "comma", ";": "semicolon" }[preview.delimiter] ?? preview.delimiter;
  say(`file       ${preview.encoding}, ${delimiter}, ${preview.has_header ? "with" : "without"} a header`);
  say(`columns    ${preview.columns.map((name, i) => `${name} → ${preview.mapping[i]}`).join(", ")}`);
  await client.call("POST", `/v1/imports/${id}/start`, {
    mapping: preview.mapping,
    has_header: preview.has_header,
    email_consent: "subscribed",
    consent_wording: wording,
  });
  const done = await until("the import to end", () => ended(client, id), timeoutMs, 250);
  if (done.state !== "completed") throw new Error(`the import ended as ${done.state}: ${done.failure}`);
  return account(client, done, say);
}

async function ended(client: ApiClient, id: string): Promise<Job | undefined> {
  const job = await client.call<Job>("GET", `/v1/imports/${id}`);
  return job.state === "running" ? undefined : job;
}

async function account(client: ApiClient, job: Job, say: (line: string) => void): Promise<Imported> {
  const file = await client.send("GET", `/v1/imports/${job.id}/errors.csv`);
  if (!file.ok) throw new Error(`the error file cannot be read: ${file.status}`);
  const rows = Papa.parse<string[]>((await file.text()).replace(/^\ufeff/, ""), {
    skipEmptyLines: true,
  }).data;
  const errors = rows.slice(1).map(([line = "", reason = "", detail = ""]) => ({ line, reason, detail }));
  const refused: Record<string, number> = {};
  for (const { reason } of errors) refused[reason] = (refused[reason] ?? 0) + 1;
  const merged = job.rows_updated + job.rows_unchanged;
  say(
    `rows       ${job.rows_read} read: ${job.rows_created} new people, ${merged} known, ${job.rows_rejected} refused`,
  );
  for (const [reason, count] of Object.entries(refused)) say(`           ${count} × ${reason}`);
  for (const { line, detail } of errors.slice(0, shownErrors)) say(`           line ${line}: ${detail}`);
  if (errors.length > shownErrors) say(`           … ${errors.length - shownErrors} more in the error file`);
  return {
    rowsRead: job.rows_read,
    rowsCreated: job.rows_created,
    rowsMerged: merged,
    rowsRejected: job.rows_rejected,
    refused,
  };
}

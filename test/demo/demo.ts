/** `npm run demo`: the main job from sign-up to books that balance, headless, over the public API alone. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type ApiClient, signUp, until } from "#test/support/client";
import { startStack } from "#worker/local/stack";
import { checksOf, isSettled, sumsOf } from "./books.ts";
import { objections, reportOf, send, writeCampaign } from "./campaign.ts";
import { type FarEnd, openFarEnd } from "./far-end.ts";
import { importPeople } from "./import.ts";
import { type DemoOptions, readOptions, usage } from "./options.ts";
import { type PeopleFile, peopleFile } from "./people.ts";

const given = readOptions(process.argv.slice(2));
if (typeof given === "string") {
  console.error(`demo: ${given}\n${usage}`);
  process.exit(2);
}
const options: DemoOptions = given;
const say = (line: string) => (options.json ? console.error(line) : console.log(line));
const startedMs = performance.now();

type Running = { origin: string; stop(): Promise<void> };
let running: Running | undefined;
let ending = false;
async function end(code: number): Promise<never> {
  if (ending) return new Promise(() => {});
  ending = true;
  await running?.stop();
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(130));
// The launcher that started us was killed: nobody would be left to end us.
process.on("disconnect", () => void end(1));

try {
  running = options.origin ? { origin: options.origin, stop: async () => {} } : await startOwn();
  await end((await run(options, running.origin)) ? 0 : 1);
} catch (error) {
  if (!ending) {
    console.error(`demo: ${explained(error)}`);
    await end(1);
  }
}

function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === "fetch failed" && options.origin)
    return `nothing answers at ${options.origin}: start it with npm start`;
  return error.message;
}

async function startOwn(): Promise<Running> {
  say("Starting Larkpost in a folder of its own");
  const dataDir = mkdtempSync(join(tmpdir(), "larkpost-demo-"));
  const drop = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    const stack = await startStack({
      dataDir,
      port: 0,
      dashboard: false,
      supervise: true,
      cronIntervalMs: 5_000,
    });
    await stack.healthy();
    return { origin: stack.origin, stop: () => stack.stop().finally(drop) };
  } catch (error) {
    drop();
    throw error;
  }
}

async function run({ csv, recipients, provider }: DemoOptions, origin: string): Promise<boolean> {
  const file: PeopleFile = csv
    ? { name: basename(csv), bytes: readFileSync(csv), known: undefined }
    : peopleFile(recipients);
  const { client, email } = await signUp(origin, "The Workshop");
  say(`signed up  ${email}`);
  const farEnd = await openFarEnd(provider, client);
  try {
    return await tell(client, farEnd, file);
  } finally {
    await farEnd.stop();
  }
}

async function tell(client: ApiClient, farEnd: FarEnd, file: PeopleFile): Promise<boolean> {
  const imported = await importPeople(client, file, say);
  const objected = await objections(client, file);
  if (objected > 0) say(`objected   ${objected} people before the launch`);
  const draft = await writeCampaign(client, farEnd, file);
  say(`audience   ${draft.audience}: ${draft.toSend} to send to${listed(", ", draft.foretold)}`);
  const unsubscribedBefore = await unsubscribed(client);
  if (draft.toSend === 0) return nobody(imported);
  const sentMs = performance.now();
  await send(client, draft.id, say);
  const seconds = (performance.now() - sentMs) / 1_000;
  say(`sent       in ${seconds.toFixed(1)} s, ${Math.round(draft.toSend / seconds)} a second`);
  say("recipients read, click, bounce and leave");
  await farEnd.play(say);
  const counted = await farEnd.count();
  const report = await lastReport(client, draft.id, (one) => isSettled(one, counted));
  const unsubscribedNow = await unsubscribed(client);
  const facts = { file, imported, draft, report, counted, unsubscribedBefore, unsubscribedNow };
  const sums = sumsOf(facts);
  say(
    `accepted   ${sums.accepted}${listed(", left out ", sums.skipped)}, failed ${sums.failed}, unknown ${sums.unknown}`,
  );
  say(`delivered  ${sums.delivered}, bounced ${sums.bounced}, complained ${sums.complained}`);
  say(
    `opened     ${sums.opened} people (${sums.machine_opened} more by machines alone), clicked ${sums.clicked}`,
  );
  const checks = checksOf(facts);
  for (const { ok, text } of checks) say(`  ${ok ? "✓" : "✗"} ${text}`);
  const balances = checks.every((check) => check.ok);
  const wrong = checks.filter((check) => !check.ok).length;
  say(
    balances ? "The books balance." : `The books do not balance: ${wrong} of ${checks.length} checks failed.`,
  );
  finish({ ...sums, ...rowsOf(imported), balances });
  return balances;
}

/** Reports travel through a queue: they are waited for, but not for ever. */
async function lastReport(
  client: ApiClient,
  id: string,
  isGood: (report: Awaited<ReturnType<typeof reportOf>>) => boolean,
) {
  const asked = until("the last reports", async () => {
    const report = await reportOf(client, id);
    return isGood(report) && report;
  });
  return asked.catch(() => reportOf(client, id));
}

async function unsubscribed(client: ApiClient): Promise<number> {
  const page = await client.call<{ count: number }>(
    "GET",
    "/v1/contacts?consent=unsubscribed&count=exact&limit=1",
  );
  return page.count;
}

type Rows = Awaited<ReturnType<typeof importPeople>>;
function rowsOf({ rowsRead, rowsRejected }: Rows) {
  return { rows_read: rowsRead, rows_rejected: rowsRejected };
}

/** A file without a single person is accounted for too, row by row. */
function nobody(imported: Rows): boolean {
  const { rowsRead, rowsCreated, rowsMerged, rowsRejected, refused } = imported;
  const lines = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const balances = rowsRead === rowsCreated + rowsMerged + rowsRejected && lines === rowsRejected;
  say("Nobody in this file can be written to; nothing was sent.");
  const none = { accepted: 0, skipped: {}, failed: 0, unknown: 0, delivered: 0, bounced: 0, complained: 0 };
  const silence = { opened: 0, clicked: 0, unsubscribed: 0, machine_opened: 0, duplicates: 0, lost: 0 };
  finish({ audience: 0, ...none, ...silence, ...rowsOf(imported), balances });
  return balances;
}

function finish(result: Record<string, unknown>): void {
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  console.log(JSON.stringify({ ...result, provider: options.provider, seconds }));
}

function listed(lead: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  return entries.length === 0 ? "" : lead + entries.map(([reason, count]) => `${reason} ${count}`).join(", ");
}

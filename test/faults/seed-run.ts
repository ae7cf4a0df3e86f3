/** One seed, from an empty machine to a judgement on each of its campaigns. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "#db/local/port";
import { type ApiClient, signUp } from "#test/support/client";
import { type AudienceFile, audienceFile, importFile } from "./audience.ts";
import { type Campaign, makeCampaign, patiently } from "./campaign.ts";
import { type Judgement, judge } from "./checker.ts";
import type { Reported } from "./courier.ts";
import type { FarEnd, FarMail } from "./far/far-end.ts";
import { openFar } from "./far/index.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { type Entry, type Journal, openJournal } from "./journal.ts";
import { allowTexts, type Heard, type LedgerRow, newestDoubt, readEvents, readLedger } from "./ledger.ts";
import { type Plan, planFor, settingsFor } from "./plan.ts";
import { strike } from "./strikes.ts";

export type CampaignResult = Judgement & {
  readonly name: string;
  readonly ended: string;
  readonly seconds: number;
  /** What the far end and the ledger hold on those it went wrong for. */
  readonly evidence: readonly {
    readonly address: string;
    readonly rows: readonly LedgerRow[];
    readonly mails: readonly FarMail[];
    readonly told: readonly Reported[];
    readonly heard: readonly Heard[];
  }[];
};
export type SeedResult = {
  readonly seed: number;
  readonly seconds: number;
  readonly campaigns: readonly CampaignResult[];
  readonly journal: Journal;
  readonly plan: Plan;
};

const maxEvidence = 12;
const letter = {
  name: "Fault letter",
  subject: "Hello {{ first_name }}",
  html: '<html><body><p>Dear {{ first_name }} {{ last_name }}</p><p><a href="https://shop.example/news">News</a></p><p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>',
};
const text = {
  channel: "sms",
  name: "Fault text",
  text: "Hi {{ first_name }}, our sale: https://shop.example/sale.",
};

async function templateOf(client: ApiClient, content: object): Promise<string> {
  return (await client.call<{ id: string }>("POST", "/v1/templates", content)).id;
}

export async function runSeed(options: {
  readonly seed: number;
  readonly recipients: number;
  readonly fars: readonly string[];
  readonly say: (line: string) => void;
  /** Rejects when it is to end at once; all that runs is stopped then. */
  readonly interrupted: Promise<never>;
}): Promise<SeedResult> {
  const { seed, recipients, fars, say, interrupted } = options;
  const startedMs = performance.now();
  const plan = planFor(seed, recipients, fars);
  const journal = openJournal();
  const file = audienceFile(recipients);
  const dataDir = mkdtempSync(join(tmpdir(), "larkpost-faults-"));
  const opened: FarEnd[] = [];
  let running: FaultStack | undefined;
  const run = async (): Promise<SeedResult> => {
    const amazonUrl = `http://127.0.0.1:${await freePort()}`;
    const around = { plan, journal, addresses: file.addresses, phones: file.phones, amazonUrl, dataDir };
    for (const name of fars) opened.push(await openFar(name, around));
    running = await startFaultStack(dataDir, plan, journal, amazonUrl);
    await running.stack.healthy();
    const { client } = await signUp(running.stack.origin, "Fault Shop");
    await importFile(client, file);
    if (running.stack.mysql) await allowTexts(running.stack.mysql);
    const templates = { email: await templateOf(client, letter), sms: await templateOf(client, text) };
    const campaigns: Campaign[] = [];
    for (const far of opened) {
      const { leaseMs, evidenceWindowMs } = settingsFor(recipients);
      const { mysql } = running.stack;
      const isDoubtOld = async () => {
        // Behind a killed server nothing is known, and the next look will tell.
        const atMs = mysql && (await newestDoubt(mysql, far.name).catch(() => Date.now()));
        return atMs !== undefined && Date.now() > atMs + 1.2 * evidenceWindowMs + leaseMs;
      };
      const ratePerSecond = Math.max(50, Math.ceil(recipients / 6));
      const made = { templateId: templates[far.channel], ratePerSecond, isDoubtOld };
      campaigns.push(await makeCampaign(client, journal, far, made));
    }
    say(`${recipients} people imported after ${secondsSince(startedMs)} s, launching ${fars.join(", ")}`);
    const ends = await underFire(running, plan, journal, file, campaigns, say);
    await drained(running, campaigns);
    const judged = await Promise.all(
      ends.map((end) => judgeOne(running as FaultStack, plan, journal, file, end)),
    );
    return { seed, seconds: secondsSince(startedMs), campaigns: judged, journal, plan };
  };
  try {
    return await Promise.race([run(), interrupted]);
  } finally {
    await Promise.allSettled(opened.map((far) => far.stop()));
    await running?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const secondsSince = (ms: number) => Math.round((performance.now() - ms) / 1_000);

type End = { readonly campaign: Campaign; readonly ended: string; readonly seconds: number };

/** Launches all of them, strikes, and watches until each is over or its time is up. */
async function underFire(
  { stack }: FaultStack,
  plan: Plan,
  journal: Journal,
  file: AudienceFile,
  campaigns: readonly Campaign[],
  say: (line: string) => void,
): Promise<End[]> {
  const expected = campaigns.reduce(
    (sum, { far }) => sum + (far.channel === "sms" ? file.phones : file.addresses).length,
    0,
  );
  const launchedAtMs = Date.now();
  const startedMs = performance.now();
  const limitMs = 240_000 + plan.recipients * campaigns.length * 10;
  let open = campaigns.length;
  const field = {
    stack,
    campaigns,
    journal,
    launchedAtMs,
    share: () => campaigns.reduce((sum, { far }) => sum + far.count(), 0) / expected,
    isOver: () => open === 0,
  };
  const striking = strike(field, plan.strikes);
  const watch = async (campaign: Campaign): Promise<End> => {
    try {
      await campaign.launch();
      for (;;) {
        const ended = await campaign.look();
        const seconds = secondsSince(startedMs);
        if (ended) {
          say(`${campaign.far.name}: ${ended} after ${seconds} s`);
          return { campaign, ended, seconds };
        }
        if (performance.now() - startedMs > limitMs) {
          const { states } = await campaign.books();
          say(`${campaign.far.name}: not over after ${seconds} s: ${JSON.stringify(states)}`);
          return { campaign, ended: "time is up", seconds };
        }
        await delay(500);
      }
    } finally {
      open--;
    }
  };
  const ends = await Promise.all(campaigns.map(watch));
  await striking;
  return ends;
}

/** What was said to us has been heard: no report on its way, none in the queue. */
async function drained({ queue, stack }: FaultStack, campaigns: readonly Campaign[]): Promise<void> {
  await stack.healthy(60_000);
  const endMs = performance.now() + 90_000;
  const left = () => queue.left("larkpost-ingest") + campaigns.reduce((sum, { far }) => sum + far.left(), 0);
  while (left() > 0) {
    if (performance.now() > endMs) throw new Error(`${left()} reports were not taken`);
    await delay(100);
  }
}

/** A killed process takes a call of each chunk under way with it, a broken call itself. */
function mostInDoubt(far: FarEnd, breaks: readonly Entry[], recipients: number): number {
  const { chunkSize, chunksInFlight } = settingsFor(recipients);
  const calls = breaks.reduce((sum, { what }) => sum + (what.startsWith("kill ") ? chunksInFlight : 1), 0);
  return calls * Math.min(far.perCall, chunkSize);
}

async function judgeOne(
  { stack }: FaultStack,
  plan: Plan,
  journal: Journal,
  file: AudienceFile,
  { campaign, ended, seconds }: End,
): Promise<CampaignResult> {
  if (!stack.mysql) throw new Error("the ledger is read from the stack's own MySQL");
  const { far } = campaign;
  const mails = await patiently(`the log of ${far.name}`, () => far.log());
  const ledger = await readLedger(stack.mysql, far.name);
  const addresses = far.channel === "sms" ? file.phones : file.addresses;
  const { leaseMs } = settingsFor(plan.recipients);
  const breaks = journal.entries.filter(
    (entry) =>
      entry.what.startsWith("kill ") ||
      (entry.far === far.name && (entry.what.startsWith("call ") || entry.what.startsWith("line "))),
  );
  const judgement = judge({
    addresses,
    unreachable: file.addresses.length - addresses.length,
    law: far.law,
    mails,
    told: far.told(),
    ledger,
    breaksAtMs: breaks.map(({ atMs }) => atMs),
    mostInDoubt: mostInDoubt(far, breaks, plan.recipients),
    leaseMs,
  });
  const accused = (["lost", "unexplained", "duplicate"] as const).flatMap((kind) =>
    judgement.offences.filter((o) => o.kind === kind).slice(0, maxEvidence / 3),
  );
  const mysql = stack.mysql;
  const evidence = await Promise.all(
    accused.map(async ({ address }) => {
      const rows = ledger.filter((row) => row.address === address);
      return {
        address,
        rows,
        mails: mails.filter(({ to }) => to === address),
        told: far.told().filter(({ to }) => to === address),
        heard: (await Promise.all(rows.map((row) => readEvents(mysql, row.messageId)))).flat(),
      };
    }),
  );
  return { ...judgement, name: far.name, ended, seconds, evidence };
}

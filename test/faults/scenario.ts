/** One fault scenario from an empty machine to a judgement. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ApiClient, signUp, until } from "#test/support/client";
import { type Stack, startStack } from "#worker/local/stack";
import { audienceFile, importFile } from "./audience.ts";
import { type FarMail, type Judgement, judge, readLedger } from "./checker.ts";
import { seeded } from "./random.ts";

type Scenario = {
  /** What the far end can do (queues/providers/sandbox.ts). */
  readonly provider: { readonly idempotency: boolean; readonly evidence: boolean };
  readonly kills: number;
};

export const scenarios: Record<string, Scenario> = {
  "workerd killed, provider with idempotency keys": {
    provider: { idempotency: true, evidence: true },
    kills: 6,
  },
  "workerd killed, provider that only reports": {
    provider: { idempotency: false, evidence: true },
    kills: 6,
  },
  "workerd killed, provider that says nothing": {
    provider: { idempotency: false, evidence: false },
    kills: 6,
  },
};

type Options = { readonly recipients: number; readonly seed: number; readonly say: (line: string) => void };
export type ScenarioResult = Judgement & { readonly kills: number; readonly seconds: number };

// Short leases, so that a run heals in seconds; their relations are those of production.
const settings = {
  leaseMs: 6_000,
  chunkSize: 100,
  chunksInFlight: 4,
  freezePage: 500,
  evidenceWindowMs: 25_000,
};
const runSeconds = 8;

export async function runScenario(name: string, options: Options): Promise<ScenarioResult> {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no scenario ${name}`);
  const startedMs = performance.now();
  const dataDir = mkdtempSync(join(tmpdir(), "larkpost-faults-"));
  const stack = await startStack({
    dataDir,
    port: 0,
    dashboard: false,
    supervise: true,
    cronIntervalMs: 2_000,
    vars: { SEND_SETTINGS: JSON.stringify(settings) },
  });
  try {
    await stack.healthy();
    const { client } = await signUp(stack.origin, "Fault Shop");
    const file = audienceFile(options.recipients);
    await importFile(client, file);
    const campaign = await prepare(client, scenario, options.recipients);
    options.say(`${options.recipients} people imported, launching`);
    await client.call("POST", `/v1/campaigns/${campaign}/send`);
    const kills = await killWhileSending(stack, client, campaign, scenario, options);
    await untilSettled(client, campaign, scenario);
    const mails = await client.all<FarMail>("/v1/sandbox/mails");
    if (!stack.mysql) throw new Error("the ledger is read from the stack's own MySQL");
    const judgement = judge(file.addresses, mails, await readLedger(stack.mysql));
    return { ...judgement, kills, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function prepare(client: ApiClient, scenario: Scenario, recipients: number): Promise<string> {
  const connection = await client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "sandbox",
    name: "Far end",
    rate_per_second: Math.max(50, Math.ceil(recipients / runSeconds)),
    settings: scenario.provider,
  });
  const template = await client.call<{ id: string }>("POST", "/v1/templates", {
    name: "Fault letter",
    subject: "Hello {{ first_name }}",
    html: '<html><body><p>Dear {{ first_name }} {{ last_name }}</p><p><a href="https://shop.example/news">News</a></p><p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>',
  });
  const campaign = await client.call<{ id: string }>("POST", "/v1/campaigns", {
    name: "Under fire",
    template_id: template.id,
    connection_id: connection.id,
    from_email: "news@shop.example",
    from_name: "Fault Shop",
    audience: { everyone: true },
  });
  return campaign.id;
}

const stateOf = async (client: ApiClient, campaign: string) =>
  (await client.call<{ state: string }>("GET", `/v1/campaigns/${campaign}`)).state;

async function killWhileSending(
  stack: Stack,
  client: ApiClient,
  campaign: string,
  scenario: Scenario,
  options: Options,
) {
  const random = seeded(options.seed);
  let kills = 0;
  while (kills < scenario.kills) {
    await delay(300 + random() * 2_000);
    const state = await until("the API to answer", () => stateOf(client, campaign));
    if (state !== "preparing" && state !== "sending") break;
    stack.kill("workerd");
    kills++;
    await stack.healthy();
  }
  return kills;
}

type Books = { states: Record<string, number>; balances: boolean };

/** Over when the run is completed; or, where no evidence can come, when nothing but unknown outcomes is left. */
async function untilSettled(client: ApiClient, campaign: string, scenario: Scenario): Promise<void> {
  await until(
    "the run to settle",
    async () => {
      const state = await stateOf(client, campaign);
      if (state === "completed") return true;
      if (state !== "sending") throw new Error(`the campaign is ${state}`);
      if (scenario.provider.evidence || scenario.provider.idempotency) return false;
      const { states } = await client.call<Books>("GET", `/v1/campaigns/${campaign}/reconciliation`);
      return states.queued === 0 && states.sending === 0;
    },
    300_000,
    500,
  );
}

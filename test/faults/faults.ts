/** `npm run faults`: campaigns on the real stack while everything fails that can; then the books are checked from outside. */
import { parseArgs } from "node:util";
import { farNames, farsFor } from "./far/index.ts";
import { farsInRun, planFor } from "./plan.ts";
import { breakLines, happenedLine, isRight, offenceLines, scheduleLines, tableLines } from "./report.ts";
import { runSeed, type SeedResult } from "./seed-run.ts";

const { values } = parseArgs({
  options: {
    /** People in the audience file: every campaign goes to all of them. */
    recipients: { type: "string", default: "5000" },
    seed: { type: "string" },
    /** So many seeds, one after the other, from `seed` on. */
    seeds: { type: "string", default: "1" },
    /** Only these far ends, instead of those the seed draws. */
    far: { type: "string", multiple: true },
    /** One line of JSON per seed instead of tables. */
    json: { type: "boolean", default: false },
  },
});

const recipients = Number(values.recipients);
const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const seeds = Number(values.seeds);
if (![recipients, first, seeds].every(Number.isInteger) || recipients < 1 || seeds < 1 || first < 0) {
  console.error("faults: --recipients, --seed and --seeds take whole numbers");
  process.exit(2);
}
const stranger = values.far?.find((name) => !farNames.includes(name));
if (stranger) {
  console.error(`faults: no far end ${stranger}; there are ${farNames.join(", ")}`);
  process.exit(2);
}
const say = (line: string) => {
  if (!values.json) console.log(line);
};

const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});
// It may come when nobody listens, between two seeds.
interrupted.catch(() => undefined);

const total = {
  scenarios: 0,
  messages: 0,
  kills: 0,
  duplicates: 0,
  lost: 0,
  unknown: 0,
  unexplained: 0,
  unfinished: 0,
};
for (let seed = first; seed < first + seeds; seed++) {
  const fars = values.far ?? farsFor(seed, farsInRun(recipients));
  say(`seed ${seed}: npm run faults -- --recipients ${recipients} --seed ${seed} replays this schedule`);
  for (const line of scheduleLines(planFor(seed, recipients, fars))) say(`  ${line}`);
  tell(await runSeed({ seed, recipients, fars, say: (line) => say(`  ${line}`), interrupted }));
}
console.log(JSON.stringify({ ...total, recipients, seed: first, seeds }));
process.exit(total.duplicates + total.lost + total.unexplained + total.unfinished === 0 ? 0 : 1);

function tell(result: SeedResult): void {
  const { campaigns, journal, seed, seconds } = result;
  const kills = journal.count("kill ");
  total.kills += kills;
  for (const campaign of campaigns) {
    total.scenarios++;
    total.messages += campaign.sent;
    total.duplicates += campaign.duplicates;
    total.lost += campaign.lost;
    total.unexplained += campaign.unexplained;
    total.unknown += campaign.states.unknown ?? 0;
    if (campaign.ended === "time is up") total.unfinished++;
  }
  say(`  ${happenedLine(result)}`);
  for (const line of tableLines(campaigns)) say(`  ${line}`);
  const wrong = campaigns.filter((campaign) => !isRight(campaign));
  for (const campaign of wrong) for (const line of offenceLines(campaign)) console.log(`  ${line}`);
  if (wrong.length > 0) for (const line of breakLines(result)) console.log(`  ${line}`);
  say(`  seed ${seed}: ${wrong.length === 0 ? "right" : "WRONG"}, ${kills} kills, ${seconds} s\n`);
  if (values.json)
    console.log(
      JSON.stringify({ seed, seconds, kills, happened: journal.counts(), campaigns: campaigns.map(brief) }),
    );
}

function brief({
  name,
  ended,
  sent,
  states,
  duplicates,
  lost,
  unexplained,
  seconds,
}: SeedResult["campaigns"][number]) {
  return { name, ended, sent, states, duplicates, lost, unexplained, seconds };
}

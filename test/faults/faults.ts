/** `npm run faults`: campaigns on the real stack while parts of it are killed; then the books are checked from outside. */
import { parseArgs } from "node:util";
import { runScenario, scenarios } from "./scenario.ts";

const { values } = parseArgs({
  options: {
    recipients: { type: "string", default: "2000" },
    seed: { type: "string" },
    scenario: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
  },
});

const recipients = Number(values.recipients);
const seed = values.seed ? Number(values.seed) : Math.floor(Math.random() * 2 ** 31);
if (!Number.isInteger(recipients) || recipients < 1 || !Number.isInteger(seed)) {
  console.error("faults: --recipients and --seed take whole numbers");
  process.exit(2);
}
const chosen = values.scenario ?? Object.keys(scenarios);
const unknownName = chosen.find((name) => !(name in scenarios));
if (unknownName) {
  console.error(`faults: no scenario ${unknownName}; there are ${Object.keys(scenarios).join(", ")}`);
  process.exit(2);
}

const total = { kills: 0, duplicates: 0, lost: 0, unexplained: 0 };
console.log(`seed ${seed}: npm run faults -- --recipients ${recipients} --seed ${seed} replays this run`);
for (const name of chosen) {
  const say = (line: string) => console.log(`${name}: ${line}`);
  const result = await runScenario(name, { recipients, seed, say });
  for (const key of ["kills", "duplicates", "lost", "unexplained"] as const) total[key] += result[key];
  say(
    `${result.kills} kills, ${result.sent} mails, ${result.duplicates} doubled, ${result.lost} lost, ` +
      `${result.unknown} unknown (${result.unexplained} unexplained), ${Math.round(result.seconds)} s`,
  );
}
console.log(JSON.stringify({ scenarios: chosen.length, recipients, ...total, seed }));
process.exit(total.duplicates + total.lost + total.unexplained === 0 ? 0 : 1);

/** `npm run bench -- [name]`: figures beside their bare ceilings. One at a time; the machine should have nothing else to do. */
import { parseArgs } from "node:util";
import { benchCost } from "./cost.ts";
import { benchLong } from "./long.ts";
import { jsonLine, type Measured } from "./report.ts";
import { benchSend } from "./send.ts";
import { benchTrack } from "./track.ts";
import { benchWebhooks } from "./webhooks.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    recipients: { type: "string", default: "10000" },
    runs: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});

const recipients = Number(values.recipients);
const runs = Number(values.runs);
if (!(recipients > 0) || !(runs > 0)) {
  console.error("bench: --recipients and --runs take numbers above zero");
  process.exit(2);
}
const say = (name: string) => (line: string) => console.log(`${name}: ${line}`);
const benches: Record<string, () => Promise<Measured>> = {
  send: () => benchSend({ recipients, runs, say: say("send") }),
  webhooks: () => benchWebhooks({ recipients, runs, say: say("webhooks") }),
  cost: () => benchCost({ recipients, say: say("cost") }),
  long: () => benchLong({ recipients: Math.max(recipients, 10_000), say: say("long") }),
  track: () => benchTrack({ runs, say: say("track") }),
};
const chosen = positionals.length > 0 ? positionals : Object.keys(benches);
for (const name of chosen) {
  const bench = benches[name];
  if (!bench) {
    console.error(`bench: there is no ${name}; there are ${Object.keys(benches).join(", ")}`);
    process.exit(2);
  }
  const measured = await bench();
  console.log(
    `${name}: ${shown(measured.value)} ${measured.unit}; ceiling ${shown(measured.ceiling)}; ratio ${measured.ratio.toFixed(2)}`,
  );
  console.log(jsonLine(measured));
}

function shown(value: number): string {
  return value < 10 ? value.toFixed(3) : String(Math.round(value));
}

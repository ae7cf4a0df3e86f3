/** `npm run bench -- [name]`: figures beside their bare ceilings. One at a time; the machine should have nothing else to do. */
import { parseArgs } from "node:util";
import { jsonLine, type Measured } from "./report.ts";
import { benchSend } from "./send.ts";
import { benchTrack } from "./track.ts";

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
    `${name}: ${Math.round(measured.value)} ${measured.unit}; ceiling ${Math.round(measured.ceiling)}; ratio ${measured.ratio.toFixed(2)}`,
  );
  console.log(jsonLine(measured));
}

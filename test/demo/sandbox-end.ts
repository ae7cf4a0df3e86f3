/** The sandbox inside Larkpost: it plays its recipients by itself and keeps a log of its own. */
import { plotOf } from "#domain/sending/sandbox-plot";
import { type ApiClient, until } from "#test/support/client";
import type { Counted, FarEnd } from "./far-end.ts";

type Mail = { to: string; happened: string[] };
type Summary = { mails: number; recipients: number; duplicates: number; waiting_events: number };
type Connection = { id: string; kind: string; is_default: boolean };

const quietMs = 60_000;

export async function sandboxEnd(client: ApiClient): Promise<FarEnd> {
  const { data } = await client.call<{ data: Connection[] }>("GET", "/v1/connections");
  const sandbox = data.find((connection) => connection.kind === "sandbox");
  if (!sandbox) throw new Error("the new workspace has no sandbox connection");
  const summary = () => client.call<Summary>("GET", "/v1/sandbox/summary");
  return {
    senderDomain: "shop.example",
    connectionId: sandbox.id,
    play: (say) => untilPlayed(summary, say),
    count: async () => countMails(await client.all<Mail>("/v1/sandbox/mails"), await summary()),
    stop: async () => {},
  };
}

/** As long as something still happens; a minute in which nothing does is the end. */
async function untilPlayed(summary: () => Promise<Summary>, say: (line: string) => void): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let changedMs = performance.now();
  let saidMs = performance.now();
  await until(
    "the recipients to act",
    async () => {
      const { waiting_events: waiting } = await summary();
      const nowMs = performance.now();
      if (waiting < least) changedMs = nowMs;
      least = Math.min(least, waiting);
      if (nowMs - saidMs > 10_000) {
        saidMs = nowMs;
        say(`           ${waiting} things still to happen`);
      }
      return waiting === 0 || nowMs - changedMs > quietMs;
    },
    3_600_000,
    500,
  );
}

function countMails(mails: readonly Mail[], summary: Summary): Counted {
  const happened = (what: string) => mails.filter((mail) => mail.happened.includes(what)).length;
  // Whoever only ignores may still have a proxy that opened; those who read have opened themselves.
  const readers = mails.filter((mail) => !["ignores", "bounces"].includes(plotOf(mail.to)));
  return {
    mails: summary.mails,
    duplicates: Math.max(summary.duplicates, summary.mails - summary.recipients),
    delivered: happened("delivered"),
    bounced: happened("bounced"),
    opened: readers.filter((mail) => mail.happened.includes("opened")).length,
    clicked: happened("clicked"),
    unsubscribed: happened("unsubscribed"),
  };
}

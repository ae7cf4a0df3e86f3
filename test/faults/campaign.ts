/** One campaign of a fault run: launched, watched and resumed by a person who asks again until somebody answers. */
import { type ApiClient, Refused } from "#test/support/client";
import type { FarEnd, Made } from "./far/far-end.ts";
import type { Journal } from "./journal.ts";

export type Books = {
  readonly states: Readonly<Record<string, number>>;
  readonly balances: boolean;
  readonly frozen: boolean;
};

export type Campaign = {
  readonly far: FarEnd;
  readonly made: Made;
  launch(): Promise<void>;
  /** False where the campaign's state allows it no more. */
  act(act: "pause" | "resume"): Promise<boolean>;
  resume(): Promise<void>;
  /** A look at it: undefined where it goes on, or why it is over. */
  look(): Promise<"completed" | "only doubt is left" | undefined>;
  books(): Promise<Books>;
};

const patienceMs = 60_000;

/** An answer, whatever is dead at the moment; a refusal by the product itself is an answer too. */
export async function patiently<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await inTime(ask());
    } catch (error) {
      if (error instanceof Refused && error.status < 500 && error.status !== 429) throw error;
      if (performance.now() > endMs)
        throw new Error(`nobody answered for ${patienceMs} ms: ${what}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    clock = setTimeout(() => reject(new Error("no answer in time")), 10_000);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(clock));
}

/** An asking that was given up may still have been carried out: then the next one comes too late. */
function unlessConflict(error: unknown): void {
  if (!(error instanceof Refused) || error.status !== 409) throw error;
}

type View = { readonly state: string; readonly pause_reason: string | null; readonly pause_detail: string };

export async function makeCampaign(
  client: ApiClient,
  journal: Journal,
  far: FarEnd,
  options: {
    readonly templateId: string;
    readonly ratePerSecond: number;
    /** Whether all that silence could tell by now has been told (test/faults/seed-run.ts). */
    readonly isDoubtOld: () => Promise<boolean>;
  },
): Promise<Campaign> {
  const made = await client.call<Made>("POST", "/v1/connections", {
    name: far.name,
    rate_per_second: options.ratePerSecond,
    ...far.connection,
  });
  const secrets = await far.attach?.(made);
  if (secrets) await client.call("PATCH", `/v1/connections/${made.id}`, { secrets });
  const { id } = await client.call<{ id: string }>("POST", "/v1/campaigns", {
    name: far.name,
    template_id: options.templateId,
    connection_id: made.id,
    channel: far.channel,
    ...(far.channel === "email" ? { from_email: "news@shop.example", from_name: "Fault Shop" } : {}),
    audience: { everyone: true },
  });
  const path = `/v1/campaigns/${id}`;
  const view = () => patiently("a look at a campaign", () => client.call<View>("GET", path));
  let pausedByUs = false;

  async function act(name: "pause" | "resume"): Promise<boolean> {
    try {
      await patiently(name, () => client.call("POST", `${path}/${name}`));
      return true;
    } catch (error) {
      unlessConflict(error);
      return (await view()).state === (name === "pause" ? "paused" : "sending");
    }
  }
  const books = () => patiently("the books", () => client.call<Books>("GET", `${path}/reconciliation`));

  return {
    far,
    made,
    async launch() {
      await patiently("launch", async () => {
        const { state } = await client.call<View>("GET", path);
        if (state === "draft") await client.call("POST", `${path}/send`).catch(unlessConflict);
      });
    },
    async act(name) {
      if (name === "pause") pausedByUs = true;
      const done = await act(name);
      if (name === "pause" && !done) pausedByUs = false;
      return done;
    },
    async resume() {
      await act("resume");
      pausedByUs = false;
    },
    async look() {
      const { state, pause_reason, pause_detail } = await view();
      if (state === "completed") return "completed";
      if (state === "paused" && !pausedByUs) {
        journal.note(`paused by itself: ${pause_reason} ${pause_detail}`.trim(), far.name);
        await act("resume");
      } else if (state !== "sending" && state !== "preparing" && state !== "paused")
        throw new Error(`the campaign at ${far.name} is ${state}`);
      if (state !== "sending" || far.law.idempotent) return undefined;
      const { states, frozen } = await books();
      const onlyDoubt = frozen && states.queued === 0 && states.sending === 0 && (states.unknown ?? 0) > 0;
      if (!onlyDoubt || (far.law.evidence && !(await options.isDoubtOld()))) return undefined;
      return "only doubt is left";
    },
    books,
  };
}

/** A workspace made ready, a campaign written, checked and sent, all through the public API. */
import { type ApiClient, until } from "#test/support/client";
import type { FarEnd } from "./far-end.ts";
import type { PeopleFile } from "./people.ts";

export type Books = {
  audience: number;
  states: Record<string, number>;
  skipped: Record<string, number>;
  failed: Record<string, number>;
  balances: boolean;
};
export type Report = {
  reconciliation: Books;
  opened: number;
  clicked: number;
  machine_opened: number;
  unsubscribed: number;
};
type Made = { id: string };
export type Draft = Made & {
  /** Who would be left out, as foretold before the launch. */
  readonly foretold: Readonly<Record<string, number>>;
  readonly toSend: number;
  readonly audience: number;
};

const html = `<!doctype html>
<html lang="{{ locale }}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="font:16px/1.6 Georgia,serif;max-width:560px;margin:auto;padding:24px">
<p>Dear {{ first_name }},</p>
<p>the workshop is open again, and the first pieces stand in the window.</p>
<p><a href="https://shop.example/window">See what is in the window</a></p>
<p>Or <a href="https://shop.example/visit">come by</a>.</p>
<p style="font-size:12px">{{ postal_address }}<br><a href="{{ unsubscribe_url }}">Unsubscribe</a> · <a href="{{ preferences_url }}">Preferences</a></p>
</body></html>`;

/** People of this country are left out by the campaign itself, so that exclusions are exercised too. */
const leftOut = { name: "Japan", country: "JP" };
const mostObjections = 200;

/** Some of those in a made-up file object before the launch: half of them say so to us, half to the shop by phone. */
export async function objections(client: ApiClient, file: PeopleFile): Promise<number> {
  const known = file.known?.addresses ?? [];
  const count = Math.min(mostObjections, Math.floor(known.length / 100));
  for (let i = 0; i < count; i++) {
    const address = known[i * 7] ?? "";
    if (i % 2 === 0) await client.call("POST", "/v1/suppressions", { address, detail: "Asked by phone" });
    else {
      const found = await client.call<{ data: Made[] }>(
        "GET",
        `/v1/contacts?limit=1&search=${encodeURIComponent(address)}`,
      );
      const id = found.data[0]?.id;
      if (!id) throw new Error(`${address} was imported and cannot be found`);
      await client.call("PUT", `/v1/contacts/${id}/consent`, { channel: "email", status: "unsubscribed" });
    }
  }
  return count;
}

export async function writeCampaign(client: ApiClient, farEnd: FarEnd, file: PeopleFile): Promise<Draft> {
  await client.call("PATCH", "/v1/tenant", {
    from_name: "The Workshop",
    from_email: `hello@${farEnd.senderDomain}`,
    postal_address: "The Workshop, 2 Mill Lane, Galway, Ireland",
  });
  const segment = (name: string, field: string, value: string) =>
    client.call<Made>("POST", "/v1/segments", { name, rule: { kind: "text", field, op: "is", value } });
  const everybody = await segment("Everybody in the file", "source", "import");
  const excluded = file.known ? [(await segment(leftOut.name, "country", leftOut.country)).id] : [];
  const template = await client.call<Made>("POST", "/v1/templates", {
    name: "Window",
    subject: "{{ first_name }}, the workshop is open",
    preheader: "The first pieces stand in the window.",
    html,
    defaults: { first_name: "friend", locale: "en" },
  });
  const campaign = await client.call<Made>("POST", "/v1/campaigns", {
    name: "The workshop is open",
    template_id: template.id,
    connection_id: farEnd.connectionId,
    audience: { segments: [everybody.id], exclude_segments: excluded },
  });
  type Checklist = {
    ready: boolean;
    items: { status: string; detail: string }[];
    audience: { audience: number; to_send: number; skipped: Record<string, number> } | null;
  };
  const { ready, items, audience } = await client.call<Checklist>(
    "GET",
    `/v1/campaigns/${campaign.id}/checklist`,
  );
  const toSend = audience?.to_send ?? 0;
  if (!ready && toSend > 0) {
    const wrong = items.filter((item) => item.status === "error").map((item) => item.detail);
    throw new Error(`the campaign is not ready: ${wrong.join(" ")}`);
  }
  return { id: campaign.id, foretold: audience?.skipped ?? {}, toSend, audience: audience?.audience ?? 0 };
}

export const booksOf = (client: ApiClient, id: string) =>
  client.call<Books>("GET", `/v1/campaigns/${id}/reconciliation`);
export const reportOf = (client: ApiClient, id: string) =>
  client.call<Report>("GET", `/v1/campaigns/${id}/report`);

const stillMs = 180_000;
const sayEveryMs = 5_000;

/** Sends and waits for the end. A run that stands still for minutes is given up; its books then tell why. */
export async function send(client: ApiClient, id: string, say: (line: string) => void): Promise<void> {
  await client.call("POST", `/v1/campaigns/${id}/send`);
  let last = "";
  let changedMs = performance.now();
  let saidMs = performance.now();
  type View = { state: string; pause_detail: string };
  await until(
    "the campaign to be sent",
    async () => {
      const { state, pause_detail: why } = await client.call<View>("GET", `/v1/campaigns/${id}`);
      if (state === "completed") return true;
      if (state === "paused" || state === "cancelled") {
        say(`           ${state}: ${why}`);
        return true;
      }
      const { states, audience } = await booksOf(client, id);
      const nowMs = performance.now();
      const seen = JSON.stringify(states);
      if (seen !== last) changedMs = nowMs;
      last = seen;
      if (nowMs - saidMs > sayEveryMs) {
        saidMs = nowMs;
        say(`           ${audience - (states.queued ?? 0) - (states.sending ?? 0)} of ${audience} settled`);
      }
      return nowMs - changedMs > stillMs;
    },
    7_200_000,
    400,
  );
}

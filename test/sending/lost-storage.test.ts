/** A run whose Durable Objects remember nothing, as after a move to another machine: the ledger alone has to do. */
import { eq } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import { openDb } from "#db/client";
import { freezeRows } from "#db/repos/ledger";
import { createRun, markAudienceSize, markFrozen } from "#db/repos/runs";
import { campaigns, contacts, messages } from "#db/schema/index";
import { TenantDb } from "#db/scope";
import { insertRows } from "#db/seed/rows";
import type { CampaignId, ConnectionId, TenantId } from "#domain/ids";
import { until } from "../support/client.ts";
import { newId } from "../support/scope.ts";
import { openShop } from "./shop.ts";

const people = 1_200;
const sentBefore = 100;

type Frame = { audience: number; accepted: number };

async function pausedRun() {
  const shop = await openShop();
  // The one that came with the workspace: its limiter was never told a pace.
  const { data } = await shop.client.call<{ data: { id: ConnectionId; is_default: boolean }[] }>(
    "GET",
    "/v1/connections",
  );
  const connection = data.find((one) => one.is_default);
  if (!connection) throw new Error("no default connection");
  const campaignId = (await shop.campaign()) as CampaignId;
  const scope = new TenantDb(openDb(inject("databaseUrl")).orm, shop.tenantId as TenantId);
  const at = new Date(Date.now() - 60_000);
  const persons = Array.from({ length: people }, (_, i) => ({
    id: newId("ctc"),
    email: `kept-${i}.ignores@people.example`,
    source: "import",
    emailConsent: "subscribed" as const,
    createdAt: at,
    updatedAt: at,
  })).sort((a, b) => (a.id < b.id ? -1 : 1));
  await insertRows(scope, contacts, persons);
  const runId = newId("run");
  const run = {
    id: runId,
    campaignId,
    connectionId: connection.id,
    audience: { everyone: true, lists: [], segments: [], exclude_lists: [], exclude_segments: [] },
    subject: "Hello",
    preheader: "",
    html: '<p>Hello</p><a href="{{ unsubscribe_url }}">Unsubscribe</a>',
    text: "",
    defaults: {},
    fromName: "",
    fromEmail: "news@shop.example",
    replyTo: "",
    postalAddress: "",
    trackOpens: false,
    trackClicks: false,
    startedAt: at,
  };
  await createRun(scope, run, []);
  const rows = persons.map((p) => ({
    contactId: p.id,
    messageId: newId("msg"),
    address: p.email,
    skip: null,
  }));
  await freezeRows(scope, runId, rows);
  for (const { messageId } of rows.slice(0, sentBefore))
    await scope.update(
      messages,
      { state: "delivered", tries: 1, acceptedAt: at },
      eq(messages.id, messageId),
    );
  await markFrozen(scope, runId, at);
  await markAudienceSize(scope, runId, people);
  await scope.update(campaigns, { state: "paused", runId }, eq(campaigns.id, campaignId));
  return { shop, campaignId };
}

test("goes on from the ledger: its picture counts what was sent before, its pace is the connection's, nobody gets two", async () => {
  const { shop, campaignId } = await pausedRun();
  const live = () => shop.client.call<Frame>("GET", `/v1/campaigns/${campaignId}/live`);
  expect(await live()).toMatchObject({ state: "paused", audience: people, accepted: sentBefore });
  const startedMs = performance.now();
  await shop.act(campaignId, "resume");
  const first = await until("the picture to show somebody", async () => {
    const frame = await live();
    return frame.audience > 0 && frame;
  });
  expect(first.audience).toBe(people);
  expect(first.accepted).toBeGreaterThanOrEqual(sentBefore);
  await shop.reach(campaignId, "completed");
  // At the pace of a limiter that knows nothing, the second chunk alone would have to wait for fifty seconds.
  expect(performance.now() - startedMs).toBeLessThan(30_000);
  expect(await shop.books(campaignId)).toMatchObject({ audience: people, balances: true });
  const summary = await shop.client.call<Record<string, number>>("GET", "/v1/sandbox/summary");
  expect(summary).toMatchObject({
    mails: people - sentBefore,
    recipients: people - sentBefore,
    duplicates: 0,
  });
});

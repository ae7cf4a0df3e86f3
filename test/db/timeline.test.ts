/** What happened with one person: messages, their events and proofs of consent, told from the newest down. */
import { expect, test } from "vitest";
import { appendProofs } from "#db/repos/consents";
import { getContact, insertContact } from "#db/repos/contacts";
import { timelineOf } from "#db/repos/timeline";
import { campaigns, links, runs } from "#db/schema/campaigns";
import { messageEvents, messages } from "#db/schema/ledger";
import { audienceSchema } from "#domain/campaign/audience";
import { noFacts } from "#domain/contact/contact";
import { idMint } from "#domain/ports";
import { newId, newScope } from "#test/support/scope";
import { timelineJson } from "#worker/audience/timeline";

test("campaign names, links, machines, refusals and consent, newest first, cut where asked", async () => {
  const scope = newScope();
  const t0 = Date.parse("2026-11-01T00:00:00.000Z");
  const at = (minutes: number) => new Date(t0 + minutes * 60_000);
  const contactId = newId("ctc");
  await insertContact(scope, {
    ...noFacts,
    id: contactId,
    email: "ada@example.com",
    fields: {},
    emailConsent: "unsubscribed",
    smsConsent: "none",
    source: "import",
    createdAt: at(-100),
    updatedAt: at(-100),
  });
  const audience = audienceSchema.parse({ everyone: true });
  const run = newId("run");
  const campaign = {
    id: newId("cmp"),
    name: "Spring",
    createdBy: "usr_x",
    createdAt: at(0),
    updatedAt: at(0),
  };
  await scope.insert(campaigns, { ...campaign, state: "completed", audience });
  await scope.insert(runs, {
    id: run,
    campaignId: campaign.id,
    connectionId: newId("cxn"),
    audience,
    subject: "",
    preheader: "",
    html: "",
    text: "",
    defaults: {},
    fromName: "",
    fromEmail: "",
    replyTo: "",
    postalAddress: "",
    trackOpens: true,
    trackClicks: true,
    startedAt: at(0),
  });
  await scope.insert(links, { runId: run, position: 0, url: "https://shop.example/sale" });
  // Messages are placed by when they were minted.
  const mintedAt = (date: Date) =>
    idMint(
      () => date.getTime(),
      (bytes) => void crypto.getRandomValues(bytes),
    );
  const sent = mintedAt(at(0))("msg");
  const skipped = mintedAt(at(20))("msg");
  const address = "ada@example.com";
  await scope.insert(messages, {
    sourceId: run,
    contactId,
    id: sent,
    state: "delivered",
    address,
    acceptedAt: at(1),
  });
  const gone = newId("run");
  await scope.insert(messages, {
    sourceId: gone,
    contactId,
    id: skipped,
    state: "skipped",
    reason: "no_consent",
    address,
  });
  const event = { messageId: sent, contactId, sourceId: run, data: {} };
  const kinds = [
    { kind: "delivered", at: at(2) },
    { kind: "opened", at: at(3), machine: 1 },
    { kind: "clicked", at: at(4), linkPosition: 0 },
  ] as const;
  for (const kind of kinds) {
    const dedupeKey = crypto.getRandomValues(new Uint8Array(16));
    await scope.insert(messageEvents, { ...event, ...kind, id: newId("evt"), dedupeKey });
  }
  const proof = { contactId, channel: "email", ip: "", userAgent: "", wording: "" } as const;
  await appendProofs(scope, [
    { ...proof, id: newId("con"), status: "unsubscribed", source: "unsubscribe link", at: at(5) },
  ]);
  // Another person's doings are not told here.
  const other = { ...event, contactId: newId("ctc"), kind: "complained", at: at(9) } as const;
  await scope.insert(messageEvents, { ...other, id: newId("evt"), dedupeKey: new Uint8Array(16) });

  const contact = await getContact(scope, contactId);
  if (!contact) throw new Error("no contact");
  const told = timelineJson(contact, await timelineOf(scope, contactId, 100), 100);
  expect(told.map((entry) => [entry.title, entry.detail, entry.machine, entry.campaign_id])).toEqual([
    ["Left out", "no consent", false, null],
    ["E-mail: unsubscribed", "by unsubscribe link", false, null],
    ["Clicked: Spring", "https://shop.example/sale", false, campaign.id],
    ["Opened: Spring", "", true, campaign.id],
    ["Delivered: Spring", "", false, campaign.id],
    ["Handed to the provider: Spring", "", false, campaign.id],
    ["In the audience: Spring", "", false, campaign.id],
    ["Added", "by import", false, null],
  ]);
  expect(timelineJson(contact, await timelineOf(scope, contactId, 2), 2)).toHaveLength(2);
});

/** A tenant with a sandbox connection, and reports about its messages as they lie on the ingest queue. */
import { eq } from "drizzle-orm";
import { inject } from "vitest";
import { insertConnection } from "#db/repos/connections";
import { consents } from "#db/schema/contacts";
import { contacts, messageEvents, messages, suppressions, tenants } from "#db/schema/index";
import type { MessageState } from "#domain/sending/ledger";
import { newWrappedKey } from "#domain/tenant/sealing";
import { createDeps, type Deps } from "#queues/deps";
import type { ProviderReport, TrackedHit, TrackedHits } from "#queues/messages";
import { sealSecrets } from "#queues/providers/connection";
import type { Person } from "./run.ts";
import { frozenPeople } from "./run.ts";

export const atMs = Date.UTC(2026, 10, 22, 9, 0);
const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

export type Logged = { event: string; fields: Record<string, unknown> | undefined };

export async function reportingTenant(count: number) {
  const { scope, runId, people } = await frozenPeople(count);
  const { tenantId } = scope;
  const logged: Logged[] = [];
  const files = new Map<string, string>();
  const env = {
    DATABASE_URL: inject("databaseUrl"),
    DEPLOYMENT_KEY: Buffer.alloc(32, 7).toString("base64"),
    PUBLIC_ORIGIN: "https://mail.example",
    FILES: {
      get: async (key: string) => (files.has(key) ? { text: async () => files.get(key) } : null),
    },
  } as unknown as Env;
  const deps: Deps = { ...createDeps(env), log: (event, fields) => void logged.push({ event, fields }) };
  const at = new Date(atMs);
  const wrappedKey = await newWrappedKey(await deps.deploymentKey(), tenantId, deps.random);
  await deps.db.crossTenant
    .insert(tenants)
    .values({ id: tenantId, name: "T", wrappedKey, timeZone: "UTC", createdAt: at, updatedAt: at });
  await scope.insert(
    contacts,
    people.map((p) => ({
      id: p.contactId,
      email: p.address,
      emailConsent: "subscribed" as const,
      source: "api",
      createdAt: at,
      updatedAt: at,
    })),
  );
  const connectionId = deps.newId("cxn");
  const sealed = await sealSecrets(deps, tenantId, connectionId, { webhook_secret: "x" });
  await insertConnection(scope, {
    id: connectionId,
    kind: "sandbox",
    channel: "email",
    weight: 1,
    warmUp: null,
    name: "S",
    settings: {},
    sealed,
    ratePerSecond: 100,
    at,
  });
  let count_ = 0;
  const nextId = () => `id-${++count_}`;

  return {
    scope,
    deps,
    runId,
    people,
    logged,
    files,
    connectionId,
    hit: (
      person: Pick<Person, "messageId">,
      event: TrackedHit["event"],
      part: Partial<TrackedHit> = {},
    ): TrackedHits => {
      const hit = {
        event,
        messageId: person.messageId,
        linkPosition: event === "clicked" ? 0 : null,
        hitId: nextId(),
        atMs: atMs + 60_000,
        ip: "198.18.0.1",
        userAgent: browser,
        method: "GET",
        ...part,
      };
      return { v: 1, kind: "tracked.hits", tenantId, hits: [hit] };
    },
    report: (
      person: Pick<Person, "messageId" | "address">,
      type: "delivered" | "bounced" | "complained",
      part: { id?: string; atMs?: number; detail?: string } = {},
    ): ProviderReport => {
      const { id = nextId(), atMs: reportedMs = atMs + 30_000, detail } = part;
      const event = {
        id,
        type,
        mail_id: "mail",
        message_id: person.messageId,
        recipient: person.address,
        at: new Date(reportedMs).toISOString(),
        ...(detail ? { detail } : {}),
      };
      return {
        v: 1,
        kind: "provider.report",
        tenantId,
        connectionId,
        raw: JSON.stringify({ events: [event] }),
        rawKey: null,
        method: "POST",
        url: "https://x.example/hooks",
        headers: {},
        receivedAtMs: atMs + 3_600_000,
      };
    },
    set: (person: Person, set: { state: MessageState; tries?: number; acceptedAt?: Date }) =>
      scope.update(messages, set, eq(messages.id, person.messageId)),
    row: async (person: Person) => {
      const [row] = await scope.select(messages, eq(messages.id, person.messageId));
      if (!row) throw new Error("no such message");
      return row;
    },
    events: () => scope.select(messageEvents),
    suppressed: () => scope.select(suppressions),
    proofs: () => scope.select(consents),
    consentOf: async (person: Person) => {
      const [row] = await scope.select(contacts, eq(contacts.id, person.contactId));
      return row?.emailConsent;
    },
  };
}

/** All of them taken by the provider. */
export async function accepted(count: number) {
  const tenant = await reportingTenant(count);
  for (const person of tenant.people)
    await tenant.set(person, { state: "accepted", tries: 1, acceptedAt: new Date(atMs) });
  return tenant;
}

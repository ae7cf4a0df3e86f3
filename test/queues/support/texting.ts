/** A tenant that texts by Twilio's fake, and replies as they lie on the ingest queue. */
import { eq } from "drizzle-orm";
import { inject, onTestFinished } from "vitest";
import { insertConnection } from "#db/repos/connections";
import { consents, contacts, replies, suppressions, tenants } from "#db/schema/index";
import type { ConsentStatus } from "#domain/contact/consent";
import type { ContactId } from "#domain/ids";
import { newWrappedKey } from "#domain/tenant/sealing";
import { ingest } from "#queues/consumers/ingest-event";
import { createDeps, type Deps } from "#queues/deps";
import type { ProviderReport } from "#queues/messages";
import { sealSecrets } from "#queues/providers/connection";
import { startTwilio, twilioAccount } from "../../fakes/twilio.ts";

export const ownNumber = "+353861000000";
const receivedAtMs = Date.UTC(2026, 10, 22, 9, 0);

export async function textingTenant() {
  const fake = await startTwilio();
  onTestFinished(() => fake.stop());
  const env = {
    DATABASE_URL: inject("databaseUrl"),
    DEPLOYMENT_KEY: Buffer.alloc(32, 7).toString("base64"),
    PUBLIC_ORIGIN: "https://mail.example",
  } as unknown as Env;
  const logged: string[] = [];
  const deps: Deps = { ...createDeps(env), log: (event) => void logged.push(event) };
  const tenantId = deps.newId("ten");
  const scope = deps.scope(tenantId);
  const at = new Date(receivedAtMs);
  const wrappedKey = await newWrappedKey(await deps.deploymentKey(), tenantId, deps.random);
  await deps.db.crossTenant.insert(tenants).values({
    id: tenantId,
    name: "T",
    fromName: "Acme",
    replyTo: "hi@acme.ie",
    wrappedKey,
    timeZone: "UTC",
    createdAt: at,
    updatedAt: at,
  });
  const connectionId = deps.newId("cxn");
  const settings = {
    base_url: fake.baseUrl,
    account_sid: twilioAccount.sid,
    from: ownNumber,
    messaging_service_sid: "",
  };
  await insertConnection(scope, {
    id: connectionId,
    kind: "twilio",
    channel: "sms",
    weight: 1,
    warmUp: null,
    name: "Twilio",
    settings,
    sealed: await sealSecrets(deps, tenantId, connectionId, { auth_token: twilioAccount.token }),
    ratePerSecond: 100,
    at,
  });
  const url = `https://mail.example/hooks/twilio/${connectionId}`;

  const report = (rawBody: string, over: Partial<ProviderReport> = {}): ProviderReport => ({
    v: 1,
    kind: "provider.report",
    tenantId,
    connectionId,
    raw: rawBody,
    rawKey: null,
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    receivedAtMs,
    ...over,
  });

  return {
    deps,
    scope,
    fake,
    logged,
    connectionId,
    report,
    async person(phone: string, smsConsent: ConsentStatus = "subscribed", locale = "") {
      const id = deps.newId("ctc");
      const email = `${id}@people.example`;
      const row = {
        id,
        email,
        phone,
        smsConsent,
        emailConsent: "subscribed" as const,
        locale,
        source: "api",
      };
      await scope.insert(contacts, { ...row, createdAt: at, updatedAt: at });
      return id;
    },
    /** What Twilio would post; to be handed in as often as it pleases. */
    from(phone: string, text: string, optOutType?: "STOP" | "START" | "HELP") {
      return report(fake.hooks.incoming(url, phone, ownNumber, text, optOutType).body);
    },
    async receive(...reports: ProviderReport[]) {
      const { verdicts } = await ingest(deps, reports);
      return verdicts.map((verdict) => verdict.do);
    },
    async consentOf(id: ContactId) {
      const [row] = await scope.select(contacts, eq(contacts.id, id));
      return { email: row?.emailConsent, sms: row?.smsConsent };
    },
    proofs: (id: ContactId) => scope.select(consents, eq(consents.contactId, id)).orderBy(consents.id),
    replies: () => scope.select(replies).orderBy(replies.id),
    suppressed: () => scope.select(suppressions),
  };
}

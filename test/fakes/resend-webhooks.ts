/** Resend's reports: Svix signatures (two while a secret is rotated), the same id over every retry, any order. */
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { TakenMail } from "./resend.ts";

export type Endpoint = {
  readonly id: string;
  readonly url: string;
  events: readonly string[];
  secrets: string[];
};
export type Report = {
  readonly svixId: string;
  readonly endpoint: Endpoint;
  readonly body: string;
  /** How often it was posted, and the status of the last answer. */
  attempts: number;
  status: number | undefined;
};

export const newSecret = () => `whsec_${randomBytes(24).toString("base64")}`;

export function svixHeaders(
  secrets: readonly string[],
  svixId: string,
  timestampSeconds: number,
  body: string,
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${svixId}.${timestampSeconds}.${body}`).digest("base64")}`;
  });
  return {
    "content-type": "application/json",
    "user-agent": "Svix-Webhooks/1.62.0",
    "svix-id": svixId,
    "svix-timestamp": String(timestampSeconds),
    "svix-signature": signatures.join(" "),
  };
}

export function webhookDesk(now: () => number) {
  const endpoints = new Map<string, Endpoint>();
  const reports: Report[] = [];

  async function post(report: Report): Promise<void> {
    report.attempts++;
    const { endpoint, svixId, body } = report;
    const headers = svixHeaders(endpoint.secrets, svixId, Math.floor(now() / 1_000), body);
    const answer = await fetch(endpoint.url, { method: "POST", headers, body }).catch(() => undefined);
    await answer?.body?.cancel();
    report.status = answer?.status;
  }

  return {
    reports,
    register(url: string, events: readonly string[]): Endpoint {
      const endpoint: Endpoint = { id: randomUUID(), url, events, secrets: [newSecret()] };
      endpoints.set(endpoint.id, endpoint);
      return endpoint;
    },
    /** Until the old secret is dropped, reports carry a signature by each. */
    rotate(endpoint: Endpoint): string {
      const secret = newSecret();
      endpoint.secrets.push(secret);
      return secret;
    },
    /** Notes an event for every endpoint that wants it; nothing is posted yet. */
    note(type: string, mail: TakenMail, details: Readonly<Record<string, unknown>> = {}): Report[] {
      const noted = [...endpoints.values()]
        .filter((endpoint) => endpoint.events.includes(type))
        .map(
          (endpoint): Report => ({
            svixId: `msg_${randomBytes(12).toString("hex")}`,
            endpoint,
            body: JSON.stringify(eventBody(type, mail, details, new Date(now()))),
            attempts: 0,
            status: undefined,
          }),
        );
      reports.push(...noted);
      return noted;
    },
    /** Posts what was noted and not yet taken: in any order, some of it `times` over. */
    async deliver(options: { order?: "noted" | "reversed"; times?: number } = {}): Promise<void> {
      const waiting = reports.filter((r) => r.status === undefined || r.status >= 300);
      if (options.order === "reversed") waiting.reverse();
      for (const report of waiting) for (let i = 0; i < (options.times ?? 1); i++) await post(report);
    },
  };
}

function eventBody(type: string, mail: TakenMail, details: Readonly<Record<string, unknown>>, at: Date) {
  return {
    type,
    created_at: at.toISOString(),
    data: {
      email_id: mail.id,
      message_id: `<${mail.id}@resend.test>`,
      created_at: new Date(mail.atMs).toISOString(),
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      tags: mail.tags,
      ...details,
    },
  };
}

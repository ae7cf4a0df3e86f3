/** Where the mail of a demo goes, and what that place counts by itself, without looking at our ledger. */
import type { ApiClient } from "#test/support/client";
import type { ProviderName } from "./options.ts";
import { resendEnd } from "./resend-end.ts";
import { sandboxEnd } from "./sandbox-end.ts";
import { sendgridEnd } from "./sendgrid-end.ts";
import { smtpEnd } from "./smtp-end.ts";

export type Counted = {
  readonly mails: number;
  /** Mails beyond the first for the same person. */
  readonly duplicates: number;
  /** What was done with them, people only. Null where the provider does not say. */
  readonly delivered: number | null;
  readonly bounced: number | null;
  readonly opened: number;
  readonly clicked: number;
  readonly unsubscribed: number;
};

export type FarEnd = {
  /** The domain that mail may come from. */
  readonly senderDomain: string;
  readonly connectionId: string;
  /** Every recipient has done what they do, and has been reported. */
  play(say: (line: string) => void): Promise<void>;
  count(): Promise<Counted>;
  stop(): Promise<void>;
};

export function openFarEnd(provider: ProviderName, client: ApiClient): Promise<FarEnd> {
  switch (provider) {
    case "sandbox":
      return sandboxEnd(client);
    case "smtp":
      return smtpEnd(client);
    case "resend":
      return resendEnd(client);
    case "sendgrid":
      return sendgridEnd(client);
  }
}

/** One person of the story while it is being told, and how their consent changes. */
import type { ConsentStatus, SuppressionReason } from "#domain/contact/consent";
import type { ContactFacts } from "#domain/contact/contact";
import type { FieldValue } from "#domain/contact/fields";
import type { ConsentId, ContactId, ImportId, ListId, TagId } from "#domain/ids";
import type { Chance } from "./chance.ts";

export type Proof = {
  readonly id: ConsentId;
  readonly channel: "email" | "sms";
  readonly status: ConsentStatus;
  readonly source: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly wording: string;
  readonly at: Date;
};

export type Person = ContactFacts & {
  readonly id: ContactId;
  readonly email: string;
  readonly source: string;
  readonly importId: ImportId | null;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly fields: Record<string, FieldValue>;
  emailConsent: ConsentStatus;
  smsConsent: ConsentStatus;
  readonly proofs: Proof[];
  readonly tags: Set<TagId>;
  /** With the moment they came to each. */
  readonly lists: Map<ListId, Date>;
  suppressed: { readonly reason: SuppressionReason; readonly detail: string; readonly at: Date } | undefined;
  /** How likely a mail is opened by this person. */
  readonly liveliness: number;
  readonly usesPrivacyProxy: boolean;
  /** Their employer's gateway follows every link before they do. */
  readonly isBehindScanner: boolean;
};

export type Change = {
  readonly status: ConsentStatus;
  readonly source: string;
  readonly at: Date;
  readonly channel?: "email" | "sms";
  readonly wording?: string;
  readonly ip?: string;
  readonly userAgent?: string;
};

export function changeConsent(person: Person, chance: Chance, change: Change): void {
  const { status, source, at, channel = "email", wording = "", ip = "", userAgent = "" } = change;
  person.proofs.push({ id: chance.id("con", at), channel, status, source, ip, userAgent, wording, at });
  if (channel === "email") person.emailConsent = status;
  else person.smsConsent = status;
  if (at > person.updatedAt) person.updatedAt = at;
}

/** The first reason stands, as in the application. */
export function suppress(person: Person, reason: SuppressionReason, detail: string, at: Date): void {
  person.suppressed ??= { reason, detail, at };
}

/** How consent stood at a moment; later changes are not known yet then. */
export function emailConsentAt(person: Person, at: Date): ConsentStatus {
  const known = person.proofs.filter((proof) => proof.channel === "email" && proof.at <= at);
  return known.at(-1)?.status ?? "none";
}

/** What a row of a file does to a person who is already known, and how a new one begins. */
import { type ConsentStatus, consentAfterImport } from "./consent.ts";
import type { ContactFacts } from "./contact.ts";
import type { FieldValue } from "./fields.ts";
import type { ImportOptions } from "./import.ts";
import type { ImportedPerson } from "./import-row.ts";

export type KnownPerson = ContactFacts & {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly emailConsent: ConsentStatus;
};
export type Merged = KnownPerson & {
  readonly outcome: "created" | "updated" | "unchanged";
  /** The consent was not so before and needs its proof. */
  readonly consentChanged: boolean;
};
type Rules = Pick<ImportOptions, "update" | "email_consent">;

const nobody: KnownPerson = {
  email: null,
  phone: null,
  firstName: "",
  lastName: "",
  locale: "",
  timeZone: "",
  country: "",
  fields: {},
  emailConsent: "none",
};

/** Empty cells never erase. `skip` leaves the values of known people alone; consent, tags and list are theirs all the same. */
export function mergeImported(known: KnownPerson | undefined, row: ImportedPerson, rules: Rules): Merged {
  const before = known ?? nobody;
  const keeps = known !== undefined && rules.update === "skip";
  const choose = <T extends string | null>(old: T, given: T): T =>
    keeps || !given || (rules.update === "fill" && old) ? old : given;
  const fields = keeps
    ? before.fields
    : rules.update === "fill"
      ? { ...row.fields, ...present(before.fields) }
      : { ...before.fields, ...row.fields };
  const emailConsent = consentAfterImport(before.emailConsent, rules.email_consent);
  const merged: KnownPerson = {
    email: row.email,
    phone: choose(before.phone, row.phone),
    firstName: choose(before.firstName, row.firstName),
    lastName: choose(before.lastName, row.lastName),
    locale: choose(before.locale, row.locale),
    timeZone: choose(before.timeZone, row.timeZone),
    country: choose(before.country, row.country),
    fields,
    emailConsent,
  };
  const consentChanged = emailConsent !== before.emailConsent;
  const outcome = !known ? "created" : isSame(known, merged) ? "unchanged" : "updated";
  return { ...merged, outcome, consentChanged };
}

const present = (fields: KnownPerson["fields"]) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ""));

function isSame(a: KnownPerson, b: KnownPerson): boolean {
  const keys = new Set([...Object.keys(a.fields), ...Object.keys(b.fields)]);
  return (
    a.phone === b.phone &&
    a.firstName === b.firstName &&
    a.lastName === b.lastName &&
    a.locale === b.locale &&
    a.timeZone === b.timeZone &&
    a.country === b.country &&
    a.emailConsent === b.emailConsent &&
    [...keys].every((key) => a.fields[key] === b.fields[key])
  );
}

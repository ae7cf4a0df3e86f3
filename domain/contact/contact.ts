/** What may be written of a person: every value in its normal form, or a refusal that says which one is wrong. */
import type { FieldError } from "../failure.ts";
import { fail, ok, type Result } from "../result.ts";
import { normalizeEmail, normalizeLocale, normalizePhone, normalizeTimeZone } from "./address.ts";
import { normalizeCountry } from "./country.ts";
import { cleanText } from "./text.ts";

export const maxNameLength = 100;

/** As people and programs give it; what is undefined is not spoken of. */
export type ContactInput = {
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly locale?: string | undefined;
  readonly time_zone?: string | undefined;
  readonly country?: string | undefined;
};

export type ContactFacts = {
  email: string | null;
  phone: string | null;
  firstName: string;
  lastName: string;
  locale: string;
  timeZone: string;
  country: string;
};

export const noFacts: ContactFacts = {
  email: null,
  phone: null,
  firstName: "",
  lastName: "",
  locale: "",
  timeZone: "",
  country: "",
};

const messages = {
  email: "This is not an e-mail address.",
  phone: "This is not a phone number. Write it with its country code, as +353 86 123 4567.",
  locale: "This is not a language tag such as en or pt-BR.",
  time_zone: "This is not an IANA time zone such as Europe/Dublin.",
  country: "This is not a country code of two letters such as IE.",
} as const;

/** The facts after a write. `current` is what is known so far. */
export function changeFacts(current: ContactFacts, input: ContactInput): Result<ContactFacts> {
  const errors: FieldError[] = [];
  const refuse = (key: keyof typeof messages) => {
    errors.push({ pointer: `/${key}`, detail: messages[key] });
    return undefined;
  };
  /** Undefined leaves the value, empty takes it away, anything else must have a normal form. */
  const normal = <Empty>(
    key: keyof typeof messages,
    before: string | Empty,
    empty: Empty,
    form: (text: string) => string | undefined,
  ): string | Empty => {
    const given = input[key];
    if (given === undefined) return before;
    if (given === null || given.trim() === "") return empty;
    return form(given) ?? refuse(key) ?? before;
  };
  const name = (given: string | undefined, before: string) =>
    given === undefined ? before : cleanText(given, maxNameLength);

  const country = normal("country", current.country, "", normalizeCountry);
  const facts: ContactFacts = {
    email: normal("email", current.email, null, normalizeEmail),
    phone: normal("phone", current.phone, null, (text) => normalizePhone(text, country)),
    firstName: name(input.first_name, current.firstName),
    lastName: name(input.last_name, current.lastName),
    locale: normal("locale", current.locale, "", normalizeLocale),
    timeZone: normal("time_zone", current.timeZone, "", normalizeTimeZone),
    country,
  };
  if (errors.length === 0 && facts.email === null && facts.phone === null)
    errors.push({ pointer: "/email", detail: "An e-mail address or a phone number is needed." });
  return errors.length > 0 ? fail({ kind: "invalid", errors }) : ok(facts);
}

/** What stands between a campaign and its launch: one list, shown while composing and obeyed when sending. */
import type { FieldError } from "../failure.ts";

export const checkKeys = [
  "sender",
  "connection",
  "template",
  "subject",
  "audience",
  "content",
  "unsubscribe_link",
  "postal_address",
  "opt_out",
  "cost",
] as const;
export type CheckKey = (typeof checkKeys)[number];
export type Check = {
  readonly key: CheckKey;
  readonly status: "ok" | "warning" | "error";
  readonly detail: string;
};

export type ReadinessFacts = {
  readonly fromEmail: string;
  readonly connection: { readonly name: string; readonly kind: string } | undefined;
  readonly template: { readonly name: string } | undefined;
  readonly subject: string;
  readonly audience: { readonly chosen: boolean; readonly toSend: number | undefined };
  /** Errors and warnings of the content's own check, in words. */
  readonly contentErrors: readonly string[];
  readonly contentWarnings: readonly string[];
  readonly hasUnsubscribeLink: boolean;
  readonly postalAddress: string;
};

export function checkReadiness(facts: ReadinessFacts): Check[] {
  const people = facts.audience.toSend;
  return [
    facts.fromEmail
      ? okay("sender", `From ${facts.fromEmail}`)
      : error("sender", "Say who the mail is from: add a sender address here or in Settings."),
    facts.connection
      ? okay("connection", `Goes out by ${facts.connection.name}`)
      : error("connection", "Choose a connection to send by."),
    facts.template ? okay("template", facts.template.name) : error("template", "Choose a template."),
    facts.subject.trim() ? okay("subject", facts.subject) : error("subject", "Write a subject line."),
    !facts.audience.chosen
      ? error("audience", "Choose who receives it.")
      : people === 0
        ? error("audience", "Nobody in this audience can be mailed.")
        : okay("audience", people === undefined ? "Chosen" : `${people} people`),
    facts.contentErrors.length > 0
      ? error("content", facts.contentErrors.join(" "))
      : facts.contentWarnings.length > 0
        ? warning("content", facts.contentWarnings.join(" "))
        : okay("content", "No problems found"),
    facts.hasUnsubscribeLink
      ? okay("unsubscribe_link", "The template has an unsubscribe link")
      : warning("unsubscribe_link", "The template has no unsubscribe link; a footer with one is added."),
    facts.postalAddress.trim()
      ? okay("postal_address", "Your postal address is set")
      : warning(
          "postal_address",
          "Commercial mail must show a postal address in many countries: add yours in Settings.",
        ),
  ];
}

export function blockers(checks: readonly Check[]): FieldError[] {
  return checks.filter((c) => c.status === "error").map((c) => ({ pointer: `/${c.key}`, detail: c.detail }));
}

export const okay = (key: CheckKey, detail: string): Check => ({ key, status: "ok", detail });
export const warning = (key: CheckKey, detail: string): Check => ({ key, status: "warning", detail });
export const error = (key: CheckKey, detail: string): Check => ({ key, status: "error", detail });

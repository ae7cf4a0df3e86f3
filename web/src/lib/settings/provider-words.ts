/** What each kind of provider can do and cannot, said plainly: exactly-once leans on it. */
import type { ProviderKind } from "#domain/sending/provider";
import type { Connection } from "./queries.ts";

export const providerWords: Record<
  ProviderKind,
  { label: string; hint: string; can: readonly string[]; cannot: readonly string[] }
> = {
  sandbox: {
    label: "Sandbox",
    hint: "Catches everything; nothing leaves Larkpost",
    can: [
      "Shows every message under Inbox, as its recipient would get it",
      "Plays recipients who read, click, bounce, complain and unsubscribe",
    ],
    cannot: ["Reach anybody: it is for trying things out"],
  },
  smtp: {
    label: "SMTP relay",
    hint: "Any mail server that takes your messages",
    can: ["Works with every mail server; up to 50 messages share one connection"],
    cannot: [
      "Report deliveries: bounces arrive as mail at the sender address, not here",
      "Recognise a repeated message. When the line breaks after one was handed over, nobody can know whether it was taken: it is listed as unknown and you decide, because guessing could mail somebody twice",
    ],
  },
  resend: {
    label: "Resend",
    hint: "E-mail API with signed webhooks",
    can: [
      "Takes 100 messages a call and recognises a repeated call for 24 hours, so a crash never mails twice",
      "Reports deliveries, bounces, complaints and opens to the webhook address below",
    ],
    cannot: ["Send from a domain that is not verified in your Resend account"],
  },
};

/** One line about how it is set up. */
export function settingsLine({ kind, settings }: Connection): string {
  if (kind === "smtp") {
    const security =
      { none: "no encryption", starttls: "STARTTLS", tls: "TLS" }[String(settings.security)] ?? "";
    return [`${settings.host}:${settings.port}`, security, settings.username && `as ${settings.username}`]
      .filter(Boolean)
      .join(" · ");
  }
  if (kind === "sandbox") {
    const lacks = [
      settings.idempotency === false && "repeats",
      settings.evidence === false && "reports",
    ].filter(Boolean);
    return lacks.length > 0
      ? `Plays a provider without ${lacks.join(" and ")}`
      : "Plays a provider with everything";
  }
  return String(settings.base_url ?? "");
}

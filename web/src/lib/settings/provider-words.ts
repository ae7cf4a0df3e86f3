/** What each kind of provider can do and cannot, said plainly: exactly-once leans on it. */
import type { ProviderKind } from "#domain/sending/provider";
import type { Connection } from "./queries.ts";

const doubt =
  "Recognise a repeated message. When an answer is lost, its reports settle what was taken; until then it is listed as unknown, and nobody is mailed twice";

export const providerWords: Record<
  ProviderKind,
  {
    label: string;
    hint: string;
    can: readonly string[];
    cannot: readonly string[];
    /** What to do with the webhook address; left out where nobody reports to one. */
    webhook?: string;
  }
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
    webhook: "Enter it at Resend with all e-mail events, and give its signing secret under Edit.",
  },
  sendgrid: {
    label: "SendGrid",
    hint: "Twilio's e-mail API",
    can: [
      "Takes up to a thousand messages a call",
      "Reports deliveries, deferrals, bounces and complaints by signed webhook",
    ],
    cannot: [doubt],
    webhook:
      "Enter it at SendGrid under Event Webhook, turn on the signature, and give its verification key under Edit.",
  },
  ses: {
    label: "Amazon SES",
    hint: "Amazon's e-mail service, by region",
    can: [
      "Sends large volumes at a low price, at the rate your account was granted",
      "Reports deliveries, bounces and complaints through an SNS topic, whose signature is checked",
    ],
    cannot: [doubt, "Write to strangers while the account is in Amazon's own sandbox"],
    webhook: "Subscribe it to the SNS topic of your configuration set; the subscription confirms itself.",
  },
  postmark: {
    label: "Postmark",
    hint: "E-mail API with separate streams",
    can: [
      "Takes up to 500 messages a call",
      "Reports deliveries, bounces and complaints to the webhook address below",
    ],
    cannot: [doubt],
    webhook: "Enter it at Postmark for the message stream; WEBHOOK-SECRET stands for the password you gave.",
  },
  mailgun: {
    label: "Mailgun",
    hint: "E-mail API by sending domain",
    can: [
      "Takes up to a thousand recipients of one template a call",
      "Reports deliveries, bounces and complaints by signed webhook",
    ],
    cannot: [doubt],
    webhook: "Enter it at Mailgun for all events of the domain, and give the signing key under Edit.",
  },
  twilio: {
    label: "Twilio",
    hint: "Text messages to most countries",
    can: ["Reports what became of each text", "Takes replies, and honours STOP by itself"],
    cannot: [doubt, "Send faster than your numbers or short codes are allowed to"],
    webhook:
      "Larkpost names it with every text; enter it at Twilio for incoming messages, so that replies arrive.",
  },
  sendmode: {
    label: "Sendmode",
    hint: "Text messages from Ireland",
    can: ["Sends under a name of your own, where the country allows it", "Reports what became of each text"],
    cannot: [doubt],
    webhook: "Enter it at Sendmode for delivery reports; it holds a secret, so keep it to yourself.",
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
  const named = {
    resend: settings.base_url,
    sendgrid: settings.base_url,
    ses: settings.region,
    postmark: settings.message_stream,
    mailgun: settings.domain,
    twilio: settings.messaging_service_sid || settings.from || settings.account_sid,
    sendmode: settings.sender_id,
  }[kind];
  return String(named ?? "");
}

/** What is asked for to connect each kind of provider: one table, drawn by ConnectionSettings and held against the API's. */
import { channelsOf, type ProviderKind, providerKinds } from "#domain/sending/provider";

export type SecretName =
  | "password"
  | "api_key"
  | "webhook_secret"
  | "access_key_id"
  | "secret_access_key"
  | "auth_token";
type Option = { readonly value: string; readonly label: string; readonly hint?: string };
type Common = {
  readonly label: string;
  readonly help?: string;
  /** Left out, it has the API's own default. */
  readonly optional?: true;
  readonly placeholder?: string;
  /** What is wrong with a value that was given; undefined where nothing is. */
  readonly check?: (value: string) => string | undefined;
  /** Half a line on wide screens. */
  readonly half?: true;
  /** Shown on request: almost nobody needs it. */
  readonly rare?: true;
};
export type SettingField = Common & {
  readonly setting: string;
  readonly initial?: string | boolean;
  readonly options?: readonly Option[];
  readonly number?: true;
};
export type SecretField = Common & { readonly secret: SecretName };
export type KindField = SettingField | SecretField;

const whole = (least: number, most: number, words: string) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? undefined : words;
const price = (value: string) =>
  /^\d{1,2}(\.\d{1,6})?$/.test(value) ? undefined : "A price looks like 0.045";
const like = (pattern: RegExp, words: string) => (value: string) => (pattern.test(value) ? undefined : words);
const address = (value: string) =>
  URL.canParse(value) ? undefined : "An address looks like https://api.provider.example";

const baseUrl = (help: string): SettingField => ({
  setting: "base_url",
  label: "Address of the API",
  help,
  optional: true,
  rare: true,
  check: address,
});
const standIn = baseUrl("Leave it empty, unless your provider gave you another.");
const pricing: readonly SettingField[] = [
  {
    setting: "price_per_segment",
    label: "Price per segment",
    help: "For estimates: your contract knows, Larkpost does not.",
    optional: true,
    number: true,
    half: true,
    placeholder: "0.045",
    check: price,
  },
  {
    setting: "currency",
    label: "Currency",
    optional: true,
    half: true,
    placeholder: "EUR",
    check: like(/^[A-Z]{3}$/, "Three capital letters, as EUR"),
  },
];
const key = (help: string, placeholder?: string): SecretField => ({
  secret: "api_key",
  label: "API key",
  help,
  ...(placeholder ? { placeholder } : {}),
});
const webhookSecret = (label: string, help: string): SecretField => ({
  secret: "webhook_secret",
  label,
  help,
  optional: true,
});

export const kindFields: Readonly<Record<ProviderKind, readonly KindField[]>> = {
  sandbox: [
    {
      setting: "idempotency",
      label: "Recognises repeats",
      help: "As providers with idempotency keys do. Off: see how Larkpost treats a lost answer without them.",
      initial: true,
    },
    {
      setting: "evidence",
      label: "Reports what happened",
      help: "Deliveries, bounces, opens, by signed webhook. Off: like a plain mail server.",
      initial: true,
    },
  ],
  smtp: [
    { setting: "host", label: "Server", placeholder: "smtp.shop.example" },
    {
      setting: "port",
      label: "Port",
      initial: "587",
      number: true,
      half: true,
      check: whole(1, 65_535, "A port is a number from 1 to 65535"),
    },
    {
      setting: "security",
      label: "Encryption",
      initial: "starttls",
      half: true,
      options: [
        { value: "starttls", label: "STARTTLS", hint: "Usual on port 587" },
        { value: "tls", label: "TLS", hint: "Usual on port 465" },
        { value: "none", label: "None", hint: "Only inside your own network" },
      ],
    },
    { setting: "username", label: "User name", optional: true, half: true },
    { secret: "password", label: "Password", optional: true, half: true },
  ],
  resend: [
    key("From Resend, under API keys; sending access is enough.", "re_…"),
    webhookSecret(
      "Webhook signing secret",
      "You get it when you add the webhook there; it can be given later.",
    ),
    standIn,
  ],
  sendgrid: [
    key("From SendGrid, under Settings, API keys; Mail Send access is enough.", "SG.…"),
    webhookSecret(
      "Webhook verification key",
      "The public key of the signed Event Webhook; it can be given later.",
    ),
    baseUrl("For accounts in the European Union: https://api.eu.sendgrid.com"),
  ],
  ses: [
    {
      setting: "region",
      label: "Region",
      placeholder: "eu-west-1",
      half: true,
      check: like(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "A region looks like eu-west-1"),
    },
    { setting: "configuration_set", label: "Configuration set", optional: true, half: true },
    { secret: "access_key_id", label: "Access key ID", placeholder: "AKIA…", half: true },
    { secret: "secret_access_key", label: "Secret access key", half: true },
    {
      setting: "topic_arn",
      label: "SNS topic for reports",
      help: "The ARN of the topic the configuration set publishes to; without it no report is believed.",
      placeholder: "arn:aws:sns:eu-west-1:…",
      optional: true,
    },
    standIn,
  ],
  postmark: [
    key("The server token, from Postmark under Servers, API Tokens."),
    {
      setting: "message_stream",
      label: "Message stream",
      help: "Campaigns belong into a stream of type broadcast.",
      initial: "broadcast",
    },
    webhookSecret("Webhook password", "You choose it, and put it into the webhook's address below."),
    standIn,
  ],
  mailgun: [
    { setting: "domain", label: "Sending domain", placeholder: "mg.shop.example" },
    key("A domain sending key is enough."),
    webhookSecret("Webhook signing key", "From Mailgun, under API Security; it can be given later."),
    baseUrl("For domains in the European Union: https://api.eu.mailgun.net"),
  ],
  twilio: [
    {
      setting: "account_sid",
      label: "Account SID",
      placeholder: "AC…",
      check: like(/^AC[0-9a-f]{32}$/i, "AC and 32 further characters"),
    },
    { secret: "auth_token", label: "Auth token", help: "It also proves Twilio's reports." },
    {
      setting: "messaging_service_sid",
      label: "Messaging service",
      help: "It chooses the number; or name a sender.",
      placeholder: "MG…",
      optional: true,
      half: true,
      check: like(/^MG[0-9a-f]{32}$/i, "MG and 32 further characters"),
    },
    {
      setting: "from",
      label: "Sender",
      help: "A number as +353…, or a sender id.",
      optional: true,
      half: true,
    },
    ...pricing,
    standIn,
  ],
  sendmode: [
    {
      setting: "generation",
      label: "Interface",
      help: "Which of Sendmode's interfaces your account has.",
      initial: "engage-3",
      options: [
        { value: "engage-3", label: "Engage", hint: "Accounts of today" },
        { value: "rest-2", label: "REST 2", hint: "Accounts with an access key" },
        { value: "http", label: "HTTP", hint: "Accounts with user name and password" },
      ],
    },
    {
      setting: "sender_id",
      label: "Sender",
      placeholder: "SHOP",
      half: true,
      check: (value) => (value.length <= 15 ? undefined : "At most 15 characters"),
    },
    { setting: "username", label: "User name", optional: true, half: true },
    { secret: "api_key", label: "API key", optional: true, half: true },
    { secret: "password", label: "Password", optional: true, half: true },
    ...pricing,
    webhookSecret("Report secret", "The unguessable part of the report address; made here when empty."),
    standIn,
  ],
};

export const isSecret = (field: KindField): field is SecretField => "secret" in field;
/** The path of the field, as the API names what is wrong with it. */
export const pathOf = (field: KindField) => (isSecret(field) ? field.secret : `settings.${field.setting}`);

export type FormChannel = "email" | "sms";
export const kindsOf = (channel: FormChannel): ProviderKind[] =>
  providerKinds.filter((kind) => (channelsOf[kind] as readonly string[]).includes(channel));

/** What SendGrid demands of a call, in its own words where they are known (reference: POST /v3/mail/send). */
export type SendgridError = {
  readonly message: string;
  readonly field: string | null;
  readonly help: string | null;
};

export const wrong = (message: string, field: string | null = null): SendgridError => ({
  message,
  field,
  help: field ? `http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.${field}` : null,
});

export type Personalization = {
  readonly to: readonly { readonly email: string; readonly name?: string }[];
  readonly subject?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly substitutions?: Readonly<Record<string, string>>;
  readonly custom_args?: Readonly<Record<string, string>>;
};
export type SendgridCall = {
  readonly personalizations: readonly Personalization[];
  readonly from: { readonly email: string; readonly name?: string };
  readonly reply_to?: { readonly email: string; readonly name?: string };
  readonly subject?: string;
  readonly content: readonly { readonly type: string; readonly value: string }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly custom_args?: Readonly<Record<string, string>>;
  readonly attachments?: readonly { readonly content: string; readonly filename: string }[];
  readonly mail_settings?: { readonly sandbox_mode?: { readonly enable?: boolean } };
};

const maxRecipients = 1_000;
const maxBytes = 10_000;
const address = /^[^@\s,;:"<>]+@[^@\s,;:"<>]+\.[^@\s,;:"<>.]+$/;
const reserved = new Set([
  ..."x-sg-id x-sg-eid received dkim-signature content-type content-transfer-encoding".split(" "),
  ..."to from subject reply-to cc bcc".split(" "),
]);

/** `refused`: addresses the account will not take. Every fault of the call is listed, as by SendGrid. */
export function faultsOf(call: SendgridCall, refused: ReadonlySet<string>): SendgridError[] {
  const errors: SendgridError[] = [];
  const say = (message: string, field: string) => void errors.push(wrong(message, field));
  const { personalizations, from, content } = call;
  if (!Array.isArray(personalizations) || personalizations.length === 0)
    return [
      wrong(
        "The personalizations field is required and must have at least one personalization.",
        "personalizations",
      ),
    ];
  const recipients = personalizations.reduce((sum, one) => sum + (one.to?.length ?? 0), 0);
  if (personalizations.length > maxRecipients || recipients > maxRecipients)
    return [
      wrong(
        "The personalizations field may not have more than 1000 recipients in total.",
        "personalizations",
      ),
    ];
  if (!from || !isAddress(from.email)) say("The from email does not contain a valid address.", "from.email");
  if (call.reply_to && !isAddress(call.reply_to.email))
    say("Does not contain a valid address.", "reply_to.email");
  if (!call.subject && !personalizations.every((one) => one.subject))
    say(
      "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.",
      "subject",
    );
  if (!Array.isArray(content) || content.length === 0)
    say("Unless a valid template_id is provided, the content parameter is required.", "content");
  else
    content.forEach((part, i) => {
      if (!part.value)
        say("The content value must be a string at least one character in length.", `content.${i}.value`);
    });
  headerFaults(call.headers, "headers", say);
  personalizations.forEach((one, i) => {
    const field = `personalizations.${i}`;
    if (!Array.isArray(one.to) || one.to.length === 0)
      say("The to array is required for all personalization objects.", `${field}.to`);
    else
      one.to.forEach((to: { email: string }, j: number) => {
        if (!isAddress(to.email) || refused.has(to.email))
          say("Does not contain a valid address.", `${field}.to.${j}.email`);
      });
    headerFaults(one.headers, `${field}.headers`, say);
    if (bytesOf(one.substitutions) > maxBytes)
      say("The total length of the substitutions must be less than 10000 bytes.", `${field}.substitutions`);
    if (bytesOf(one.custom_args) > maxBytes)
      say("custom_args must be less than 10000 bytes.", `${field}.custom_args`);
  });
  return errors;
}

const isAddress = (email: unknown): boolean => typeof email === "string" && address.test(email);

function headerFaults(
  headers: Readonly<Record<string, string>> | undefined,
  field: string,
  say: (message: string, field: string) => void,
): void {
  for (const name in headers)
    if (reserved.has(name.toLowerCase()))
      say(`The header ${name} is reserved and may not be set.`, `${field}.${name}`);
}

function bytesOf(values: Readonly<Record<string, string>> | undefined): number {
  let bytes = 0;
  for (const key in values) bytes += Buffer.byteLength(key) + Buffer.byteLength(String(values[key]));
  return bytes;
}

/** Values may hold keys again, four deep (docs: substitution tags). */
export function substituted(part: string, values: Readonly<Record<string, string>> | undefined): string {
  let out = part;
  for (let depth = 0; depth < 4; depth++) {
    const before = out;
    for (const key in values) out = out.split(key).join(values[key]);
    if (out === before) break;
  }
  return out;
}

/** What Resend demands of an e-mail, and how it says no (reference: Resend API 2026-08, errors and POST /emails). */
export type ResendProblem = { readonly statusCode: number; readonly name: string; readonly message: string };

export type ResendMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string | undefined;
  readonly text: string | undefined;
  readonly replyTo: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly attachments: readonly ResendFile[];
};
export type ResendFile = {
  readonly filename?: string;
  readonly content?: string;
  readonly content_type?: string;
  readonly content_id?: string;
};

export const problem = (statusCode: number, name: string, message: string): ResendProblem => ({
  statusCode,
  name,
  message,
});

const addressIn = /^(?:[^<>]*<([^<>\s]+)>|([^<>\s]+))$/;
const plainAddress = /^[^@\s,;:"]+@[^@\s,;:"]+\.[^@\s,;:".]+$/;
/** Nobody has mail there (RFC 2606 §3), and Resend says so to the sender's face. */
const reserved = /@(?:example\.(?:com|net|org)|test\.com)$/i;
const tagText = /^[A-Za-z0-9_-]{1,256}$/;

function bareAddress(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const match = addressIn.exec(value.trim());
  const address = match?.[1] ?? match?.[2];
  return address && plainAddress.test(address) ? address : undefined;
}

const listOf = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** `domains`: those the account has verified. */
export function readMail(body: unknown, domains: readonly string[]): ResendMail | ResendProblem {
  if (typeof body !== "object" || body === null)
    return problem(422, "validation_error", "The request body must be an object.");
  const mail = body as Record<string, unknown>;
  for (const field of ["from", "to", "subject"])
    if (mail[field] === undefined || mail[field] === "")
      return problem(422, "missing_required_field", `Missing \`${field}\` field.`);
  if (typeof mail.html !== "string" && typeof mail.text !== "string")
    return problem(422, "missing_required_field", "Missing `html` or `text` field.");
  const from = bareAddress(mail.from);
  if (!from)
    return problem(
      422,
      "invalid_from_address",
      "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.",
    );
  const domain = from.slice(from.lastIndexOf("@") + 1);
  if (!domains.includes(domain))
    return problem(403, "validation_error", `The ${domain} domain is not verified.`);
  const to = listOf(mail.to);
  if (to.length > 50) return problem(422, "validation_error", "The `to` field takes 50 addresses at most.");
  if (!to.every((address) => bareAddress(address)))
    return problem(422, "validation_error", "Invalid `to` field.");
  if (to.some((address) => reserved.test(bareAddress(address) ?? "")))
    return problem(
      422,
      "validation_error",
      "Invalid `to` field. Please use our testing email address instead of domains like `example.com`.",
    );
  const tags = listOf(mail.tags) as { name?: unknown; value?: unknown }[];
  if (!tags.every((tag) => tagText.test(String(tag?.name)) && tagText.test(String(tag?.value))))
    return problem(
      422,
      "validation_error",
      "Tags should only contain ASCII letters, numbers, underscores, or dashes.",
    );
  return {
    from: String(mail.from),
    to: to.map(String),
    subject: String(mail.subject),
    html: mail.html as string | undefined,
    text: mail.text as string | undefined,
    replyTo: listOf(mail.reply_to).map(String),
    headers: (mail.headers ?? {}) as Record<string, string>,
    tags: Object.fromEntries(tags.map((tag) => [String(tag.name), String(tag.value)])),
    attachments: listOf(mail.attachments) as ResendFile[],
  };
}

export const isProblem = (value: object): value is ResendProblem => "statusCode" in value;

/** Payloads are compared by meaning: key order and absent fields make no difference. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined && field !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
}

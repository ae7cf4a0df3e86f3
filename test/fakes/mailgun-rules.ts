/** What Mailgun demands of a message, how it says no, and how it fills in recipient variables (docs: messages, batch sending). */
export type MailgunProblem = { readonly status: number; readonly message: string };
export type MailgunFile = { readonly name: string; readonly type: string; readonly bytes: Buffer };

/** A message as it was submitted, for all its recipients. */
export type Submitted = {
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** By plain address; absent where the call has no recipient variables. */
  readonly perRecipient: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly attachments: readonly MailgunFile[];
  readonly inline: readonly MailgunFile[];
};

export const isProblem = (value: object): value is MailgunProblem => "status" in value;
const bad = (message: string): MailgunProblem => ({ status: 400, message });

const maxRecipients = 1_000;
const maxOptionBytes = 16_384;
const maxMessageBytes = 25 * 1_024 * 1_024;

export function bareAddress(value: string): string | undefined {
  const match = /^(?:(?:"(?:[^"\\]|\\.)*"|[^<>",]*)\s*<([^<>\s,]+)>|([^<>\s",]+))$/.exec(value.trim());
  const address = match?.[1] ?? match?.[2] ?? "";
  return /^[^@]+@[^@]+\.[^@.]+$/.test(address) ? address : undefined;
}

export async function readForm(form: FormData): Promise<Submitted | MailgunProblem> {
  const field = (name: string) => textOf(form.get(name));
  const from = field("from");
  if (from === undefined) return bad("from parameter is missing");
  if (!bareAddress(from)) return bad("'from' parameter is not a valid address. please check documentation");
  const to = form.getAll("to").flatMap((value) => splitList(textOf(value) ?? ""));
  if (to.length === 0) return bad("to parameter is missing");
  if (to.length > maxRecipients) return bad("Too many recipients; max is 1000");
  if (!to.every((one) => bareAddress(one)))
    return bad("to parameter is not a valid address. please check documentation");
  const [html, text] = [field("html"), field("text")];
  if (html === undefined && text === undefined)
    return bad("Need at least one of 'text' or 'html' parameters specified");

  const groups: Record<"h" | "v" | "o", Record<string, string>> = { h: {}, v: {}, o: {} };
  let optionBytes = 0;
  for (const [name, value] of form.entries()) {
    const match = /^([hvo]):(.+)$/s.exec(name);
    if (!match || typeof value !== "string") continue;
    optionBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what the rule is about
    if (!/^[\x00-\x7f]+$/.test(name)) return bad(`Header name must be pure ASCII: ${name}`);
    groups[match[1] as "h" | "v" | "o"][match[2] ?? ""] = value;
  }
  if (optionBytes > maxOptionBytes)
    return bad("Send options (parameters starting with o:, h:, or v:) are limited to 16 kB total");

  const given = field("recipient-variables");
  const perRecipient = given === undefined ? undefined : readVariables(given);
  if (given !== undefined && perRecipient === undefined)
    return bad("recipient-variables parameter is not a valid JSON dictionary");
  const attachments = await filesOf(form, "attachment");
  const inline = await filesOf(form, "inline");
  const bytes = [...attachments, ...inline].reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes + (html ?? "").length + (text ?? "").length > maxMessageBytes)
    return { status: 413, message: "Request Entity Too Large" };
  return {
    to,
    from,
    subject: field("subject") ?? "",
    html: html ?? "",
    text: text ?? "",
    headers: groups.h,
    variables: groups.v,
    options: groups.o,
    perRecipient,
    attachments,
    inline,
  };
}

/** `%recipient.name%` anywhere; what is not defined stays as it stands. One pass: values are not read again. */
export function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/%recipient\.([^%\s]+)%/g, (whole, name: string) => values[name] ?? whole);
}

function readVariables(given: string): Submitted["perRecipient"] {
  try {
    const parsed: unknown = JSON.parse(given);
    const isDictionary = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isDictionary ? (parsed as Record<string, Record<string, string>>) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: File | string | null): string | undefined =>
  typeof value === "string" ? value : undefined;

async function filesOf(form: FormData, name: string): Promise<MailgunFile[]> {
  const files = form.getAll(name).filter((value): value is File => typeof value !== "string");
  return Promise.all(
    files.map(async (file) => ({
      name: file.name,
      type: file.type,
      bytes: Buffer.from(await file.arrayBuffer()),
    })),
  );
}

/** By commas outside of quotes. */
function splitList(text: string): string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((part) => part.trim());
}

/** What Postmark demands of an e-mail, and how it says no (docs: api/email, api/overview, support article 1180). */
export type PostmarkMail = {
  readonly From: string;
  readonly To: string;
  readonly Subject: string;
  readonly HtmlBody: string | undefined;
  readonly TextBody: string | undefined;
  readonly ReplyTo: string | undefined;
  readonly MessageStream: string;
  readonly TrackOpens: boolean;
  readonly Headers: readonly { readonly Name: string; readonly Value: string }[];
  readonly Metadata: Readonly<Record<string, string>>;
  readonly Attachments: readonly PostmarkAttachment[];
};
export type PostmarkAttachment = {
  readonly Name: string;
  readonly Content: string;
  readonly ContentType: string;
  readonly ContentID?: string;
};
export type PostmarkProblem = { readonly ErrorCode: number; readonly Message: string };

export const problem = (ErrorCode: number, Message: string): PostmarkProblem => ({ ErrorCode, Message });
export const isProblem = (value: object): value is PostmarkProblem => "ErrorCode" in value;

export const maxBatch = 500;
export const maxCallBytes = 50_000_000;
const maxMailBytes = 10_000_000;

// The expressions Postmark publishes, for the mailbox without regard to case.
const mailboxText = /^[a-z0-9.!#$%&'`*+\-/=^_{}|~]+$/i;
const domainText = /^((\.)?[a-zA-Z0-9-])+$/;
const forbidden =
  /\.(?:vbs|exe|bin|bat|chm|com|cpl|crt|hlp|hta|inf|ins|isp|jse?|lnk|mdb|msi|pcd|pif|reg|scr|sct|shs|vba|wsf|wsh)$/i;

export function bareAddress(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const match = /^(?:(?:"(?:[^"\\]|\\.)*"|[^<>"]*)\s*<([^<>\s]+)>|([^<>\s"]+))$/.exec(value.trim());
  const address = match?.[1] ?? match?.[2] ?? "";
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const isGood =
    at > 0 &&
    mailboxText.test(local) &&
    !/^\.|\.$|\.\./.test(local) &&
    domainText.test(domain) &&
    domain.includes(".");
  return isGood ? address : undefined;
}

export type Account = {
  readonly domains: readonly string[];
  readonly streams: readonly string[];
  /** Recipients Postmark no longer mails: bounced, complained, or suppressed by hand. */
  readonly inactive: ReadonlySet<string>;
};

/** A field of a wrong type spoils the whole call with 422; a wrong value this mail alone. */
export class WrongType extends Error {}

export function readMail(given: unknown, account: Account): PostmarkMail | PostmarkProblem {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new WrongType("a message");
  const mail = given as Record<string, unknown>;
  for (const name of ["From", "To", "Subject", "HtmlBody", "TextBody", "ReplyTo", "MessageStream"])
    if (mail[name] !== undefined && mail[name] !== null && typeof mail[name] !== "string")
      throw new WrongType(name);
  if (JSON.stringify(mail).length > maxMailBytes)
    return problem(300, "Message length exceeds 10485760 byte limit.");
  const from = bareAddress(mail.From);
  if (!from) return problem(300, "Invalid 'From' address.");
  if (!account.domains.includes(from.slice(from.lastIndexOf("@") + 1)))
    return problem(
      400,
      `The 'From' address you supplied (${from}) is not a Sender Signature on your account.`,
    );
  const recipients = typeof mail.To === "string" ? splitList(mail.To) : [];
  if (recipients.length === 0 || recipients.length > 50 || !recipients.every(bareAddress))
    return problem(300, `Invalid 'To' address: '${String(mail.To)}'.`);
  if (!mail.HtmlBody && !mail.TextBody)
    return problem(300, "Provide either email TextBody or HtmlBody or both.");
  const stream = String(mail.MessageStream ?? "outbound");
  if (!account.streams.includes(stream))
    return problem(1235, `The stream provided: '${stream}' does not exist on this server.`);
  const metadata = Object.entries((mail.Metadata ?? {}) as Record<string, unknown>);
  if (metadata.length > 10 || metadata.some(([name, value]) => name.length > 20 || String(value).length > 80))
    return problem(300, "Metadata field names take 20 and values 80 characters, ten of them at most.");
  const attachments = (mail.Attachments ?? []) as PostmarkAttachment[];
  const bad = attachments.find(({ Name }) => forbidden.test(Name));
  if (bad) return problem(411, `You cannot send attachments of the type '${bad.Name}'.`);
  if (recipients.every((to) => account.inactive.has(bareAddress(to) ?? "")))
    return problem(
      406,
      "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: " +
        `${recipients.join(", ")}.`,
    );
  return {
    From: String(mail.From),
    To: String(mail.To),
    Subject: String(mail.Subject ?? ""),
    HtmlBody: mail.HtmlBody as string | undefined,
    TextBody: mail.TextBody as string | undefined,
    ReplyTo: mail.ReplyTo as string | undefined,
    MessageStream: stream,
    TrackOpens: mail.TrackOpens === true,
    Headers: (mail.Headers ?? []) as PostmarkMail["Headers"],
    Metadata: Object.fromEntries(metadata.map(([name, value]) => [name, String(value)])),
    Attachments: attachments,
  };
}

/** By commas outside of quotes. */
function splitList(text: string): string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((part) => part.trim());
}

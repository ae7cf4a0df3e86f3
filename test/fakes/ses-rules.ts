/** What SES demands of a mail, and how it says no (reference: API_SendEmail, API_MessageHeader, API_MessageTag). */
import type { Reply } from "./far-end-faults.ts";

export type SesMail = {
  readonly FromEmailAddress: string;
  readonly Destination: {
    readonly ToAddresses?: readonly string[];
    readonly CcAddresses?: readonly string[];
    readonly BccAddresses?: readonly string[];
  };
  readonly ReplyToAddresses?: readonly string[];
  readonly Content: {
    readonly Simple?: {
      readonly Subject: { readonly Data: string };
      readonly Body: { readonly Text?: { readonly Data: string }; readonly Html?: { readonly Data: string } };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
      readonly Attachments?: readonly { readonly FileName: string; readonly RawContent: string }[];
    };
  };
  readonly EmailTags?: readonly { readonly Name: string; readonly Value: string }[];
  readonly ConfigurationSetName?: string;
};

/** Errors name themselves in a header, with an address behind the name, and say the rest in the body. */
export const problem = (status: number, name: string, message: string): Reply => ({
  status,
  body: { message },
  headers: { "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/com.amazonaws.ses/` },
});

export type SesAccount = {
  readonly domains: readonly string[];
  readonly configurationSets: readonly string[];
  readonly region: string;
};

const bare = /^(?:[^<>]*<([^<>\s]+)>|([^<>\s]+))$/;
const address = /^[\x21-\x7e]+@[^@\s,;:"<>]+\.[^@\s,;:"<>.]+$/;
const tagText = /^[A-Za-z0-9_-]{1,256}$/;
const headerName = /^[!-9;-~]{1,126}$/;
const maxHeaders = 15;
const maxRecipients = 50;

export function bareAddress(mailbox: string): string | undefined {
  const match = /^[\x20-\x7e]*$/.test(mailbox) ? bare.exec(mailbox.trim()) : undefined;
  const found = match?.[1] ?? match?.[2];
  return found && address.test(found) && !/[\r\n,;]/.test(found) ? found : undefined;
}

/** Undefined: nothing is wrong with it. */
export function refusalOf(mail: SesMail, account: SesAccount): Reply | undefined {
  const bad = (message: string) => problem(400, "BadRequestException", message);
  const from = bareAddress(mail.FromEmailAddress ?? "");
  if (!from) return bad("Missing or illegal from address");
  const domain = from.slice(from.lastIndexOf("@") + 1);
  if (!account.domains.includes(domain))
    return problem(
      400,
      "MessageRejected",
      `Email address is not verified. The following identities failed the check in region ${account.region.toUpperCase()}: ${from}`,
    );
  const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = mail.Destination ?? {};
  const recipients = [...ToAddresses, ...CcAddresses, ...BccAddresses];
  if (recipients.length === 0 || recipients.length > maxRecipients) return bad("Recipient count exceeds 50.");
  if (!recipients.every(bareAddress)) return bad("Illegal address");
  const { Simple } = mail.Content ?? {};
  if (!Simple) return bad("Content is required.");
  if (!Simple.Body?.Html && !Simple.Body?.Text) return bad("Body is required.");
  if ((Simple.Headers?.length ?? 0) > maxHeaders) return bad("Too many headers.");
  for (const { Name, Value } of Simple.Headers ?? [])
    if (!headerName.test(Name) || !/^[\x20-\x7e]*$/.test(Value) || Name.length + Value.length > 996)
      return bad(`Header ${Name} is not valid.`);
  for (const { Name, Value } of mail.EmailTags ?? [])
    if (!tagText.test(Name) || !tagText.test(Value)) return bad(`Tag ${Name} is not valid.`);
  const set = mail.ConfigurationSetName;
  if (set !== undefined && !account.configurationSets.includes(set))
    return problem(404, "NotFoundException", `Configuration set <${set}> does not exist.`);
  return undefined;
}

/**
 * Mailgun, played over HTTP: Basic authentication, multipart forms, up to a thousand recipients whose variables it
 * fills in, the words of its refusals, limits by the clock, signed reports. It keeps its own log of every mail it made.
 */
import { type Fault, farEndServer, type Reply, type Request, withFault } from "./far-end-faults.ts";
import {
  bareAddress,
  fillIn,
  isProblem,
  type MailgunFile,
  readForm,
  type Submitted,
} from "./mailgun-rules.ts";
import { mailgunHooks } from "./mailgun-webhooks.ts";

/** One mail for one recipient, all variables filled in. */
export type TakenMail = {
  /** Of the call: its mails share it. */
  readonly id: string;
  readonly recipient: string;
  /** All addresses the recipient sees. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly attachments: readonly MailgunFile[];
  readonly inline: readonly MailgunFile[];
  /** Our own id, from the header X-Larkpost-Message. */
  readonly messageId: string | undefined;
  readonly atMs: number;
};

export type MailgunFake = Awaited<ReturnType<typeof startMailgun>>;
export type MailgunOptions = { readonly now?: () => number; readonly domain?: string };

export async function startMailgun(options: MailgunOptions = {}) {
  const now = options.now ?? (() => Date.now());
  const domain = options.domain ?? "mg.shop.example";
  /** Full access, or sending for the domain alone. */
  const keys = new Map<string, "full" | "sending">([
    ["key-full", "full"],
    ["key-sending", "sending"],
  ]);
  const state = {
    domain: "active" as "active" | "unverified" | "disabled",
    /** Recipients until `limitedUntilMs`; then the words of the limit. */
    recipientsLeft: Number.POSITIVE_INFINITY,
    limitedUntilMs: 0,
    /** Addresses it calls invalid. */
    refused: new Set<string>(),
  };
  const taken: TakenMail[] = [];
  const faults: Fault[] = [];
  let calls = 0;

  function take(given: Submitted): Reply {
    if (given.to.some((to) => state.refused.has(bareAddress(to) ?? to)))
      return {
        status: 400,
        body: { message: "to parameter is not a valid address. please check documentation" },
      };
    if (given.to.length > state.recipientsLeft) {
      const until = new Date(state.limitedUntilMs).toUTCString().replace("GMT", "UTC");
      const message = `Domain ${domain} is not allowed to send: recipient limit exceeded, try again after ${until}`;
      return { status: 429, body: { message } };
    }
    state.recipientsLeft -= given.to.length;
    const id = `20261122.${++calls}.${now()}@${domain}`;
    const seen = new Set<string>();
    for (const to of given.to) {
      const recipient = bareAddress(to) ?? to;
      // The same address twice in a call is one recipient.
      if (seen.has(recipient.toLowerCase())) continue;
      seen.add(recipient.toLowerCase());
      taken.push(mailFor(given, { id, recipient, to, atMs: now() }));
    }
    return { status: 200, body: { id: `<${id}>`, message: "Queued. Thank you." } };
  }

  async function carryOut({ headers, body }: Request): Promise<Reply> {
    const type = String(headers["content-type"] ?? "");
    if (!type.startsWith("multipart/form-data"))
      return { status: 400, body: { message: "multipart is wanted" } };
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    const given = await readForm(form);
    return isProblem(given) ? { status: given.status, body: { message: given.message } } : take(given);
  }

  const server = await farEndServer(async (request, response) => {
    const { method, path, headers } = request;
    const [user, key = ""] = Buffer.from(String(headers.authorization ?? "").replace(/^Basic /, ""), "base64")
      .toString()
      .split(/:(.*)/s);
    const access = user === "api" ? keys.get(key) : undefined;
    if (!access) return { status: 401, body: "Forbidden", headers: { "content-type": "text/plain" } };
    if (method === "GET" && /^\/v[34]\/domains\/(.+)$/.exec(path)?.[1] === domain) {
      if (access === "sending") return { status: 403, body: { message: "Forbidden" } };
      return { status: 200, body: { domain: { name: domain, state: state.domain, is_disabled: false } } };
    }
    if (method !== "POST" || path !== `/v3/${domain}/messages`)
      return { status: 404, body: { message: "Domain not found" } };
    if (state.domain !== "active") {
      const why =
        state.domain === "unverified"
          ? "The domain is unverified and requires DNS configuration"
          : "disabled";
      return { status: 403, body: { message: `Domain ${domain} is not allowed to send: ${why}` } };
    }
    return withFault(faults.shift(), response, () => carryOut(request), {
      slowDown: { message: "Too many requests" },
      broken: { message: "Internal Server Error" },
    });
  });

  return {
    ...server,
    domain,
    keys,
    state,
    taken,
    faults,
    hooks: mailgunHooks(now),
    /** An empty log, for a run that counts from nothing. */
    forget() {
      taken.length = 0;
      server.requests.length = 0;
    },
  };
}

type Slot = { readonly id: string; readonly recipient: string; readonly to: string; readonly atMs: number };

function mailFor(given: Submitted, { id, recipient, to, atMs }: Slot): TakenMail {
  const values = given.perRecipient?.[recipient];
  const filled = (text: string) => (values ? fillIn(text, values) : text);
  const all = (fields: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, filled(value)]));
  const headers = all(given.headers);
  return {
    id,
    recipient,
    // Without recipient variables everybody sees everybody.
    to: given.perRecipient ? [to] : given.to,
    from: filled(given.from),
    subject: filled(given.subject),
    html: filled(given.html),
    text: filled(given.text),
    headers,
    variables: all(given.variables),
    options: given.options,
    attachments: given.attachments,
    inline: given.inline,
    messageId: headers["X-Larkpost-Message"],
    atMs,
  };
}

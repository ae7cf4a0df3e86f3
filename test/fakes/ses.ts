/**
 * Amazon SES v2, played over HTTP: signatures checked byte by byte, verified identities, the account's rate and its
 * daily quota, paused sending, error names in headers. Its reports go through a topic of SNS. It keeps its own log.
 */
import { randomUUID } from "node:crypto";
import { type Fault, farEndServer, type Reply, type Request, withFault } from "./far-end-faults.ts";
import { bareAddress, problem, refusalOf, type SesMail } from "./ses-rules.ts";
import { type SesEvent, sesNotification } from "./ses-webhooks.ts";
import { signatureProblem } from "./sigv4.ts";
import { snsTopic } from "./sns.ts";

export type SesFake = Awaited<ReturnType<typeof startSes>>;
export type SesOptions = {
  readonly now?: () => number;
  readonly region?: string;
  readonly domains?: readonly string[];
  readonly mailsPerSecond?: number;
  readonly dailyQuota?: number;
};
export type TakenMail = {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Our own id. */
  readonly messageId: string | undefined;
  readonly configurationSet: string | undefined;
  readonly attachments: readonly { readonly FileName: string; readonly RawContent: string }[];
  readonly atMs: number;
};

const dayMs = 86_400_000;
const maxBodyBytes = 40_000_000;

export async function startSes(options: SesOptions = {}) {
  const now = options.now ?? (() => Date.now());
  const region = options.region ?? "eu-west-1";
  const keys = new Map([["AKIATESTKEY", "test/secret+key"]]);
  const account = {
    region,
    domains: options.domains ?? ["shop.example"],
    configurationSets: ["larkpost"],
    /** Keys that may send and nothing else. */
    sendOnly: new Set<string>(),
    /** Addresses it will not send to: content or recipient refused. */
    refused: new Set<string>(),
    isPaused: false,
    isSuspended: false,
  };
  const limits = {
    mailsPerSecond: options.mailsPerSecond ?? Number.POSITIVE_INFINITY,
    dailyQuota: options.dailyQuota ?? Number.POSITIVE_INFINITY,
  };
  const taken: TakenMail[] = [];
  const faults: Fault[] = [];
  const topic = snsTopic(now, region);
  const window = { startedMs: Number.NEGATIVE_INFINITY, used: 0 };

  function isQuotaSpent(): boolean {
    if (taken.length < limits.dailyQuota) return false;
    return taken.filter(({ atMs }) => now() - atMs < dayMs).length >= limits.dailyQuota;
  }

  function send(body: Buffer): Reply {
    const mail = jsonOf(body) as SesMail | undefined;
    if (body.length > maxBodyBytes)
      return problem(413, "BadRequestException", "Message length exceeds 40 MB.");
    if (typeof mail !== "object" || mail === null) return problem(400, "SerializationException", "no JSON");
    if (account.isSuspended)
      return problem(
        400,
        "AccountSuspendedException",
        "The account's ability to send is permanently restricted.",
      );
    if (account.isPaused) return problem(400, "SendingPausedException", "Sending paused for this account.");
    const refusal = refusalOf(mail, account);
    if (refusal) return refusal;
    const to = bareAddress(mail.Destination.ToAddresses?.[0] ?? "") ?? "";
    if (account.refused.has(to)) return problem(400, "MessageRejected", "Message failed the content check.");
    if (isQuotaSpent()) return problem(429, "TooManyRequestsException", "Daily message quota exceeded.");
    if (now() - window.startedMs >= 1_000) Object.assign(window, { startedMs: now(), used: 0 });
    if (++window.used > limits.mailsPerSecond)
      return problem(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
    const kept = keep(mail, to, now());
    taken.push(kept);
    return { status: 200, body: { MessageId: kept.id } };
  }

  const server = await farEndServer(async (request: Request, response) => {
    const { method, path, headers, body } = request;
    const forged = signatureProblem(request, { keys, region, nowMs: now() });
    if (forged) return problem(403, forged, "The request signature does not match, or its token is invalid.");
    const keyId = /Credential=(\w+)/.exec(String(headers.authorization))?.[1] ?? "";
    if (method === "GET" && path === "/v2/email/account") {
      if (account.sendOnly.has(keyId))
        return problem(
          403,
          "AccessDeniedException",
          `User: arn:aws:iam::123456789012:user/${keyId} is not authorized to perform: ses:GetAccount because no identity-based policy allows it`,
        );
      const SendQuota = { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: taken.length };
      const EnforcementStatus = account.isSuspended ? "SHUTDOWN" : "HEALTHY";
      return {
        status: 200,
        body: {
          SendingEnabled: !account.isPaused,
          ProductionAccessEnabled: true,
          EnforcementStatus,
          SendQuota,
        },
      };
    }
    if (method !== "POST" || path !== "/v2/email/outbound-emails")
      return problem(404, "UnknownOperationException", "no such operation");
    const broken = { message: "The request has failed due to a temporary failure of the server." };
    const slowDown = { message: "Maximum sending rate exceeded." };
    const reply = await withFault(faults.shift(), response, async () => send(body), { slowDown, broken });
    if (reply?.status === 429 && !reply.headers?.["x-amzn-errortype"])
      return problem(429, "TooManyRequestsException", slowDown.message);
    return reply && reply.status >= 500
      ? problem(reply.status, "InternalServiceErrorException", broken.message)
      : reply;
  });

  return {
    ...server,
    region,
    keys,
    account,
    limits,
    taken,
    faults,
    topic,
    hooks: {
      reports: topic.reports,
      register: topic.subscribe,
      deliver: topic.deliver,
      /** Notes an event as a configuration set reports it. */
      note: (kind: SesEvent, mail: TakenMail, details: Readonly<Record<string, unknown>> = {}) =>
        topic.note(
          JSON.stringify(sesNotification(kind, mail, now(), details)),
          "Amazon SES Email Event Notification",
        ),
    },
    /** An empty log, for a run that counts from nothing. */
    forget() {
      taken.length = 0;
      server.requests.length = 0;
      topic.reports.length = 0;
    },
  };
}

function keep(mail: SesMail, to: string, atMs: number): TakenMail {
  const simple = mail.Content.Simple;
  const tags = Object.fromEntries((mail.EmailTags ?? []).map(({ Name, Value }) => [Name, Value]));
  return {
    id: `0102${randomUUID()}-000000`,
    to,
    from: mail.FromEmailAddress,
    subject: simple?.Subject.Data ?? "",
    html: simple?.Body.Html?.Data ?? "",
    text: simple?.Body.Text?.Data ?? "",
    headers: Object.fromEntries((simple?.Headers ?? []).map(({ Name, Value }) => [Name, Value])),
    tags,
    messageId: tags.lark_mid,
    configurationSet: mail.ConfigurationSetName,
    attachments: simple?.Attachments ?? [],
    atMs,
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

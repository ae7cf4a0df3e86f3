/** Messages of Amazon SNS: whose they are, whether they are genuine, and the confirmation of a subscription. */
import { z } from "zod";
import { jsonOrUndefined } from "../wire.ts";
import { publicKeyIn } from "./certificate.ts";

const envelope = z.object({
  Type: z.enum(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(["1", "2"]),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: z.string().nullish(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
});
export type SnsMessage = z.output<typeof envelope>;

export type SnsDeps = { readonly now: () => number; readonly fetch: typeof fetch };

/** SNS brings a message again for an hour at most (docs: sns-message-delivery-retries), always with its first moment. */
const oldestMs = 2 * 3_600_000;
const earliestMs = 5 * 60_000;
const fetchTimeoutMs = 5_000;
const maxCertificateLength = 20_000;

/**
 * A host of SNS itself: whoever could choose it could choose the key. Stricter than sns-payload-validator 2.1, which
 * takes `sns.s3-us-west-2.amazonaws.com`, the files of anybody who owns a bucket of that name.
 */
const certificateUrl =
  /^https:\/\/sns\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[a-zA-Z0-9]{32}\.pem$/;
const confirmationUrl = /^https:\/\/sns\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com(?:\.cn)?\/\?/;

/** What is signed, in this order, each as `name\nvalue\n` (docs: sns-verify-signature-of-message). */
const signedFields = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const satisfies Record<SnsMessage["Type"], readonly (keyof SnsMessage)[]>;
const hashes = { "1": "SHA-1", "2": "SHA-256" } as const;

export function readSns(rawBody: string): SnsMessage | undefined {
  return envelope.safeParse(jsonOrUndefined(rawBody)).data;
}

/** Anyone may have a topic signed by Amazon: only `topicArn` is ours. Never throws. */
export async function isSnsReport(rawBody: string, topicArn: string, deps: SnsDeps): Promise<boolean> {
  const message = readSns(rawBody);
  if (!message || !topicArn || message.TopicArn !== topicArn) return false;
  const ageMs = deps.now() - Date.parse(message.Timestamp);
  if (!(ageMs <= oldestMs && ageMs >= -earliestMs)) return false;
  const signature = bytesOf(message.Signature);
  if (!signature || !certificateUrl.test(message.SigningCertURL)) return false;
  const key = await keyFrom(message.SigningCertURL, hashes[message.SignatureVersion], deps);
  if (!key) return false;
  return crypto.subtle.verify(
    "RSASSA-PKCS1-v1_5",
    key,
    signature,
    new TextEncoder().encode(signedText(message)),
  );
}

export function signedText(message: SnsMessage): string {
  return signedFields[message.Type]
    .filter((name) => message[name] !== undefined && message[name] !== null)
    .map((name) => `${name}\n${message[name]}\n`)
    .join("");
}

/**
 * True where nothing is left to be done. Throws when Amazon does not take the confirmation: the message is then not
 * taken either, and comes again.
 */
export async function confirmSubscription(rawBody: string, deps: SnsDeps): Promise<boolean> {
  const message = readSns(rawBody);
  if (message?.Type !== "SubscriptionConfirmation") return message?.Type === "UnsubscribeConfirmation";
  const { SubscribeURL: url = "" } = message;
  if (!confirmationUrl.test(url)) return true;
  const answer = await get(url, deps);
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`SNS answered ${answer.status} to the confirmation of a subscription`);
  return true;
}

const get = (url: string, { fetch }: SnsDeps) =>
  fetch(url, { redirect: "manual", signal: AbortSignal.timeout(fetchTimeoutMs) });

// Amazon changes its certificate once a year or so; the address names it.
const keys = new Map<string, Promise<CryptoKey | undefined>>();
const maxKeys = 50;

function keyFrom(url: string, hash: "SHA-1" | "SHA-256", deps: SnsDeps): Promise<CryptoKey | undefined> {
  const name = `${hash} ${url}`;
  const known = keys.get(name);
  if (known) return known;
  const made = fetchKey(url, hash, deps).catch(() => undefined);
  if (keys.size >= maxKeys) keys.clear();
  keys.set(name, made);
  // What could not be fetched now may be there in a moment.
  made.then((key) => key ?? keys.delete(name));
  return made;
}

async function fetchKey(url: string, hash: string, deps: SnsDeps): Promise<CryptoKey | undefined> {
  const answer = await get(url, deps);
  if (answer.status !== 200) {
    await answer.body?.cancel();
    return undefined;
  }
  const pem = await answer.text();
  const spki = pem.length <= maxCertificateLength ? publicKeyIn(pem) : undefined;
  if (!spki) return undefined;
  return crypto.subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"]);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

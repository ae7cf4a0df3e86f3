/** Which far ends there are, and which of them a seed meets. */
import { shuffled, stream } from "../random.ts";
import type { FarDeps, FarEnd } from "./far-end.ts";
import { mailgunEnd } from "./mailgun.ts";
import { postmarkEnd } from "./postmark.ts";
import { resendEnd } from "./resend.ts";
import { sandboxEnd } from "./sandbox.ts";
import { sendgridEnd } from "./sendgrid.ts";
import { sendmodeEnd } from "./sendmode.ts";
import { sesEnd } from "./ses.ts";
import { smtpEnd } from "./smtp.ts";
import { twilioEnd } from "./twilio.ts";

type Around = FarDeps & {
  readonly addresses: readonly string[];
  readonly phones: readonly string[];
  /** Where what the product asks of Amazon's own hosts comes out. */
  readonly amazonUrl: string;
  /** Where the stack keeps everything. */
  readonly dataDir: string;
};

const openings: Readonly<Record<string, (around: Around) => Promise<FarEnd>>> = {
  resend: resendEnd,
  sendgrid: (around) => sendgridEnd(around, around.addresses),
  postmark: (around) => postmarkEnd(around, around.addresses),
  mailgun: (around) => mailgunEnd(around, around.addresses),
  twilio: (around) => twilioEnd(around, around.phones),
  sendmode: (around) => sendmodeEnd(around, around.phones),
  ses: (around) => sesEnd(around, around.addresses, around.amazonUrl),
  smtp: (around) => smtpEnd(around, around.addresses),
  "sandbox with keys": async ({ dataDir }) =>
    sandboxEnd("sandbox with keys", { idempotent: true, evidence: true }, dataDir),
  "sandbox that reports": async ({ dataDir }) =>
    sandboxEnd("sandbox that reports", { idempotent: false, evidence: true }, dataDir),
  "sandbox that is silent": async ({ dataDir }) =>
    sandboxEnd("sandbox that is silent", { idempotent: false, evidence: false }, dataDir),
};

export const farNames = Object.keys(openings);

/** Keys; reports without keys; neither; and, where there is room, texts. */
const always: readonly (readonly string[])[] = [
  ["resend", "sandbox with keys"],
  ["sendgrid", "postmark", "mailgun", "ses", "sandbox that reports"],
  ["smtp", "sandbox that is silent"],
  ["twilio", "sendmode"],
];

/** The first `count` of them, and what else there is in turn. */
export function farsFor(seed: number, count: number): string[] {
  const random = stream(seed, "far ends");
  const chosen = always.slice(0, count).map((among) => shuffled(among, random)[0] ?? "");
  const others = farNames.filter((name) => !chosen.includes(name));
  return [...chosen, ...shuffled(others, random).slice(0, count - chosen.length)];
}

export function openFar(name: string, around: Around): Promise<FarEnd> {
  const open = openings[name];
  if (!open) throw new Error(`no far end ${name}`);
  return open(around);
}

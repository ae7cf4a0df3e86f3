/** What `npm run demo` can be asked for. */
import { existsSync, statSync } from "node:fs";
import { parseArgs } from "node:util";

export const providers = ["sandbox", "smtp", "resend", "sendgrid"] as const;
export type ProviderName = (typeof providers)[number];

export type DemoOptions = {
  /** People in the file that is made up; ignored where a file is given. */
  readonly recipients: number;
  readonly csv: string | undefined;
  readonly provider: ProviderName;
  /** A running Larkpost to use instead of starting one. */
  readonly origin: string | undefined;
  readonly json: boolean;
};

export const usage = `Usage: npm run demo -- [--recipients N | --csv FILE] [--provider sandbox|smtp|resend|sendgrid] [--origin URL] [--json]
  --recipients N  make up a file of N people, and some rows that are wrong (default 1000)
  --csv FILE      import this file: any delimiter, UTF-8, UTF-16 or Windows-1252
  --provider P    send by the built-in sandbox (default), a real SMTP server, or a stand-in for Resend or SendGrid
  --origin URL    use the Larkpost that runs there instead of starting one
  --json          one line of JSON on standard output, progress on standard error`;

const mostRecipients = 1_000_000;

/** A text: what is wrong with the arguments. */
export function readOptions(args: readonly string[]): DemoOptions | string {
  const parsed = parse(args);
  if (typeof parsed === "string") return parsed;
  const { recipients, csv, provider, origin, json } = parsed;
  const count = Number(recipients);
  if (!Number.isInteger(count) || count < 1 || count > mostRecipients)
    return `--recipients takes a whole number from 1 to ${mostRecipients}`;
  if (csv !== undefined && !(existsSync(csv) && statSync(csv).isFile())) return `there is no file ${csv}`;
  const known = providers.find((name) => name === provider);
  if (!known) return `there is no provider ${provider}: use sandbox, smtp, resend or sendgrid`;
  if (origin !== undefined && !URL.canParse(origin))
    return `${origin} is no address such as http://127.0.0.1:8787`;
  return {
    recipients: count,
    csv,
    provider: known,
    origin: origin === undefined ? undefined : new URL(origin).origin,
    json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        recipients: { type: "string", default: "1000" },
        csv: { type: "string" },
        provider: { type: "string", default: "sandbox" },
        origin: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return (error as Error).message;
  }
}

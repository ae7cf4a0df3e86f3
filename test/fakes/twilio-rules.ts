/** What Twilio takes and what it refuses, in its own codes (docs: api/errors). */
export type TwilioText = {
  readonly to: string;
  readonly from: string | null;
  readonly service: string | undefined;
  readonly body: string;
  readonly statusCallback: string | undefined;
};
export type TwilioProblem = {
  readonly code: number;
  readonly message: string;
  readonly more_info: string;
  readonly status: number;
};
export type TwilioAccount = {
  readonly numbers: readonly string[];
  readonly services: readonly string[];
  readonly optedOut: ReadonlySet<string>;
  readonly landlines: ReadonlySet<string>;
  readonly reachesLocalhost: boolean;
};

export function problem(status: number, code: number, message: string): TwilioProblem {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
export const isProblem = (value: object): value is TwilioProblem => "more_info" in value;

const number = /^\+[1-9]\d{6,14}$/;
const refused = (code: number, message: string) => problem(400, code, message);

export function readForm(form: URLSearchParams, account: TwilioAccount): TwilioText | TwilioProblem {
  const [to, body] = [form.get("To") ?? "", form.get("Body") ?? ""];
  const [from, service] = [form.get("From"), form.get("MessagingServiceSid") ?? undefined];
  if (to === "") return refused(21604, "A 'To' phone number is required.");
  if (body === "") return refused(21602, "Message body is required.");
  if ([...body].length > 1_600)
    return refused(21617, "The concatenated message body exceeds the 1600 character limit.");
  if (!from && !service) return refused(21603, "A 'From' phone number is required.");
  if (service && !account.services.includes(service))
    return refused(21701, `The Messaging Service ${service} does not exist.`);
  const wrongSender = from ? senderProblem(from, account) : undefined;
  if (wrongSender) return wrongSender;
  if (!number.test(to)) return refused(21211, `The 'To' number ${to} is not a valid phone number.`);
  if (account.landlines.has(to)) return refused(21614, `'To' number: ${to}, is not a valid mobile number`);
  if (account.optedOut.has(to)) return refused(21610, "Attempt to send to unsubscribed recipient");
  const statusCallback = form.get("StatusCallback") ?? undefined;
  if (statusCallback && !isReachable(statusCallback, account))
    return refused(21609, `The StatusCallback URL ${statusCallback} is not a valid URL.`);
  return { to, from, service, body, statusCallback };
}

function senderProblem(from: string, account: TwilioAccount): TwilioProblem | undefined {
  if (number.test(from))
    return account.numbers.includes(from)
      ? undefined
      : refused(21659, `${from} is not a Twilio phone number or Short Code country mismatch`);
  const isName = /^(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}$/.test(from);
  return isName || /^\d{5,6}$/.test(from)
    ? undefined
    : refused(
        21212,
        `The 'From' number ${from} is not a valid phone number, shortcode, or alphanumeric sender ID.`,
      );
}

function isReachable(url: string, { reachesLocalhost }: TwilioAccount): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (!/^https?:$/.test(protocol)) return false;
  return reachesLocalhost || !/^(?:localhost|127\.|\[::1\])/.test(hostname);
}

/**
 * Sendmode's three interfaces, played over HTTP as far as they are documented or evidenced (docs/providers.md): keys,
 * credits, opt-outs, registered senders, delivery reports and replies by GET. It keeps its own log of what it took.
 */
import { randomUUID } from "node:crypto";
import { type Fault, farEndServer, type Reply, type Request, withFault } from "./far-end-faults.ts";
import { sendmodeHooks } from "./sendmode-webhooks.ts";

export type TakenText = {
  readonly id: string;
  readonly generation: "engage-3" | "rest-2" | "http";
  /** As it was written: with a plus in the newest generation only. */
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly customerId: string | undefined;
};
export type SendmodeFake = Awaited<ReturnType<typeof startSendmode>>;

export const sendmodeAccount = {
  key: "live_0f8c1c1e-0000-4000-8000-000000000001",
  user: "shop",
  password: "pa&ss",
};

type Verdict = { readonly id: string } | { readonly wrong: string };

export async function startSendmode() {
  const credentials = { isValid: true };
  const account = {
    credits: 1_000,
    senders: ["Acme", "AcmeShoesLtd", "+353861000000", "Repliable"],
    optedOut: new Set<string>(),
    /** Numbers it knows to be no mobiles. */
    refused: new Set<string>(),
  };
  const taken: TakenText[] = [];
  const faults: Fault[] = [];

  function take(text: Omit<TakenText, "id">): Verdict {
    const number = text.to.replace(/^\+/, "");
    if (text.text === "") return { wrong: "Message is required" };
    if (!account.senders.includes(text.from)) return { wrong: "Sender ID not authorised" };
    if (!/^[1-9]\d{9,14}$/.test(number) || account.refused.has(number))
      return { wrong: "Invalid mobile number" };
    if (account.optedOut.has(number)) return { wrong: "Recipient has opted out" };
    if (account.credits <= 0) return { wrong: "Insufficient credits" };
    account.credits--;
    const kept = { ...text, id: randomUUID() };
    taken.push(kept);
    return { id: kept.id };
  }

  function engage3(body: Buffer): Reply {
    const given = jsonOf(body.toString()) as Record<string, string | undefined> | undefined;
    if (!given?.mobile_number)
      return { status: 400, body: { is_successful: false, error_message: "mobile_number is required" } };
    const done = take({
      generation: "engage-3",
      to: given.mobile_number,
      from: given.sender_id ?? "",
      text: given.message ?? "",
      customerId: given.customer_id,
    });
    return "id" in done
      ? {
          status: 200,
          body: { is_successful: true, request_id: done.id, accept_date: "2026-11-02T10:00:00Z" },
        }
      : { status: 400, body: { is_successful: false, error_message: done.wrong } };
  }

  function rest2(body: Buffer): Reply {
    const message = new URLSearchParams(body.toString()).get("message") ?? "";
    const given = jsonOf(message) as
      | { messagetext?: string; recipients?: string[]; senderid?: string; customerid?: string }
      | undefined;
    const done = take({
      generation: "rest-2",
      to: given?.recipients?.[0] ?? "",
      from: given?.senderid ?? "",
      text: given?.messagetext ?? "",
      customerId: given?.customerid,
    });
    return "id" in done
      ? { status: 200, body: { status: "OK", statusCode: 0, eventId: done.id } }
      : { status: 200, body: { status: "ERROR", statusCode: 1, error: done.wrong } };
  }

  function http(body: Buffer): Reply {
    const form = new URLSearchParams(body.toString());
    const isKnown =
      form.get("username") === sendmodeAccount.user && form.get("password") === sendmodeAccount.password;
    if (!isKnown || !credentials.isValid) return xml("", "Invalid username or password");
    if (form.get("Type") === "credits") return xml(`<data><credits>${account.credits}</credits></data>`, "");
    const done = take({
      generation: "http",
      to: form.get("numto") ?? "",
      from: form.get("senderid") ?? "",
      text: form.get("data1") ?? "",
      customerId: form.get("customerid") ?? undefined,
    });
    return "id" in done
      ? xml(`<send_info><eventid>${done.id}</eventid></send_info>`, "")
      : xml("", done.wrong.replace(/&/g, "&amp;"));
  }

  const carryOut: Readonly<Record<string, (body: Buffer) => Reply>> = {
    "/3.0/send": engage3,
    "/v2/send": rest2,
    "/httppost.aspx": http,
  };

  const server = await farEndServer(async ({ method, path, query, headers, body }: Request, response) => {
    const isKeyed = path !== "/httppost.aspx";
    const key = path === "/v2/credits" ? query.get("access_key") : headers.authorization;
    // The key as it is: with "Bearer" before it, it is another one.
    if (isKeyed && (key !== sendmodeAccount.key || !credentials.isValid))
      return {
        status: 401,
        body: { is_successful: false, error_message: "Unauthorized", status: "Unauthorized" },
      };
    if (method === "GET" && path === "/v2/credits")
      return { status: 200, body: { balance: account.credits } };
    const run = carryOut[path];
    if (!run || method !== "POST") return { status: 404, body: "Not found" };
    return withFault(faults.shift(), response, async () => run(body), {
      slowDown: { is_successful: false, error_message: "Too many requests" },
      broken: { is_successful: false, error_message: "Internal error" },
    });
  });

  return {
    ...server,
    credentials,
    account,
    taken,
    faults,
    hooks: sendmodeHooks(account),
    forget() {
      taken.length = 0;
      server.requests.length = 0;
    },
  };
}

function xml(data: string, error: string): Reply {
  const result = error === "" ? "True" : "False";
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<api_result>${data}<call_result><result>${result}</result><error>${error}</error></call_result></api_result>`,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How each generation of Sendmode's interface is asked, and what its answers say. */
import type { OutgoingSms } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import type { Connection } from "../connection.ts";
import { type HttpAnswer, withoutSlash } from "../http.ts";
import { jsonOrUndefined } from "../wire.ts";
import { accepted, byStatus, byWords, unreadable } from "./answer.ts";

export type Answered = Extract<HttpAnswer, { kind: "answered" }>;
export type Request = { readonly url: string; readonly init: RequestInit };

export type Generation = {
  sending(text: OutgoingSms): Request;
  read(answer: Answered, text: OutgoingSms, nowMs: number): Part;
  /** A question that sends nothing to anyone, and why its answer proves the account wrong. */
  proving(): Request;
  disproof(answer: Answered): string | undefined;
};

export function generationOf(connection: Connection): Generation {
  switch (connection.settings.generation) {
    case "rest-2":
      return rest2(connection);
    case "http":
      return http(connection);
    default:
      return engage3(connection);
  }
}

const baseOf = ({ settings }: Connection, own: string) => withoutSlash(settings.base_url || own);
const senderOf = ({ settings }: Connection, text: OutgoingSms) =>
  text.from || String(settings.sender_id ?? "");
/** Header values cannot be just any text; what is no key is refused by Sendmode itself. */
const keyOf = ({ secrets }: Connection) =>
  /^[\x21-\x7e]+$/.test(secrets.api_key ?? "") ? (secrets.api_key ?? "") : "none";
const digits = (phone: string) => phone.replace(/^\+/, "");
const objectIn = (answer: Answered) =>
  (jsonOrUndefined(answer.text) ?? {}) as Readonly<Record<string, unknown>>;
const words = (...given: unknown[]) =>
  given.find((one) => typeof one === "string" && one !== "")?.toString() ?? "";
const idIn = (...given: unknown[]) => {
  const found = given.find((one) => (typeof one === "string" && one !== "") || typeof one === "number");
  return found === undefined ? undefined : String(found).slice(0, 120);
};

/** REST 3.0: JSON, the key as it is in the header, one number a call so that each has an answer of its own. */
function engage3(connection: Connection): Generation {
  const url = `${baseOf(connection, "https://sms-rest.sendmode.dev")}/3.0/send`;
  const headers = {
    authorization: keyOf(connection),
    "content-type": "application/json",
    accept: "application/json",
  };
  const post = (body: object): Request => ({
    url,
    init: { method: "POST", headers, body: JSON.stringify(body) },
  });
  return {
    sending: (text) =>
      post({
        sender_id: senderOf(connection, text),
        message: text.text,
        mobile_number: text.to,
        customer_id: text.messageId,
      }),
    read(answer, text, nowMs) {
      const said = objectIn(answer);
      const reason = words(said.error_message, said.message, said.error);
      if (answer.status < 200 || answer.status > 299) return byStatus(answer, reason, nowMs);
      if (said.is_successful === true)
        return accepted(idIn(said.request_id, said.accept_date) ?? text.messageId);
      return said.is_successful === false ? byWords(reason) : unreadable;
    },
    // No address only asks: an empty message cannot be sent to anyone, and a wrong key is refused before it is read.
    proving: () => post({}),
    disproof(answer) {
      if (answer.status === 400 || answer.status === 422) return undefined;
      const said = objectIn(answer);
      if (answer.status === 200 && said.is_successful === false)
        return accountWords(words(said.error_message));
      return `Sendmode answered ${answer.status} ${words(said.error_message, said.message)}`
        .trim()
        .slice(0, 300);
    },
  };
}

const accountWords = (reason: string) =>
  byWords(reason).kind === "refused" ? reason.slice(0, 300) : undefined;

/** REST 2: a form with one field, which holds JSON. */
function rest2(connection: Connection): Generation {
  const base = baseOf(connection, "https://rest.sendmode.com");
  const headers = { authorization: keyOf(connection), accept: "application/json" };
  const isFine = (said: Readonly<Record<string, unknown>>) =>
    said.statusCode === 0 || said.statusCode === "0";
  return {
    sending(text) {
      const message = {
        messagetext: text.text,
        senderid: senderOf(connection, text),
        recipients: [digits(text.to)],
        customerid: text.messageId,
      };
      const body = new URLSearchParams({ message: JSON.stringify(message) });
      return { url: `${base}/v2/send`, init: { method: "POST", headers, body } };
    },
    read(answer, text, nowMs) {
      const said = objectIn(answer);
      const reason = words(said.error, said.status);
      if (answer.status < 200 || answer.status > 299) return byStatus(answer, reason, nowMs);
      if (isFine(said)) return accepted(idIn(said.eventId, said.EventID, said.messageId) ?? text.messageId);
      return said.statusCode === undefined && reason === "" ? unreadable : byWords(reason);
    },
    proving: () => ({
      url: `${base}/v2/credits?access_key=${encodeURIComponent(connection.secrets.api_key ?? "")}`,
      init: { headers },
    }),
    disproof(answer) {
      const said = objectIn(answer);
      if (answer.status === 200 && idIn(said.balance, said.credits) !== undefined) return undefined;
      return `Sendmode answered ${answer.status} ${words(said.error, said.status)}`.trim().slice(0, 300);
    },
  };
}

/** The oldest: a form with user name and password, answered in XML. */
function http(connection: Connection): Generation {
  const url = `${baseOf(connection, "https://api.sendmode.com")}/httppost.aspx`;
  const account = {
    username: String(connection.settings.username ?? ""),
    password: connection.secrets.password ?? "",
  };
  const post = (fields: Record<string, string>): Request => ({
    url,
    init: { method: "POST", body: new URLSearchParams({ ...fields, ...account }) },
  });
  const isFine = (answer: Answered) => element(answer.text, "result").toLowerCase() === "true";
  return {
    sending: (text) =>
      post({
        Type: "sendparam",
        numto: digits(text.to),
        data1: text.text,
        senderid: senderOf(connection, text),
        customerid: text.messageId,
      }),
    read(answer, text, nowMs) {
      const reason = element(answer.text, "error");
      if (answer.status < 200 || answer.status > 299) return byStatus(answer, reason, nowMs);
      if (isFine(answer)) return accepted(idIn(element(answer.text, "eventid")) ?? text.messageId);
      return /<result>/i.test(answer.text) ? byWords(reason) : unreadable;
    },
    proving: () => post({ Type: "credits" }),
    disproof(answer) {
      if (answer.status === 200 && isFine(answer)) return undefined;
      return `Sendmode answered ${answer.status} ${element(answer.text, "error")}`.trim().slice(0, 300);
    },
  };
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** The text of the first element of this name; the answers are flat and carry no attributes. */
function element(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`, "i").exec(xml)?.[1] ?? "";
  return found.replace(/&(lt|gt|quot|apos|amp);/g, (_all, entity: string) => entities[entity] ?? "").trim();
}

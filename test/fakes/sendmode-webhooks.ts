/** Sendmode's callbacks: by GET with everything in the query, as documented; repeated until the answer says `True`. */
import type { TakenText } from "./sendmode.ts";

type Noted = {
  readonly url: string;
  readonly init: RequestInit;
  attempts: number;
  /** The text of the last answer. */
  answer: string | undefined;
};

export function sendmodeHooks(account: { readonly optedOut: Set<string> }) {
  const reports: Noted[] = [];

  function note(url: string, fields: Readonly<Record<string, string>>, as: "query" | "form" | "json") {
    const address = new URL(url);
    if (as === "query")
      for (const [name, value] of Object.entries(fields)) address.searchParams.set(name, value);
    const init: RequestInit =
      as === "query"
        ? { method: "GET" }
        : as === "form"
          ? { method: "POST", body: new URLSearchParams(fields) }
          : { method: "POST", body: JSON.stringify(fields), headers: { "content-type": "application/json" } };
    const noted: Noted = { url: address.toString(), init, attempts: 0, answer: undefined };
    reports.push(noted);
    return noted;
  }

  async function post(report: Noted): Promise<void> {
    report.attempts++;
    const answer = await fetch(report.url, report.init).catch(() => undefined);
    report.answer = answer && (await answer.text());
  }

  return {
    reports,
    /** A delivery report; `as` json in the names the newest generation uses. */
    status(url: string, text: TakenText, status: string, as: "query" | "form" | "json" = "query") {
      const phone = text.to.replace(/^\+/, "");
      const customerId = text.customerId ?? "";
      const fields: Record<string, string> =
        as === "json"
          ? { request_id: text.id, mobile_number: `+${phone}`, status, customer_id: customerId }
          : { EventID: text.id, Phonenumber: phone, DataType: "SMS", Status: status, CustomerID: customerId };
      return note(url, fields, as);
    },
    incoming(
      url: string,
      from: string,
      to: string,
      command: string,
      as: "query" | "form" | "json" = "query",
    ) {
      const number = from.replace(/^\+/, "");
      if (/^stop$/i.test(command.trim())) account.optedOut.add(number);
      return note(url, { mobilenumber: number, command, sentto: to }, as);
    },
    async deliver(options: { order?: "noted" | "reversed"; times?: number } = {}): Promise<void> {
      const waiting = reports.filter((r) => !r.answer?.includes("True"));
      if (options.order === "reversed") waiting.reverse();
      for (const report of waiting) for (let i = 0; i < (options.times ?? 1); i++) await post(report);
    },
  };
}

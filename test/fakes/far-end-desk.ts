/** Reports a provider has noted and not yet brought: any order, some of them often, repeated until they are taken. */
export type Noted = {
  readonly url: string;
  readonly body: string;
  /** Made anew for every attempt: moments and nonces may differ. */
  readonly headers: () => Record<string, string>;
  attempts: number;
  status: number | undefined;
};

export function reportDesk(isTaken: (status: number) => boolean) {
  const reports: Noted[] = [];
  async function post(report: Noted): Promise<void> {
    report.attempts++;
    // Credentials in an address travel as a header; fetch refuses them in the address itself.
    const address = new URL(report.url);
    const { username, password } = address;
    address.username = "";
    address.password = "";
    const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    const headers = {
      "content-type": "application/json",
      ...(username ? { authorization: `Basic ${basic.toString("base64")}` } : {}),
      ...report.headers(),
    };
    const answer = await fetch(address, { method: "POST", headers, body: report.body }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    report.status = answer?.status;
  }
  return {
    reports,
    note(url: string, body: string, headers: Noted["headers"] = () => ({})): Noted {
      const noted: Noted = { url, body, headers, attempts: 0, status: undefined };
      reports.push(noted);
      return noted;
    },
    /** Posts what was noted and not yet taken. */
    async deliver(options: { order?: "noted" | "reversed"; times?: number } = {}): Promise<void> {
      const waiting = reports.filter((r) => r.status === undefined || !isTaken(r.status));
      if (options.order === "reversed") waiting.reverse();
      for (const report of waiting) for (let i = 0; i < (options.times ?? 1); i++) await post(report);
    },
  };
}

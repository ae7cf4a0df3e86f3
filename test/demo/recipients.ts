/** People who got mail from elsewhere than the sandbox: they read, click and leave by the same rules, only at once. */
import { limitConcurrency } from "#db/concurrency";
import { touchable } from "#domain/sending/sandbox-links";
import { type Act, actsOf, personOf, proxyOf } from "#domain/sending/sandbox-plot";

export type Arrived = {
  readonly recipient: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type Deeds = { opened: number; clicked: number; unsubscribed: number };

const atOnce = 8;

export async function actAll(origin: string, mails: readonly Arrived[]): Promise<Deeds> {
  const deeds: Deeds = { opened: 0, clicked: 0, unsubscribed: 0 };
  const inTurn = limitConcurrency(atOnce);
  await Promise.all(
    mails.map((mail) =>
      inTurn(async () => {
        for (const act of actsOf(mail.recipient)) await carryOut(origin, mail, act, deeds);
      }),
    ),
  );
  return deeds;
}

async function carryOut(origin: string, mail: Arrived, act: Act, deeds: Deeds): Promise<void> {
  const can = touchable(mail, origin);
  const url = { opened: can.pixel, clicked: can.link, unsubscribed: can.unsubscribe }[
    act.happening as keyof Deeds
  ];
  if (!url) return;
  const { ip, userAgent } = act.machine ? proxyOf(mail.recipient) : personOf(mail.recipient);
  const isGoodbye = act.happening === "unsubscribed";
  const answer = await fetch(url, {
    method: isGoodbye ? "POST" : "GET",
    redirect: "manual",
    headers: {
      "user-agent": userAgent,
      "cf-connecting-ip": ip,
      ...(isGoodbye ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    },
    ...(isGoodbye ? { body: "List-Unsubscribe=One-Click" } : {}),
  });
  await answer.body?.cancel();
  if (answer.status >= 400) throw new Error(`${act.happening}: ${url} answered ${answer.status}`);
  if (!act.machine) deeds[act.happening as keyof Deeds]++;
}

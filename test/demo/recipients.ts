/** People who got mail from elsewhere than the sandbox: they read, click and leave by the same rules, only at once. */
import { setTimeout as delay } from "node:timers/promises";
import { limitConcurrency } from "#db/concurrency";
import { touchable } from "#domain/sending/sandbox-links";
import { type Act, actsOf, personOf, proxyOf } from "#domain/sending/sandbox-plot";
import { tooSoonMs } from "#domain/tracking/rules";

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
  // Whoever follows a link faster than people can is taken for a machine, and rightly so.
  const readable = delay(tooSoonMs + 100);
  await Promise.all(
    mails.map((mail) =>
      inTurn(async () => {
        for (const act of actsOf(mail.recipient)) {
          if (act.happening === "clicked") await readable;
          await carryOut(origin, mail, act, deeds);
        }
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

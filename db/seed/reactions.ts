/** What becomes of one mail after the provider took it, told as the reports that would have come. */
import type { MessageState } from "#domain/sending/ledger";
import { classify } from "#domain/tracking/classify";
import type { EventKind } from "#domain/tracking/event";
import { hourMs, later, minuteMs } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import type { Person } from "./person.ts";
import { emailProgram, linkScanner, privacyProxy, testAddress } from "./visitors.ts";

export type Happening = {
  readonly kind: EventKind;
  readonly at: Date;
  readonly machine: boolean;
  readonly linkPosition: number | null;
  readonly detail: string;
  readonly data: Record<string, string | number | null>;
};
export type Reaction = { readonly state: MessageState; readonly happenings: readonly Happening[] };

export type Mail = {
  readonly acceptedAt: Date;
  /** Nothing is told that has not happened yet. */
  readonly now: Date;
  /** How many tracked links it has. */
  readonly links: number;
  /** How well it reads: multiplies everybody's liveliness. */
  readonly appeal: number;
};

const hard = [
  "550 5.1.1 The mailbox you tried to reach does not exist",
  "550 5.1.10 Recipient not found",
  "550 5.2.1 The mailbox is disabled and takes no mail",
] as const;
const soft = [
  "552 5.2.2 The mailbox is full",
  "550 5.7.1 Message refused by the recipient's policy",
] as const;

export function reactionOf(chance: Chance, person: Person, mail: Mail): Reaction {
  const { acceptedAt, now } = mail;
  const told: Happening[] = [];
  const tell = (kind: EventKind, at: Date, detail = "", data: Happening["data"] = {}) =>
    told.push({ kind, at, machine: false, linkPosition: null, detail, data });
  const state = (): MessageState => {
    const draw = chance.unit();
    // Once in a while a provider never says what became of a mail.
    if (draw < 0.001) return "accepted";
    if (draw < 0.009) {
      tell("bounced", later(acceptedAt, chance.between(300, 9_000)), chance.pick(hard), { bounce: "hard" });
      return "bounced";
    }
    if (draw < 0.014) {
      tell("bounced", later(acceptedAt, chance.wait(40 * minuteMs)), chance.pick(soft), { bounce: "soft" });
      return "bounced";
    }
    const isGreylisted = chance.happens(0.012);
    if (isGreylisted)
      tell(
        "deferred",
        later(acceptedAt, chance.between(400, 2_000)),
        "451 4.7.1 Greylisted, try again later",
      );
    const deliveredAt = later(acceptedAt, (isGreylisted ? 5 * minuteMs : 400) + chance.wait(9_000));
    tell("delivered", deliveredAt);
    machines(chance, person, mail, deliveredAt, told);
    return reads(chance, person, mail, deliveredAt, told) ? "complained" : "delivered";
  };
  const reached = state();
  const happenings = told.filter((happening) => happening.at < now);
  happenings.sort((a, b) => a.at.getTime() - b.at.getTime());
  const decided = happenings.some((h) => h.kind === reached);
  if (decided) return { state: reached, happenings };
  // Not reported yet: the newest report that has come decides.
  const isDelivered = happenings.some((h) => h.kind === "delivered");
  return { state: isDelivered ? "delivered" : "accepted", happenings };
}

type Visit = { readonly userAgent: string; readonly ip: string };

function visit(
  kind: "opened" | "clicked",
  at: Date,
  mail: Mail,
  by: Visit,
  linkPosition: number | null = null,
): Happening {
  const { machine, reasons } = classify({
    event: kind,
    userAgent: by.userAgent,
    method: "GET",
    atMs: at.getTime(),
    acceptedAtMs: mail.acceptedAt.getTime(),
  });
  const data: Happening["data"] = { ip: by.ip, user_agent: by.userAgent };
  if (reasons.length > 0) data.machine = reasons.join(" ");
  return { kind, at, machine, linkPosition, detail: "", data };
}

function machines(chance: Chance, person: Person, mail: Mail, deliveredAt: Date, told: Happening[]): void {
  if (person.usesPrivacyProxy) {
    const at = later(deliveredAt, 1_000 + chance.wait(25 * minuteMs));
    told.push(visit("opened", at, mail, privacyProxy(chance)));
  }
  if (!person.isBehindScanner) return;
  const scanner = linkScanner(chance);
  for (let position = 0; position < mail.links; position++) {
    const at = later(deliveredAt, 600 + position * chance.between(80, 300));
    told.push(visit("clicked", at, mail, scanner, position));
  }
}

/** True when the person complained in the end. */
function reads(chance: Chance, person: Person, mail: Mail, deliveredAt: Date, told: Happening[]): boolean {
  if (!chance.happens(Math.min(0.97, person.liveliness * mail.appeal))) return false;
  const by: Visit = { userAgent: emailProgram(chance), ip: testAddress(chance) };
  let at = awake(chance, person.timeZone, later(deliveredAt, 20_000 + chance.wait(7 * hourMs)));
  told.push(visit("opened", at, mail, by));
  while (chance.happens(0.2)) {
    const again = awake(chance, person.timeZone, later(at, minuteMs + chance.wait(20 * hourMs)));
    told.push(visit("opened", again, mail, by));
  }
  if (mail.links > 0 && chance.happens(0.19)) {
    for (let clicks = chance.happens(0.25) ? 2 : 1; clicks > 0; clicks--) {
      at = later(at, chance.between(4_000, 150_000));
      // The first link is the shop's name; what follows it is clicked less the further down it stands.
      const below = 1 + Math.floor(chance.wait(1.1));
      const position = chance.happens(0.08) ? 0 : Math.min(mail.links - 1, below);
      told.push(visit("clicked", at, mail, by, position));
    }
  }
  const goodbye = { at: later(at, chance.between(8_000, 90_000)), machine: false, linkPosition: null };
  if (chance.happens(0.009)) {
    const data = { ip: by.ip, user_agent: by.userAgent };
    told.push({ ...goodbye, kind: "unsubscribed", detail: "", data });
  } else if (chance.happens(0.002)) {
    told.push({ ...goodbye, kind: "complained", detail: "abuse", data: {} });
    return true;
  }
  return false;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function hourIn(timeZone: string, at: Date): number {
  const known = clocks.get(timeZone);
  const clock = known ?? new Intl.DateTimeFormat("en-GB", { hour: "numeric", hourCycle: "h23", timeZone });
  if (!known) clocks.set(timeZone, clock);
  return Number(clock.format(at));
}

/** Who is asleep reads it over breakfast. */
function awake(chance: Chance, timeZone: string, at: Date): Date {
  const hour = hourIn(timeZone, at);
  return hour < 6 ? later(at, (6 - hour) * hourMs + chance.unit() * 2.5 * hourMs) : at;
}

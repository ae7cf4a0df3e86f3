/** Templates to begin from: our own, to be rewritten by whoever takes them. */
import type { Content } from "./queries.ts";
import { bodies } from "./starters/bodies.ts";
import { layout } from "./starters/layout.ts";

export type Starter = Content & {
  readonly key: string;
  readonly name: string;
  /** When to take it. */
  readonly use: string;
};

const defaults = { first_name: "there" };

function starter(
  key: keyof typeof bodies,
  name: string,
  use: string,
  subject: string,
  preheader: string,
): Starter {
  return { key, name, use, subject, preheader, html: layout(name, bodies[key]), text: "", defaults };
}

export const starters: readonly Starter[] = [
  starter(
    "letter",
    "Plain letter",
    "One person writes to another",
    "A word from {{ tenant_name }}",
    "One thing, in a few lines.",
  ),
  starter(
    "announcement",
    "Announcement",
    "One piece of news and one button",
    "New: say it in a few words",
    "What is new and what it does for you.",
  ),
  starter(
    "digest",
    "Digest",
    "Several short pieces, once a week",
    "This week at {{ tenant_name }}",
    "Three things worth your time.",
  ),
  starter(
    "welcome",
    "Welcome",
    "The first letter after signing up",
    "Welcome, {{ first_name }}",
    "Three ways to begin.",
  ),
  starter(
    "offer",
    "Offer",
    "A code, a deadline and a button",
    "A quarter off, until Sunday",
    "You get it first: 25% off everything.",
  ),
];

/** An empty page is a starter too. */
export const blank: Content = {
  subject: "",
  preheader: "",
  html: "<p>Hello {{ first_name }},</p>\n",
  text: "",
  defaults,
};

export const textMessage: Content = {
  channel: "sms",
  subject: "",
  preheader: "",
  html: "",
  text: "Hi {{ first_name }}, ",
  defaults,
};

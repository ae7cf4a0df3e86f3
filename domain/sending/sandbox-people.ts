/**
 * How the sandbox's people behave, whichever way they are written to. Numbers decide by their last three digits, as
 * e-mail addresses do by their words (docs/providers.md lists the rules).
 */
import { channelOf } from "../contact/consent.ts";
import {
  type Act,
  actsOf as actsOfReader,
  draw,
  type Plot as MailPlot,
  plotOf as plotOfReader,
  type Reception,
  receptionOf as receptionOfReader,
} from "./sandbox-plot.ts";

export const textPlots = ["receives", "unreachable", "stops", "starts", "asks", "pleads", "answers"] as const;
export type TextPlot = (typeof textPlots)[number];
export type Plot = MailPlot | TextPlot;

const named: Readonly<Record<string, TextPlot>> = {
  "993": "unreachable",
  "994": "stops",
  "995": "starts",
  "996": "asks",
  "997": "pleads",
  "998": "answers",
};
const refusing = "991";
const deferring = "992";
const optedOut = "999";

/** Shares in thousandths of all other numbers. */
const shares: readonly (readonly [TextPlot, number])[] = [
  ["unreachable", 20],
  ["answers", 30],
  ["stops", 7],
];

/** What somebody of this plot writes back; undefined where nothing. */
export const wordsOf: Readonly<Partial<Record<Plot, string>>> = {
  stops: "STOP",
  starts: "START",
  asks: "HELP",
  pleads: "please stop texting me",
  answers: "Thanks, see you there!",
};

export function receptionOf(address: string): Reception | "opted_out" {
  if (channelOf(address) === "email") return receptionOfReader(address);
  const last = address.slice(-3);
  if (last === optedOut) return "opted_out";
  return last === refusing ? "refuses" : last === deferring ? "defers" : "takes";
}

export function plotOf(address: string): Plot {
  if (channelOf(address) === "email") return plotOfReader(address);
  const wish = named[address.slice(-3)];
  if (wish) return wish;
  let drawn = draw(address, "text-plot", 1_000);
  for (const [plot, share] of shares) {
    if (drawn < share) return plot;
    drawn -= share;
  }
  return "receives";
}

export function actsOf(address: string): readonly Act[] {
  if (channelOf(address) === "email") return actsOfReader(address);
  const plot = plotOf(address);
  const firstMs = 200 + draw(address, "arrives", 1_300);
  const act = (happening: Act["happening"], afterMs: number): Act => ({ happening, afterMs, machine: false });
  if (plot === "unreachable") return [act("bounced", firstMs)];
  const delivered = act("delivered", firstMs);
  if (!wordsOf[plot]) return [delivered];
  return [delivered, act("replied", firstMs + 800 + draw(address, "writes", 3_000))];
}

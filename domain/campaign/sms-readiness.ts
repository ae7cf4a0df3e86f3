/** What stands between a campaign of text messages and its launch. */
import type { Forecast } from "../sms/forecast.ts";
import { type Check, error, okay, warning } from "./readiness.ts";

export type SmsFacts = {
  readonly connections: readonly { readonly name: string }[];
  /** How each connection would name the sender, or what is wrong with that in words. */
  readonly senders: readonly {
    readonly connection: string;
    readonly shown: string;
    readonly problem: string;
  }[];
  readonly template: { readonly name: string } | undefined;
  readonly audience: { readonly chosen: boolean; readonly toSend: number | undefined };
  readonly contentErrors: readonly string[];
  readonly contentWarnings: readonly string[];
  readonly optOut: { readonly by: "keyword" | "link"; readonly line: string };
  readonly forecast: Forecast | undefined;
};

export function checkSmsReadiness(facts: SmsFacts): Check[] {
  const people = facts.audience.toSend;
  const refused = facts.senders.filter((sender) => sender.problem !== "");
  const [connection] = facts.connections;
  return [
    connection
      ? okay("connection", `Goes out by ${facts.connections.map((one) => one.name).join(", ")}`)
      : error("connection", "Choose a connection for text messages."),
    refused.length > 0
      ? error("sender", refused.map((one) => `${one.connection}: ${one.problem}.`).join(" "))
      : connection
        ? okay("sender", `From ${[...new Set(facts.senders.map((one) => one.shown))].join(" or ")}`)
        : error("sender", "The sender depends on the connection."),
    facts.template ? okay("template", facts.template.name) : error("template", "Choose a text message."),
    !facts.audience.chosen
      ? error("audience", "Choose who receives it.")
      : people === 0
        ? error("audience", "Nobody in this audience has a number and agreed to text messages.")
        : okay("audience", people === undefined ? "Chosen" : `${people} people`),
    facts.contentErrors.length > 0
      ? error("content", facts.contentErrors.join(" "))
      : facts.contentWarnings.length > 0
        ? warning("content", facts.contentWarnings.join(" "))
        : okay("content", "No problems found"),
    facts.optOut.by === "link"
      ? okay(
          "opt_out",
          `The sender cannot be answered: every message says how to leave by a link (${facts.optOut.line})`,
        )
      : okay("opt_out", `Every message says how to leave by a reply (${facts.optOut.line})`),
    ...costCheck(facts.forecast),
  ];
}

function costCheck(forecast: Forecast | undefined): Check[] {
  if (!forecast) return [];
  const { segments_per_person: each, segments_expected: all, segments_at_most: most } = forecast;
  const size = `${each} ${each === 1 ? "segment" : "segments"} each at most, ${all === most ? all : `${all} to ${most}`} in all`;
  if (forecast.cost_at_most === null)
    return [warning("cost", `${size}. Set a price per segment with the connection to see what it costs.`)];
  const { cost_expected: low, cost_at_most: high, currency } = forecast;
  return [okay("cost", `${size}: ${low === high ? low : `${low} to ${high}`} ${currency}`)];
}

/** How a connection is doing, in words. */
import type { Tone } from "#lib/ui/Pill.svelte";
import type { Connection, ConnectionHealth } from "./queries.ts";

export const stateWords: Readonly<
  Record<ConnectionHealth["state"], { label: string; tone: Tone; text: string }>
> = {
  healthy: { label: "Healthy", tone: "ok", text: "" },
  resting: {
    label: "Resting",
    tone: "warn",
    text: "It had trouble lately. The other connections take over; it is tried again with a few messages",
  },
  on_trial: {
    label: "On trial",
    tone: "warn",
    text: "It had trouble lately. A few messages try it; if they go well it has its full share again",
  },
  slowed_down: { label: "Slowed down", tone: "warn", text: "The provider asked to wait. It goes on" },
  quota_spent: { label: "Quota spent", tone: "warn", text: "The provider's quota is spent. It returns" },
  refused: {
    label: "Needs attention",
    tone: "bad",
    text: "The provider refuses credentials, sender or account. It is out of every campaign until you verify it again",
  },
};

export const mailboxWords: Readonly<Record<ConnectionHealth["slowed"][number]["mailboxes"], string>> = {
  gmail: "Gmail",
  outlook: "Outlook and Hotmail",
  yahoo: "Yahoo and AOL",
  apple: "iCloud",
  other: "Other mailboxes",
};

export const troubleWords: Readonly<Record<string, string>> = {
  rate_limited: "Too fast",
  quota_spent: "Quota spent",
  unavailable: "Not reachable",
  rejected: "Refused",
};

/** The connections a campaign without a choice goes out by; the same rule as domain/sending/route.ts. */
function routeOf(all: readonly Connection[], channel: Connection["channel"]): Connection[] {
  const first = all.find((one) => one.channel === channel && one.is_default);
  if (!first) return [];
  const isSandbox = first.kind === "sandbox";
  return all.filter(
    (one) =>
      one.channel === channel &&
      (one.id === first.id ||
        ((one.kind === "sandbox") === isSandbox && (isSandbox || one.verified_at) && !one.last_error)),
  );
}

export const isShared = (all: readonly Connection[], channel: Connection["channel"]) =>
  routeOf(all, channel).length > 1;

/**
 * The share of a connection among those a campaign without a choice goes out by, in words; undefined where it has no
 * part in it.
 */
export function shareWords(connection: Connection, all: readonly Connection[]): string | undefined {
  const route = routeOf(all, connection.channel);
  if (!route.includes(connection)) return undefined;
  if (route.length === 1) return "takes all messages";
  const total = route.reduce((sum, one) => sum + one.weight, 0);
  if (connection.weight === 0) return total === 0 ? "shares evenly" : "stands by";
  return `takes ${Math.round((connection.weight / total) * 100)}% of the messages`;
}

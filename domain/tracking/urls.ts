/** The addresses one recipient of one message gets; all of them are made from the message's tokens. */
import { isId, type RunId, type TenantId } from "../ids.ts";
import { decoyPosition } from "./rules.ts";
import { type MessageTokens, tokenLength } from "./token.ts";

export type RecipientUrls = {
  readonly unsubscribe: string;
  readonly preferences: string;
  readonly view: string;
  readonly open: string;
  /** A link's position follows directly. */
  readonly click: string;
  /** RFC 2919: a name in the domain of this deployment. */
  readonly listId: string;
};

/** Stands in a click's address where no run is named; the ledger is asked then. */
const unnamedRun = "-";

/**
 * `origin` without a slash at its end, as `https://mail.example.com`. A click's address names the run whose frozen
 * links it leads to, so that no database is asked on the way. The name needs no proof: with another run's in its place
 * it leads to another frozen link of the same tenant, or nowhere.
 */
export function recipientUrls(
  origin: string,
  tenantId: TenantId,
  tokens: MessageTokens,
  runId?: RunId,
): RecipientUrls {
  const base = `${origin}/t`;
  return {
    unsubscribe: `${base}/u/${tokens.consent}`,
    preferences: `${base}/p/${tokens.consent}`,
    view: `${base}/v/${tokens.view}`,
    open: `${base}/o/${tokens.track}`,
    click: `${base}/c/${runId ? runId.slice(4) : unnamedRun}/${tokens.track}`,
    listId: `${tenantId.replace("_", "-")}.${hostOf(origin)}`,
  };
}

/**
 * The addresses of a text message, as short as they can be: links and the way out. It has no page of its own, and the
 * pages of its way out say what there is to say.
 */
export function shortUrls(
  origin: string,
  tokens: { readonly track: string; readonly consent: string },
): RecipientUrls {
  const unsubscribe = `${origin}/t/q/${tokens.consent}`;
  return {
    unsubscribe,
    preferences: unsubscribe,
    view: "",
    open: "",
    click: `${origin}/t/s/${tokens.track}`,
    listId: "",
  };
}

let lastOrigin = "";
let lastHost = "";
function hostOf(origin: string): string {
  if (origin !== lastOrigin) {
    lastHost = new URL(origin).hostname;
    lastOrigin = origin;
  }
  return lastHost;
}

/** Whether a click's address is that of the link nobody sees. */
export function isDecoy(clickUrl: string): boolean {
  const token = clickUrl.slice(clickUrl.lastIndexOf("/") + 1);
  return token.slice(tokenLength) === String(decoyPosition);
}

/** The run named in a click's address; undefined where there is none, or nothing that could be one. */
export function runNamed(text: string): RunId | undefined {
  const id = `run_${text}`;
  return isId("run", id) ? id : undefined;
}

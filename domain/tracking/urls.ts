/** The addresses one recipient of one message gets; all of them are made from the message's tokens. */
import type { TenantId } from "../ids.ts";
import type { MessageTokens } from "./token.ts";

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

/** `origin` without a slash at its end, as `https://mail.example.com`. */
export function recipientUrls(origin: string, tenantId: TenantId, tokens: MessageTokens): RecipientUrls {
  const base = `${origin}/t`;
  return {
    unsubscribe: `${base}/u/${tokens.consent}`,
    preferences: `${base}/p/${tokens.consent}`,
    view: `${base}/v/${tokens.view}`,
    open: `${base}/o/${tokens.track}`,
    click: `${base}/c/${tokens.track}`,
    listId: `${tenantId.replace("_", "-")}.${hostOf(origin)}`,
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

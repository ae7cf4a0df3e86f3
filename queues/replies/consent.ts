/** Leaving and coming back by text message: consent with its proof, and the number on the list of those not written to. */
import { latestProof, phoneOwners } from "#db/repos/phone-owners";
import { findSuppression, liftSuppression } from "#db/repos/suppressions";
import { setConsent, suppressAll } from "#db/repos/unsubscribe";
import type { TenantDb } from "#db/scope";
import type { ContactId } from "#domain/ids";
import type { Deps } from "../deps.ts";

export type Leaving = { readonly contactId: ContactId; readonly address: string; readonly reason: string };

/** `source`: `reply`, `review`, or `provider` where it knew before us. The number stays noted whoever owned it. */
export async function leaveByText(
  deps: Pick<Deps, "newId" | "now">,
  scope: TenantDb,
  people: readonly Leaving[],
  source: "reply" | "review" | "provider",
): Promise<void> {
  if (people.length === 0) return;
  const at = new Date(deps.now());
  await suppressNumbers(scope, people, at);
  await setConsent(scope, "sms", "unsubscribed", people.map(proofOf(deps, source, at)));
}

export async function suppressNumbers(
  scope: TenantDb,
  numbers: readonly Pick<Leaving, "address" | "reason">[],
  at: Date,
): Promise<void> {
  const rows = numbers.map(({ address, reason }) => ({
    channel: "sms" as const,
    address,
    reason: "opted_out" as const,
    detail: reason.slice(0, 500),
    createdAt: at,
  }));
  await suppressAll(scope, rows);
}

/** Leaving of their own, by a word or a link, that a word of their own can undo. Whoever was taken out otherwise is brought back by a person. */
const ownLeaving: ReadonlySet<string> = new Set(["reply", "review", "provider", "unsubscribe_page"]);

/** Whether there is anything to come back to, or to confirm. */
export async function hasLeft(scope: TenantDb, phone: string): Promise<boolean> {
  const [suppression, owners] = await Promise.all([
    findSuppression(scope, { channel: "sms", address: phone }),
    phoneOwners(scope, phone),
  ]);
  return (
    Boolean(suppression) ||
    owners.some(({ smsConsent }) => smsConsent === "unsubscribed" || smsConsent === "pending")
  );
}

/** False where somebody was left out, as their leaving was not by text. */
export async function comeBackByText(
  deps: Pick<Deps, "newId" | "now">,
  scope: TenantDb,
  phone: string,
  wording: string,
): Promise<boolean> {
  const suppression = await findSuppression(scope, { channel: "sms", address: phone });
  if (suppression && suppression.reason !== "opted_out") return false;
  const owners = await phoneOwners(scope, phone);
  const back: Leaving[] = [];
  for (const { id, smsConsent } of owners) {
    const isOwn =
      smsConsent !== "unsubscribed" || ownLeaving.has((await latestProof(scope, id, "sms"))?.source ?? "");
    if (isOwn) back.push({ contactId: id, address: phone, reason: wording });
  }
  if (back.length < owners.length) return false;
  await setConsent(scope, "sms", "subscribed", back.map(proofOf(deps, "reply", new Date(deps.now()))));
  if (suppression) await liftSuppression(scope, { channel: "sms", address: phone });
  return true;
}

function proofOf(deps: Pick<Deps, "newId">, source: string, at: Date) {
  return ({ contactId, reason }: Leaving) => ({
    id: deps.newId("con"),
    contactId,
    source,
    ip: "",
    userAgent: "",
    wording: reason.slice(0, 1_000),
    at,
  });
}

/** A campaign that has gone out, for benches of what comes after. */
import { startResend } from "#test/fakes/resend";
import type { Stack } from "#worker/local/stack";
import { openShop, resendAt } from "./shop.ts";

/** Sends to `recipients` people; the addresses of one tracked link each, and of the open pixels. */
export async function sendToAll(stack: Stack, recipients: number) {
  const resend = await startResend({ requestsPerSecond: 1_000_000 });
  try {
    const shop = await openShop(stack, recipients, resendAt(resend.baseUrl));
    await shop.timeCampaign();
    const mails = resend.taken.map((mail) => mail.html ?? "");
    const found = (pattern: RegExp) => mails.flatMap((html) => pattern.exec(html)?.[0] ?? []);
    const clicks = found(/http[^"]*\/t\/c\/[^"]+/);
    const opens = found(/http[^"]*\/t\/o\/[^"]+/);
    if (clicks.length !== recipients || opens.length !== recipients)
      throw new Error(`${clicks.length} links and ${opens.length} pixels in ${recipients} mails`);
    return { ...shop, clicks, opens };
  } finally {
    await resend.stop();
  }
}

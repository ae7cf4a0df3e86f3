/** Pages without content. First the answer to a link that names nothing: forged, cut short by a mail program, of a test send, or no longer kept. */
import type { Context } from "hono";
import type { AppEnv } from "../../context.ts";
import { page } from "./page.ts";

const body = `<p>It may have been cut off on its way, it may belong to a test message, or what it belongs to is no longer kept.
Nothing was changed.</p>
<p class="soft">To stop mail from a sender, use the link at the end of a newer message, or reply and ask.</p>`;

export function unknownLink(c: Context<AppEnv>) {
  return page(c, { title: "This link leads nowhere", tenantName: "", body }, 404);
}

const aside = `<p>Every mail holds one link that no reader can see. It tells programs that follow every link from people.
Nothing was changed.</p>`;

/** Whoever comes by the link that nobody sees: most likely a program, perhaps a person whose mail program shows everything. */
export function nothingHere(c: Context<AppEnv>) {
  return page(c, { title: "There is nothing to see here", tenantName: "", body: aside });
}

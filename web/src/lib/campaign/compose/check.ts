/** The points of the checklist, and where each is put right. */
import { route } from "#lib/route.ts";
import type { Checklist } from "../queries.ts";

type Key = Checklist["items"][number]["key"];

export const checkWords: Record<Key, { label: string; href: string }> = {
  sender: { label: "Sender", href: "#draft-from_email" },
  connection: { label: "Connection", href: "#draft-connection_id" },
  template: { label: "Template", href: "#content" },
  subject: { label: "Subject", href: "#draft-subject" },
  audience: { label: "Audience", href: "#audience" },
  content: { label: "Content", href: "#content" },
  unsubscribe_link: { label: "Way to unsubscribe", href: "#content" },
  opt_out: { label: "Way to leave", href: "#content" },
  cost: { label: "Size and cost", href: route.connections() },
  postal_address: { label: "Postal address", href: route.settings() },
};

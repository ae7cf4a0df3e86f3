/** What the sidebar, the palette and the keyboard agree on. */
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import House from "@lucide/svelte/icons/house";
import LayoutTemplate from "@lucide/svelte/icons/layout-template";
import ListFilter from "@lucide/svelte/icons/list-filter";
import MailCheck from "@lucide/svelte/icons/mail-check";
import Send from "@lucide/svelte/icons/send";
import Settings from "@lucide/svelte/icons/settings";
import Users from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import { route } from "#lib/route.ts";

export type NavItem = {
  readonly label: string;
  readonly href: string;
  readonly icon: Component<{ class?: string }>;
  readonly keys: string;
  readonly title?: string;
};

export const nav: readonly NavItem[] = [
  { label: "Home", href: route.home(), icon: House, keys: "g h" },
  { label: "Campaigns", href: route.campaigns(), icon: Send, keys: "g c" },
  { label: "Messages", href: route.messages(), icon: MailCheck, keys: "g m" },
  { label: "Contacts", href: route.contacts(), icon: Users, keys: "g p" },
  { label: "Segments", href: route.segments(), icon: ListFilter, keys: "g s" },
  { label: "Templates", href: route.templates(), icon: LayoutTemplate, keys: "g t" },
  {
    label: "Inbox",
    href: route.inbox(),
    icon: FlaskConical,
    keys: "g i",
    title: "Mail caught by the sandbox",
  },
];
export const settingsItem: NavItem = {
  label: "Settings",
  href: route.settings(),
  icon: Settings,
  keys: "g ,",
};

export function isCurrent(item: NavItem, pathname: string): boolean {
  return item.href === "/"
    ? pathname === "/"
    : pathname === item.href || pathname.startsWith(`${item.href}/`);
}

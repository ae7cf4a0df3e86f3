/** What can be created, and the rooms of the settings. */
import Braces from "@lucide/svelte/icons/braces";
import Building from "@lucide/svelte/icons/building-2";
import History from "@lucide/svelte/icons/history";
import KeyRound from "@lucide/svelte/icons/key-round";
import MoonStar from "@lucide/svelte/icons/moon-star";
import Plug from "@lucide/svelte/icons/plug";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Users from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import type { Permission } from "#domain/tenant/role";
import { route } from "#lib/route.ts";

export const createActions: readonly { label: string; href: string; needs: Permission }[] = [
  { label: "Create campaign", href: route.newCampaign(), needs: "campaign.write" },
  { label: "Add contact", href: route.contacts({ add: "1" }), needs: "audience.write" },
  { label: "Import contacts", href: route.newImport(), needs: "audience.write" },
  { label: "Create segment", href: route.newSegment(), needs: "audience.write" },
  { label: "Create template", href: route.newTemplate(), needs: "content.write" },
];

export const settingsPlaces: readonly {
  label: string;
  href: string;
  icon: Component<{ class?: string }>;
  needs: Permission;
}[] = [
  { label: "Workspace", href: route.settings(), icon: Building, needs: "settings.read" },
  { label: "Connections", href: route.connections(), icon: Plug, needs: "settings.read" },
  { label: "Sending rules", href: route.sendingRules(), icon: MoonStar, needs: "settings.read" },
  { label: "Custom fields", href: route.fields(), icon: Braces, needs: "audience.read" },
  { label: "Members", href: route.members(), icon: Users, needs: "members.read" },
  { label: "API keys", href: route.apiKeys(), icon: KeyRound, needs: "keys.read" },
  { label: "Failed jobs", href: route.failedJobs(), icon: TriangleAlert, needs: "operations.read" },
  { label: "Audit log", href: route.auditLog(), icon: History, needs: "audit.read" },
];

/** Roles in words: what each may do. */
import type { Role } from "#domain/tenant/role";
import type { Option } from "#lib/ui/option.ts";

export const roleWords: Record<Role, { label: string; text: string }> = {
  owner: { label: "Owner", text: "Everything; the workspace belongs to them" },
  admin: { label: "Admin", text: "Everything but the owner's place: members, keys, connections" },
  editor: { label: "Editor", text: "Contacts, content and campaigns" },
  viewer: { label: "Viewer", text: "Looks, changes nothing" },
  api: { label: "API", text: "A program with a key" },
};

export type AssignableRole = "admin" | "editor" | "viewer";
export const assignableRoles: readonly Option<AssignableRole>[] = (
  ["admin", "editor", "viewer"] as const
).map((role) => ({
  value: role,
  label: roleWords[role].label,
  hint: roleWords[role].text,
}));

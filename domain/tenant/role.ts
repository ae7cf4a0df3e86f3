/** Who may do what: one table, asked by one middleware. */
export const roles = ["owner", "admin", "editor", "viewer", "api"] as const;
export type Role = (typeof roles)[number];

export const permissions = {
  "audience.read": ["owner", "admin", "editor", "viewer", "api"],
  "audience.write": ["owner", "admin", "editor", "api"],
  "content.read": ["owner", "admin", "editor", "viewer", "api"],
  "content.write": ["owner", "admin", "editor", "api"],
  "campaign.read": ["owner", "admin", "editor", "viewer", "api"],
  "campaign.write": ["owner", "admin", "editor", "api"],
  "campaign.send": ["owner", "admin", "editor", "api"],
  "messages.read": ["owner", "admin", "editor", "viewer", "api"],
  "messages.send": ["owner", "admin", "editor", "api"],
  "settings.read": ["owner", "admin", "editor", "viewer", "api"],
  "settings.write": ["owner", "admin"],
  "members.read": ["owner", "admin", "editor", "viewer"],
  "members.write": ["owner", "admin"],
  "keys.read": ["owner", "admin"],
  "keys.write": ["owner", "admin"],
  "audit.read": ["owner", "admin"],
  "operations.read": ["owner", "admin"],
  "operations.write": ["owner", "admin"],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof permissions;

export function may(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}

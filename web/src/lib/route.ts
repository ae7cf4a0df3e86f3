/** Every address of the dashboard, so that no component spells one out. */
type Query = Record<string, string | null | undefined>;

function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  return search.size > 0 ? `${path}?${search}` : path;
}

export const route = {
  login: (next?: string) => withQuery("/login", { next: next === "/" ? undefined : next }),
  signup: () => "/signup",
  newWorkspace: () => "/new-workspace",
  invite: (token: string) => withQuery("/invite", { token }),

  home: () => "/",
  campaigns: (query: { state?: string; channel?: string; search?: string } = {}) =>
    withQuery("/campaigns", query),
  newCampaign: () => "/campaigns/new",
  campaign: (id: string) => `/campaigns/${id}`,

  messages: (query: { state?: string; address?: string } = {}) => withQuery("/messages", query),
  message: (id: string) => `/messages/${id}`,

  contacts: (
    query: {
      search?: string;
      tag?: string;
      list?: string;
      segment?: string;
      consent?: string;
      add?: string;
    } = {},
  ) => withQuery("/contacts", query),
  contact: (id: string) => `/contacts/${id}`,
  lists: () => "/contacts/lists",
  tags: () => "/contacts/tags",
  suppressions: (query: { search?: string } = {}) => withQuery("/contacts/suppressions", query),
  replies: (query: { view?: string } = {}) => withQuery("/contacts/replies", query),
  imports: () => "/contacts/imports",
  newImport: () => "/contacts/imports/new",
  import: (id: string) => `/contacts/imports/${id}`,

  segments: () => "/segments",
  newSegment: () => "/segments/new",
  segment: (id: string) => `/segments/${id}`,
  templates: () => "/templates",
  newTemplate: () => "/templates/new",
  template: (id: string) => `/templates/${id}`,
  inbox: (query: { search?: string; mail?: string } = {}) => withQuery("/inbox", query),

  settings: () => "/settings",
  connections: () => "/settings/connections",
  reports: (connection: string) => `/settings/connections/${connection}/reports`,
  apiKeys: () => "/settings/api-keys",
  members: () => "/settings/members",
  fields: () => "/settings/fields",
  sendingRules: () => "/settings/sending-rules",
  failedJobs: (query: { state?: string } = {}) => withQuery("/settings/failed-jobs", query),
  auditLog: () => "/settings/audit-log",
} as const;

/** Where a login may lead to: a path of our own, never another site. */
export function safeNext(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : route.home();
}

/** The whole of the demo shop, told once and from nothing but a moment and a seed. */
import { idFromBytes, type TenantId, type UserId, uuid7 } from "#domain/ids";
import type { AuditRow } from "../repos/audit.ts";
import { auditOf } from "./audit.ts";
import { type Calendar, calendarAt } from "./calendar.ts";
import { type CampaignStory, campaignsOf } from "./campaigns.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import { type ImportStory, importIdsOf, importsOf } from "./imports.ts";
import { arrivals, openedDaysAgo, peopleOf } from "./people.ts";
import type { Person } from "./person.ts";
import { type Segment, type Sorting, segmentsOf, shop, sortingOf } from "./shop.ts";
import { type Template, templatesOf } from "./templates.ts";
import { type Texting, textingAudit, textingOf } from "./texting.ts";
import type { Member, Workspace } from "./workspace.ts";

export const contactCount = 5_000;

export type Story = {
  readonly calendar: Calendar;
  readonly workspace: Omit<Workspace, "passwordHash">;
  readonly people: readonly Person[];
  readonly sorting: Sorting;
  readonly segments: readonly Segment[];
  readonly templates: readonly Template[];
  readonly campaigns: readonly CampaignStory[];
  readonly imports: readonly ImportStory[];
  readonly texting: Texting;
  readonly audit: readonly AuditRow[];
};

/** Known before anything is told, so that a half-told story can be found and told again. */
const fixed = (number: number) => uuid7(Date.UTC(2026, 0, 5, 9), new Uint8Array(10).fill(number));
export const shopId: TenantId = idFromBytes("ten", fixed(1));
const userId = (number: number): UserId => idFromBytes("usr", fixed(number));

export const demoEmail = "demo@larkpost.example";

export function tellStory(now: Date): { readonly story: Story; readonly chance: Chance } {
  const chance = chanceFrom(0x1a9c);
  const calendar = calendarAt(now);
  const foundedAt = calendar.day(openedDaysAgo, 9, 12);
  const members: readonly [Member, ...Member[]] = [
    { id: userId(11), email: demoEmail, name: "Nora Byrne", role: "owner", joinedAt: foundedAt },
    {
      id: userId(12),
      email: "editor@larkpost.example",
      name: "Jonas Weber",
      role: "editor",
      joinedAt: calendar.day(380, 8, 55),
    },
    {
      id: userId(13),
      email: "viewer@larkpost.example",
      name: "Aiko Tanaka",
      role: "viewer",
      joinedAt: calendar.day(90, 7, 30),
    },
  ];
  const authors = members.filter((member) => member.role !== "viewer");
  const sorting = sortingOf(chance, calendar.day(openedDaysAgo, 9, 40));
  const segments = segmentsOf(chance, sorting, calendar.day(60, 10, 5));
  const templates = templatesOf(chance, calendar);
  const connectionId = chance.id("cxn", foundedAt);
  const importIds = importIdsOf(chance, calendar);
  const people = peopleOf(chance, calendar, sorting, importIds, arrivals(chance, calendar, contactCount));
  const stage = { chance, calendar, people, sorting, segments, templates, connectionId, authors };
  const campaigns = campaignsOf(stage);
  const imports = importsOf(chance, calendar, importIds, people, sorting, userId(11));
  const listed = { segments: Object.values(segments), templates: Object.values(templates) };
  const acts = auditOf(chance, { members, sorting, ...listed, campaigns, imports });
  const texting = textingOf(chance, calendar);
  const audit = [...acts, ...textingAudit(chance, members[0], texting)];
  const workspace = { id: shopId, ...shop, connectionId, texting: texting.connection, members, foundedAt };
  const told = { campaigns, imports, texting, audit };
  return { story: { calendar, workspace, people, sorting, ...listed, ...told }, chance };
}

/** The audit log, as the shop's acts would have left it. */
import type { AuditRow } from "../repos/audit.ts";
import type { CampaignStory } from "./campaigns.ts";
import type { Chance } from "./chance.ts";
import type { ImportStory } from "./imports.ts";
import type { Segment, Sorting } from "./shop.ts";
import type { Template } from "./templates.ts";
import { testAddress } from "./visitors.ts";
import type { Member } from "./workspace.ts";

export type Acts = {
  readonly members: readonly Member[];
  readonly sorting: Sorting;
  readonly segments: readonly Segment[];
  readonly templates: readonly Template[];
  readonly campaigns: readonly CampaignStory[];
  readonly imports: readonly ImportStory[];
};
type Act = Pick<AuditRow, "action" | "subject" | "at"> &
  Partial<Pick<AuditRow, "before" | "after">> & { readonly by?: string };

export function auditOf(chance: Chance, acts: Acts): AuditRow[] {
  const writers = acts.members.filter((member) => member.role !== "viewer");
  const [owner] = writers;
  if (!owner) throw new Error("a workspace without anybody who may write");
  const desk = new Map(acts.members.map((member) => [member.id as string, testAddress(chance)]));
  const rows = [...settingUp(acts), ...writing(acts), ...acts.campaigns.flatMap(life)].map(
    (act): AuditRow => {
      const known = acts.members.find((member) => member.id === act.by);
      const actor = known ?? writers.find((member) => member.joinedAt <= act.at) ?? owner;
      return {
        id: chance.id("aud", act.at),
        actor: actor.id,
        actorName: actor.name,
        action: act.action,
        subject: act.subject,
        ip: desk.get(actor.id) ?? "",
        before: act.before ?? null,
        after: act.after ?? null,
        at: act.at,
      };
    },
  );
  return rows.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function settingUp({ members, sorting, imports }: Acts): Act[] {
  const [, ...joined] = members;
  const named = (action: string) => (one: { id: string; name: string; createdAt: Date }) => ({
    action,
    subject: one.id,
    at: one.createdAt,
    after: { name: one.name },
  });
  return [
    ...joined.map(({ id, role, joinedAt }) => ({
      action: "member.join",
      subject: id,
      at: joinedAt,
      by: id,
      after: { role },
    })),
    ...Object.values(sorting.tags).map(named("tag.create")),
    ...Object.values(sorting.lists).map(named("list.create")),
    ...imports.map(({ row }) => ({
      action: "import.start",
      subject: row.id,
      at: row.startedAt ?? row.createdAt,
      by: row.createdBy,
      after: { file_name: row.fileName, email_consent: row.options?.email_consent ?? "none" },
    })),
  ];
}

function writing({ segments, templates }: Acts): Act[] {
  return [
    ...segments.map(({ id, name, createdAt }) => ({
      action: "segment.create",
      subject: id,
      at: createdAt,
      after: { name },
    })),
    ...templates.map(({ id, name, createdAt }) => ({
      action: "template.create",
      subject: id,
      at: createdAt,
      after: { name, version: 1 },
    })),
  ];
}

function life({ campaign, run }: CampaignStory): Act[] {
  const { id: subject, createdBy: by } = campaign;
  const act = (action: string, at: Date, after: Act["after"], before: Act["before"] = null): Act => ({
    action: `campaign.${action}`,
    subject,
    at,
    by,
    before,
    after,
  });
  const acts = [act("create", campaign.createdAt, { name: campaign.name })];
  if (campaign.state === "scheduled")
    acts.push(act("schedule", campaign.createdAt, { state: "scheduled" }, { state: "draft" }));
  if (!run) return acts;
  acts.push(act("send", run.startedAt, { run: run.id }));
  const verb = ({ paused: "pause", cancelled: "cancel" } as Record<string, string>)[campaign.state];
  if (verb) acts.push(act(verb, campaign.updatedAt, { state: campaign.state }, { state: "sending" }));
  return acts;
}

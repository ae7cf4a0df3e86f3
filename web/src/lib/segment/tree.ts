/** A rule while it is being written: conditions may be unfinished, and every part keeps an identity. */
import type { SegmentCondition, SegmentGroup, SegmentRule } from "#domain/segment/schema";
import { isGroup } from "#domain/segment/schema";
import type { SubjectKind } from "./subjects.ts";

export type GroupNode = { readonly id: number; kind: SegmentGroup["kind"]; of: RuleNode[] };
export type ConditionNode = {
  readonly id: number;
  /** Key of its subject; empty while none is chosen. */
  subject: string;
  kind: SubjectKind | "";
  op: string;
  value: string;
};
export type RuleNode = GroupNode | ConditionNode;

let last = 0;
const nextId = () => ++last;

export function isGroupNode(node: RuleNode): node is GroupNode {
  return "of" in node;
}
export function newGroup(kind: SegmentGroup["kind"], of: RuleNode[] = []): GroupNode {
  return { id: nextId(), kind, of };
}
export function newCondition(): ConditionNode {
  return { id: nextId(), subject: "", kind: "", op: "", value: "" };
}

/** The root is always a group, so that something can be added to it. */
export function rootOf(rule: SegmentRule): GroupNode {
  const node = nodeOf(rule);
  return isGroupNode(node) ? node : newGroup("all", [node]);
}
function nodeOf(rule: SegmentRule): RuleNode {
  return isGroup(rule) ? newGroup(rule.kind, rule.of.map(nodeOf)) : { id: nextId(), ...partsOf(rule) };
}
function partsOf(rule: SegmentCondition): Omit<ConditionNode, "id"> {
  switch (rule.kind) {
    case "text":
    case "number":
    case "date":
      return { subject: rule.field, kind: rule.kind, op: rule.op, value: String(rule.value) };
    case "boolean":
      return { subject: rule.field, kind: "boolean", op: rule.value ? "yes" : "no", value: "" };
    case "within":
      return { subject: rule.field, kind: "date", op: "within", value: String(rule.days) };
    case "present":
      // Of which type the field is, the list of fields tells.
      return { subject: rule.field, kind: "", op: rule.value ? "present" : "absent", value: "" };
    case "tag":
      return { subject: "tag", kind: "tag", op: rule.has ? "has" : "lacks", value: rule.tag };
    case "list":
      return { subject: "list", kind: "list", op: rule.in ? "in" : "out", value: rule.list };
    case "consent":
      return { subject: `consent.${rule.channel}`, kind: "consent", op: "is", value: rule.status };
    case "engagement":
      return {
        subject: `engagement.${rule.event}`,
        kind: "engagement",
        op: rule.did ? "did" : "not",
        value: String(rule.days),
      };
  }
}

/** Null while something is missing. */
export function conditionOf({ subject, kind, op, value }: ConditionNode): SegmentCondition | null {
  const made = assemble(subject, kind, op, value.trim());
  // Assembled from the pieces the grammar itself names; the API parses it again.
  return made as SegmentCondition | null;
}
function assemble(subject: string, kind: ConditionNode["kind"], op: string, value: string): unknown {
  if (!subject || !op) return null;
  if (op === "present" || op === "absent")
    return { kind: "present", field: subject, value: op === "present" };
  if (kind === "boolean") return { kind, field: subject, value: op === "yes" };
  if (value === "") return null;
  if (op === "within") return isDays(value) ? { kind: "within", field: subject, days: Number(value) } : null;
  switch (kind) {
    case "text":
      return { kind, field: subject, op, value };
    case "number":
      return Number.isFinite(Number(value)) ? { kind, field: subject, op, value: Number(value) } : null;
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(value) ? { kind, field: subject, op, value } : null;
    case "tag":
      return { kind, tag: value, has: op === "has" };
    case "list":
      return { kind, list: value, in: op === "in" };
    case "consent":
      return { kind, channel: subject.split(".")[1], status: value };
    case "engagement":
      return isDays(value)
        ? { kind, event: subject.split(".")[1], did: op === "did", days: Number(value) }
        : null;
    default:
      return null;
  }
}
function isDays(value: string): boolean {
  const days = Number(value);
  return Number.isInteger(days) && days >= 1 && days <= 3_650;
}

/** The finished part of a tree: what is unfinished is left out, and so are groups of which nothing is left. */
export function ruleOf(group: GroupNode): SegmentGroup {
  const parts = group.of.map((node) => (isGroupNode(node) ? ruleOf(node) : conditionOf(node)));
  const of = parts.filter((rule, i) => {
    const node = group.of[i];
    if (rule === null || node === undefined) return false;
    return !(isGroupNode(node) && isGroup(rule) && rule.of.length === 0);
  });
  return { kind: group.kind, of: of as SegmentRule[] };
}
export function unfinishedIn(group: GroupNode): number {
  return group.of.reduce(
    (sum, node) => sum + (isGroupNode(node) ? unfinishedIn(node) : conditionOf(node) === null ? 1 : 0),
    0,
  );
}
export function conditionsIn(group: GroupNode): number {
  return group.of.reduce((sum, node) => sum + (isGroupNode(node) ? conditionsIn(node) : 1), 0);
}

// The table of capabilities in docs/providers.md says of each adapter what the adapter says of itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connectionKinds } from "#domain/sending/connection-kinds";
import { carriesAttachments, channelsOf, type ProviderKind, providerKinds } from "#domain/sending/provider";
import type { Settings } from "#queues/providers/connection";
import { adapterOf } from "#queues/providers/index";
import { root } from "#worker/local/command";

const names: Readonly<Record<string, ProviderKind>> = { "Amazon SES": "ses" };
const kindOf = (name: string) =>
  names[name] ?? providerKinds.find((kind) => kind === name.toLowerCase()) ?? name;

const columns = ["", "messages in one call", "same key, same payload: one message", "reports by webhook"];
const page = readFileSync(join(root, "docs/providers.md"), "utf8");
const lines = (/## What each can do\n\n((?:\|.*\n)+)/.exec(page)?.[1] ?? "").trimEnd().split("\n");
const [head = [], , ...rows] = lines.map((line) =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim()),
);
const startsWith = (cell: string | undefined) => /^(?:yes|no)\b/.exec(cell ?? "")?.[0];
const yesOrNo = (is: boolean) => (is ? "yes" : "no");
/** Settings nobody changed, as far as a kind has such. */
const usual = (kind: ProviderKind): Settings => {
  const parsed = connectionKinds[kind].settings.partial().parse({});
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
};

test("has the columns that are compared", () => {
  expect(head.slice(0, columns.length)).toEqual(columns);
  expect(head.slice(4, 7)).toEqual(["rate to begin with", "files", "replies come back to us"]);
});

test("has one row for every kind, and no other", () => {
  expect(rows.map(([name = ""]) => kindOf(name)).sort()).toEqual([...providerKinds].sort());
});

describe.each(providerKinds)("%s", (kind) => {
  const [, batch, idempotent, evidence, rate, files, replies] =
    rows.find(([name = ""]) => kindOf(name) === kind) ?? [];
  const traits = adapterOf(kind).traits(usual(kind));
  const numberIn = (cell: string | undefined) => Number(/^[\d,]+/.exec(cell ?? "")?.[0].replace(",", ""));

  test("takes so many in a call, so fast", () => {
    expect(numberIn(batch)).toBe(traits.maxBatch);
    expect(numberIn(rate)).toBe(traits.defaultRatePerSecond);
  });
  test("remembers keys, and reports", () => {
    expect(startsWith(idempotent)).toBe(yesOrNo(traits.idempotent));
    expect(startsWith(evidence)).toBe(yesOrNo(traits.evidence === "webhook"));
  });
  test("carries files, and brings replies", () => {
    expect(startsWith(files)).toBe(yesOrNo(carriesAttachments(kind)));
    const channels: readonly string[] = channelsOf[kind];
    expect(startsWith(replies)).toBe(yesOrNo(channels.includes("sms")));
  });
});

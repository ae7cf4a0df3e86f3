/** An import: its states, what a person decides about it, and what becomes of each row. */
import { z } from "zod";
import { listIdSchema } from "../campaign/audience.ts";
import { fieldKeyPattern } from "./fields.ts";

export const importStates = ["uploaded", "running", "completed", "cancelled", "failed"] as const;
export type ImportState = (typeof importStates)[number];

export const importTargets = [
  "skip",
  "email",
  "phone",
  "first_name",
  "last_name",
  "full_name",
  "locale",
  "time_zone",
  "country",
  "tags",
] as const;

/** Where a column goes: a field of the contact, `fields.<key>`, or nowhere. */
export const importTargetSchema = z.union([
  z.enum(importTargets),
  z
    .string()
    .regex(/^fields\.[a-z][a-z0-9_]{0,39}$/)
    .refine((v) => fieldKeyPattern.test(v.slice(7))),
]);
export type ImportTarget = z.output<typeof importTargetSchema>;

export const importOptionsSchema = z.object({
  /** One target per column of the file, in the order of the columns. */
  mapping: z.array(importTargetSchema).min(1).max(200),
  has_header: z.boolean().default(true),
  /** What the people in the file agreed to; needs `consent_wording` when it is `subscribed`. */
  email_consent: z.enum(["none", "subscribed"]).default("none"),
  consent_wording: z.string().max(1_000).default(""),
  /** `overwrite`: values of the file win; `fill`: only empty fields are filled; `skip`: known people stay as they are. */
  update: z.enum(["overwrite", "fill", "skip"]).default("overwrite"),
  tags: z.array(z.string().trim().min(1).max(60)).max(20).default([]),
  list_id: listIdSchema.nullable().default(null),
});
export type ImportOptions = z.output<typeof importOptionsSchema>;

export const importPreviewSchema = z.object({
  encoding: z.enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"]),
  delimiter: z.string().length(1),
  has_header: z.boolean(),
  /** Names of the columns; made up (`Column 3`) where the file has no header, numbered where two are alike. */
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  mapping: z.array(importTargetSchema),
});
export type ImportPreview = z.output<typeof importPreviewSchema>;

export const rejectionReasons = [
  "no_email",
  "invalid_email",
  "repeated_in_file",
  "too_many_columns",
  "broken_quotes",
  "invalid_value",
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

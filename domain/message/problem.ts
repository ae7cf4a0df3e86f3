/** What is wrong with a piece of content, and where: shown beside the editor. */
export const contentParts = ["subject", "preheader", "html", "text"] as const;
export type ContentPart = (typeof contentParts)[number];

export const problemCodes = [
  "syntax",
  "undefined_variable",
  "render",
  "no_unsubscribe",
  "no_postal_address",
  "too_heavy",
  "missing_alt",
  "empty",
  "too_long",
  "not_plain",
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export type ContentProblem = {
  readonly part: ContentPart;
  /** An error keeps the content from being sent; a warning does not. */
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly message: string;
  /** From 1; null where the problem has no place. */
  readonly line: number | null;
  readonly column: number | null;
};

export type Place = { readonly line: number; readonly column: number };
export type NoPlace = { readonly line: null; readonly column: null };
export const noPlace: NoPlace = { line: null, column: null };

export function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, Math.max(0, offset));
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = before.indexOf("\n"); i !== -1; i = before.indexOf("\n", i + 1)) line++;
  return { line, column: before.length - lineStart + 1 };
}

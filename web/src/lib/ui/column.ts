import type { Snippet } from "svelte";

/** One column of a table; the first is the row's name and carries its link. */
export type Column<Row> = {
  readonly key: string;
  readonly header: string;
  readonly cell: Snippet<[Row]>;
  readonly align?: "right";
  /** Hidden on screens narrower than this. */
  readonly from?: "sm" | "md" | "lg";
  /** Any CSS width; the rest of the room is shared. */
  readonly width?: string;
};

export const shownFrom = {
  sm: "max-sm:hidden",
  md: "max-md:hidden",
  lg: "max-lg:hidden",
} as const;

/** Class names, the later winning over the earlier. */
import { extendTailwindMerge } from "tailwind-merge";

// Our own sizes of text (app.css), so that they are not taken for colours.
const merge = extendTailwindMerge({
  extend: { theme: { text: ["meta", "base", "dialog", "title", "kpi"] } },
});

export function cn(...classes: (string | false | null | undefined)[]): string {
  return merge(classes.filter(Boolean).join(" "));
}

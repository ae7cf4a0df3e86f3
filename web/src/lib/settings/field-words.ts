/** Types of custom fields in words. */
import type { FieldType } from "#domain/contact/fields";

export const fieldTypeWords: Record<FieldType, { label: string; text: string }> = {
  text: { label: "Text", text: "Words, codes, anything" },
  number: { label: "Number", text: "To compare: more than, less than" },
  boolean: { label: "Yes or no", text: "One or the other" },
  date: { label: "Date", text: "A day, without a time" },
};

/** A key made from a label: "Loyalty points" is "loyalty_points". */
export function keyOf(label: string): string {
  return label
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+/, "")
    .slice(0, 40)
    .replace(/_$/, "");
}

/** Custom fields: their types and the values they hold. */
export const fieldTypes = ["text", "number", "boolean", "date"] as const;
export type FieldType = (typeof fieldTypes)[number];
/** Dates are kept as `YYYY-MM-DD`. */
export type FieldValue = string | number | boolean | null;
export type FieldDefinition = { readonly key: string; readonly label: string; readonly type: FieldType };
export const fieldKeyPattern = /^[a-z][a-z0-9_]{0,39}$/;

/** One choice of a select, combobox or tab row. */
export type Option<Value extends string = string> = {
  readonly value: Value;
  readonly label: string;
  /** A second, quieter line or word. */
  readonly hint?: string;
  readonly disabled?: boolean;
};

/** One form: its values, what is wrong with them, and its sending. */
import * as z from "zod/mini";
import { ApiProblem } from "#lib/api/problem.ts";

export type FieldAttributes = {
  readonly id: string;
  readonly name: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
  readonly onblur: () => void;
};
export type FieldState = {
  readonly id: string;
  readonly error: string | undefined;
  readonly attributes: FieldAttributes;
};
export type Form<Values> = {
  data: Values;
  readonly busy: boolean;
  readonly dirty: boolean;
  /** A refusal that belongs to no field. */
  readonly problem: ApiProblem | null;
  /** `name` is a path: `settings.host`. */
  field(name: string): FieldState;
  /** Begins anew, with `values` or the first ones. */
  reset(values?: Values): void;
  submit(event?: SubmitEvent): Promise<void>;
};

let forms = 0;

/**
 * `send` gets the parsed values; what it throws as `ApiProblem` lands on the fields it names. A field shows its
 * error once it was left or the form was tried.
 */
export function createForm<S extends z.ZodMiniType<unknown, object>>(options: {
  schema: S;
  initial: z.input<S>;
  send: (values: z.output<S>) => Promise<unknown>;
}): Form<z.input<S>> {
  type Values = z.input<S>;
  const prefix = `form-${++forms}`;
  let initial = copy(options.initial);
  let data = $state<Values>(copy(options.initial));
  let left = $state<Record<string, boolean>>({});
  let tried = $state(false);
  let busy = $state(false);
  let refused = $state.raw<{ fields: Record<string, string>; at: Record<string, string> }>({
    fields: {},
    at: {},
  });
  let problem = $state.raw<ApiProblem | null>(null);

  const parsed = $derived(z.safeParse(options.schema, $state.snapshot(data)));
  const errors = $derived.by(() => {
    const found: Record<string, string> = {};
    if (!parsed.success)
      for (const issue of parsed.error.issues) found[issue.path.join(".")] ??= issue.message;
    // A refusal stands until the value it was about is changed.
    for (const [name, text] of Object.entries(refused.fields))
      if (refused.at[name] === print(data, name)) found[name] ??= text;
    return found;
  });
  const dirty = $derived(JSON.stringify(data) !== JSON.stringify(initial));

  function field(name: string): FieldState {
    const id = `${prefix}-${name.replaceAll(".", "-")}`;
    const error = tried || left[name] || name in refused.fields ? errors[name] : undefined;
    const attributes: FieldAttributes = {
      id,
      name,
      "aria-invalid": error ? true : undefined,
      "aria-describedby": undefined,
      onblur: () => {
        left[name] = true;
      },
    };
    return { id, error, attributes };
  }

  function reset(values: Values = initial) {
    initial = copy(values);
    data = copy(values);
    left = {};
    tried = false;
    refused = { fields: {}, at: {} };
    problem = null;
  }

  async function submit(event?: SubmitEvent) {
    event?.preventDefault();
    if (busy) return;
    const form = event?.currentTarget instanceof HTMLFormElement ? event.currentTarget : null;
    tried = true;
    refused = { fields: {}, at: {} };
    problem = null;
    if (!parsed.success) return focusFirst(form);
    busy = true;
    try {
      await options.send(parsed.data);
      initial = $state.snapshot(data) as Values;
      left = {};
      tried = false;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const known = Object.keys(error.fields).filter(
        (name) => form?.elements.namedItem(name) || name in asRecord(data),
      );
      const at = Object.fromEntries(known.map((name) => [name, print(data, name)]));
      refused = { fields: error.fields, at };
      if (known.length === 0) problem = error;
      else focusFirst(form);
    } finally {
      busy = false;
    }
  }

  return {
    get data() {
      return data;
    },
    set data(values) {
      data = values;
    },
    get busy() {
      return busy;
    },
    get dirty() {
      return dirty;
    },
    get problem() {
      return problem;
    },
    field,
    reset,
    submit,
  };
}

function copy<Values>(values: Values): Values {
  return $state.snapshot(values) as Values;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function print(data: unknown, name: string): string {
  let value = data;
  for (const part of name.split(".")) value = asRecord(value)[part];
  return JSON.stringify(value) ?? "";
}

function focusFirst(form: HTMLFormElement | null) {
  // After the attributes have been written.
  setTimeout(() => form?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
}

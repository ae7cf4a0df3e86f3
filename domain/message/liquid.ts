/** Liquid as templates may use it: no files, no chance, no clock but the one handed in, and bounded work. */
import { Context, filters, Liquid, LiquidError, type Template, toValue, toValueSync } from "liquidjs";
import { escapeHtml } from "./html.ts";

export type Scope = Record<string, unknown>;
type FilterThis = { context: Context };

/** Characters in one part of a template. */
const parseLimit = 1_500_000;
/** Characters and elements that filters may produce in one rendering. */
const memoryLimit = 1_000_000;
/** Nodes rendered in one part: loops multiply them. */
const stepLimit = 20_000;
/** Characters in one rendered part. */
const outputLimit = 2_000_000;

/** Tags that read other templates; there are none to read. */
const absentTags = ["include", "render", "layout", "block"];
/** Random, or of no use in a mail. */
const absentFilters = ["sample", "shuffle", "sha1", "sha256", "md5", "hmac_sha1", "hmac_sha256"];
const dateFilters = ["date", "date_to_xmlschema", "date_to_rfc822", "date_to_string", "date_to_long_string"];

/** Under this name no identifier can reach it: the moment that `'now' | date` means. */
const nowKey = " now";

/** As liquidjs writes a value: `nil`, `empty` and the like are objects that stand for one. */
function text(value: unknown): string {
  const plain: unknown = toValue(value);
  if (plain === null || plain === undefined) return "";
  return Array.isArray(plain) ? plain.map(text).join("") : String(plain);
}

function charged(self: FilterThis, value: unknown): string {
  const written = text(value);
  self.context.memoryLimit.use(written.length);
  return written;
}

function engine(isHtml: boolean): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    // Dates of custom fields have no time of day: any other zone could show the day before.
    timezoneOffset: 0,
    locale: "en",
    templates: {},
    parseLimit,
    memoryLimit,
    outputEscape: isHtml
      ? function escaped(this: FilterThis, value: unknown) {
          return escapeHtml(charged(this, value));
        }
      : function written(this: FilterThis, value: unknown) {
          return charged(this, value);
        },
  });
  for (const tag of absentTags) delete liquid.tags[tag];
  for (const filter of absentFilters) delete liquid.filters[filter];
  for (const name of dateFilters) {
    const original = filters[name as keyof typeof filters] as (...args: unknown[]) => unknown;
    liquid.registerFilter(name, function (this: FilterThis, value: unknown, ...args: unknown[]) {
      return original.call(this, momentOf(this.context, value), ...args);
    });
  }
  const raw = (handler: (this: FilterThis, value: unknown) => string) => ({ raw: true, handler });
  liquid.registerFilter(
    "raw",
    raw(function (value) {
      return charged(this, value);
    }),
  );
  if (isHtml) {
    // Escaping is the default here: asking for it explicitly must not escape twice.
    for (const name of ["escape", "xml_escape"]) {
      liquid.registerFilter(
        name,
        raw(function (value) {
          return escapeHtml(charged(this, value));
        }),
      );
    }
    liquid.registerFilter(
      "newline_to_br",
      raw(function (value) {
        return escapeHtml(charged(this, value)).replace(/\r?\n/g, "<br>\n");
      }),
    );
  }
  return liquid;
}

function momentOf(context: Context, value: unknown): unknown {
  if (value !== "now" && value !== "today") return value;
  const nowMs = (context.environments as Scope)[nowKey];
  return typeof nowMs === "number" ? nowMs / 1_000 : undefined;
}

const engines = { html: engine(true), text: engine(false) };
export type Mode = keyof typeof engines;

export class LiquidFault extends Error {
  readonly offset: number | null;
  constructor(message: string, offset: number | null) {
    super(message);
    this.offset = offset;
  }
}

function fault(error: unknown): LiquidFault {
  const isLiquid = LiquidError.is(error);
  const cause: unknown = isLiquid ? (error.originalError ?? error) : error;
  const offset = isLiquid ? (error.token?.begin ?? null) : null;
  // Deep nesting overflows the stack: a fault of the template like any other.
  if (cause instanceof RangeError) return new LiquidFault("this is nested too deeply", offset);
  const message = cause instanceof Error ? cause.message : String(cause);
  return new LiquidFault(message.replace(/, (file:.*|line:\d+.*)$/s, "").replace(slotMarks, ""), offset);
}
/** Authors see their own words: the slots put in for links (slots.ts) are not theirs. */
const slotMarks = /\\u0000[A-Z]\d*\\u0000|\0[A-Z]\d*\0/g;

/** Throws LiquidFault. */
export function parseLiquid(mode: Mode, source: string): Template[] {
  try {
    return engines[mode].parse(source);
  } catch (error) {
    throw fault(error);
  }
}

/** `offset` is where the variable stands in the source. */
export type Used = { readonly path: readonly unknown[]; readonly offset: number };

/** Every variable that must come from outside, with its places. Throws LiquidFault. */
export function variablesIn(mode: Mode, templates: Template[], source: string): Used[] {
  const lineStarts = [0];
  for (let i = source.indexOf("\n"); i !== -1; i = source.indexOf("\n", i + 1)) lineStarts.push(i + 1);
  try {
    const { globals } = engines[mode].analyzeSync(templates, { partials: false });
    return Object.values(globals)
      .flat()
      .map(({ segments, location: { row, col } }) => ({
        path: segments,
        offset: (lineStarts[row - 1] ?? 0) + col - 1,
      }));
  } catch (error) {
    throw fault(error);
  }
}

/** One rendering of one part: locals, loops and limits are shared by all its nodes. */
export type Rendering = { render(node: Template): string; stopped(): boolean };

export function startRendering(mode: Mode, scope: Scope, nowMs: number | undefined): Rendering {
  const liquid = engines[mode];
  // `increment` writes into the outermost scope, so each rendering has its own.
  const environment: Scope = Object.assign(Object.create(null), scope);
  if (nowMs !== undefined) environment[nowKey] = nowMs;
  const renderLimit = stepLimiter();
  const context = new Context(environment, liquid.options, { sync: true }, { renderLimit, liquid });
  let written = 0;
  return {
    render(node) {
      const emitter = {
        buffer: "",
        write(value: unknown) {
          const piece = text(value);
          written += piece.length;
          if (written > outputLimit) throw new Error("the rendered content is too long");
          emitter.buffer += piece;
        },
      };
      try {
        toValueSync(liquid.renderer.renderTemplates([node], context, emitter));
      } catch (error) {
        throw fault(error);
      }
      return emitter.buffer;
    },
    stopped: () => context.breakCalled || context.continueCalled,
  };
}

// liquidjs measures time, and time stands still while a Worker computes: this counts steps instead.
function stepLimiter(): Context["renderLimit"] {
  let steps = 0;
  const limiter = {
    use() {},
    check() {
      if (++steps > stepLimit) throw new Error("too many repetitions");
    },
  };
  // The class has private fields, so no literal can have its type; these two methods are all that is called.
  return limiter as unknown as Context["renderLimit"];
}

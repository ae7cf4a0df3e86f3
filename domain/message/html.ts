/** Reads HTML as its author wrote it: tags, text and comments with their places. Liquid in it stays whole. */
export type Attribute = {
  readonly name: string;
  /** As written: entities are not decoded, Liquid is not rendered. */
  readonly value: string;
  readonly valueStart: number;
  readonly valueEnd: number;
};
export type HtmlNode =
  | {
      readonly kind: "open";
      readonly name: string;
      readonly start: number;
      readonly end: number;
      readonly attributes: readonly Attribute[];
    }
  | { readonly kind: "close"; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: "text" | "liquid" | "comment"; readonly start: number; readonly end: number };

/** Their content is text that no reader sees (HTML Living Standard, 13.2.5: raw text and RCDATA). */
const rawText = new Set(["script", "style", "title", "textarea", "noscript"]);
const letter = /[a-z]/i;
const space = /\s/;
const longestQuotedInLiquid = 2_000;

/** The end of the Liquid construct that begins at `start`, by liquidjs' own rules: quotes count in outputs only. */
export function liquidEnd(source: string, start: number): number {
  if (source.startsWith("{%", start)) {
    const end = source.indexOf("%}", start + 2);
    if (end === -1) return source.length;
    const name = /^\{%-?\s*(comment|raw)\b/.exec(source.slice(start, Math.min(end + 2, start + 40)))?.[1];
    if (!name) return end + 2;
    // Neither comments nor raw blocks are markup to us: they end where their closing tag ends.
    const closing = new RegExp(`\\{%-?\\s*end${name}\\b[^%]*%\\}`, "g");
    closing.lastIndex = end + 2;
    return closing.exec(source) ? closing.lastIndex : source.length;
  }
  for (let i = start + 2; i < source.length; i++) {
    const char = source[i];
    if (char === '"' || char === "'") {
      const closing = source.slice(i + 1, i + longestQuotedInLiquid).indexOf(char);
      if (closing !== -1) i += closing + 1;
    } else if (char === "}" && source[i + 1] === "}") return i + 2;
  }
  return source.length;
}

export function isLiquidAt(source: string, at: number): boolean {
  return source[at] === "{" && (source[at + 1] === "{" || source[at + 1] === "%");
}

export function scanHtml(source: string): HtmlNode[] {
  const nodes: HtmlNode[] = [];
  let textStart = 0;
  let at = 0;
  const push = (node: HtmlNode) => {
    if (node.start > textStart) nodes.push({ kind: "text", start: textStart, end: node.start });
    nodes.push(node);
    at = textStart = node.end;
  };
  while (at < source.length) {
    const next = nextMark(source, at);
    if (next === -1) break;
    at = next;
    if (source[at] === "{") push({ kind: "liquid", start: at, end: liquidEnd(source, at) });
    else if (source.startsWith("<!--", at)) push(comment(source, at));
    else if (
      letter.test(source[at + 1] ?? "") ||
      (source[at + 1] === "/" && letter.test(source[at + 2] ?? ""))
    ) {
      const tag = readTag(source, at);
      // A tag that never closes swallows the rest, as in a browser; here it is kept as text.
      if (!tag) break;
      push(tag);
      if (tag.kind === "open" && rawText.has(tag.name)) {
        const closing = new RegExp(`</${tag.name}`, "gi");
        closing.lastIndex = at;
        at = textStart = closing.exec(source)?.index ?? source.length;
      }
    } else if (source[at + 1] === "!" || source[at + 1] === "?") {
      const end = source.indexOf(">", at);
      push({ kind: "comment", start: at, end: end === -1 ? source.length : end + 1 });
    } else at++;
  }
  if (textStart < source.length) nodes.push({ kind: "text", start: textStart, end: source.length });
  return nodes;
}

function nextMark(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === "<" || isLiquidAt(source, i)) return i;
  }
  return -1;
}

/** Conditional comments hold markup that Outlook reads, so only their opening is skipped. */
function comment(source: string, start: number): HtmlNode {
  if (source.startsWith("<!--[if", start)) {
    const end = source.indexOf(">", start);
    return { kind: "comment", start, end: end === -1 ? source.length : end + 1 };
  }
  const end = source.indexOf("-->", start + 2);
  return { kind: "comment", start, end: end === -1 ? source.length : end + 3 };
}

function readTag(source: string, start: number): Extract<HtmlNode, { kind: "open" | "close" }> | undefined {
  const isClose = source[start + 1] === "/";
  let at = start + (isClose ? 2 : 1);
  const nameStart = at;
  while (at < source.length && !/[\s/>{]/.test(source[at] as string)) at++;
  const name = source.slice(nameStart, at).toLowerCase();
  const attributes: Attribute[] = [];
  while (at < source.length) {
    const char = source[at] as string;
    if (char === ">") {
      const end = at + 1;
      return isClose ? { kind: "close", name, start, end } : { kind: "open", name, start, end, attributes };
    }
    if (space.test(char) || char === "/") at++;
    else if (isLiquidAt(source, at)) at = liquidEnd(source, at);
    else {
      const attribute = readAttribute(source, at);
      attributes.push(attribute.read);
      at = attribute.end;
    }
  }
  return undefined;
}

function readAttribute(source: string, start: number): { read: Attribute; end: number } {
  let at = skipUntil(
    source,
    start + 1,
    (char) => space.test(char) || char === "=" || char === ">" || char === "/",
  );
  const name = source.slice(start, at).toLowerCase();
  const afterName = at;
  while (at < source.length && space.test(source[at] as string)) at++;
  if (source[at] !== "=") {
    return { read: { name, value: "", valueStart: afterName, valueEnd: afterName }, end: afterName };
  }
  at++;
  while (at < source.length && space.test(source[at] as string)) at++;
  const quote = source[at];
  if (quote === '"' || quote === "'") {
    const valueStart = at + 1;
    const valueEnd = skipUntil(source, valueStart, (char) => char === quote);
    return {
      read: { name, value: source.slice(valueStart, valueEnd), valueStart, valueEnd },
      end: valueEnd + 1,
    };
  }
  const valueEnd = skipUntil(source, at, (char) => space.test(char) || char === ">");
  return { read: { name, value: source.slice(at, valueEnd), valueStart: at, valueEnd }, end: valueEnd };
}

function skipUntil(source: string, from: number, stop: (char: string) => boolean): number {
  let at = from;
  while (at < source.length && !stop(source[at] as string)) {
    at = isLiquidAt(source, at) ? liquidEnd(source, at) : at + 1;
  }
  return Math.min(at, source.length);
}

export function attributeOf(node: HtmlNode, name: string): Attribute | undefined {
  return node.kind === "open" ? node.attributes.find((a) => a.name === name) : undefined;
}

/** `&`, `<`, `>`, `"` and `'`, to the very characters liquidjs writes: both renderings of one value must agree. */
const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};
const special = /[&<>"']/;
export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(/[&<>"']/g, (char) => escapes[char] as string) : text;
}

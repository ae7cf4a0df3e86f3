/** The plain-text part made from the HTML, as a template: Liquid stays where it stood, links follow their text. */
import { decodeHTML } from "entities/decode";
import { type Attribute, attributeOf, type HtmlNode } from "./html.ts";

type OpenTag = Extract<HtmlNode, { kind: "open" }>;

const paragraphs = new Set([
  "p",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "ul",
  "ol",
  "blockquote",
  "table",
  "pre",
  "hr",
]);
const lines = new Set(
  "div tr li section article header footer main nav aside address dt dd figure figcaption center body".split(
    " ",
  ),
);
const voids = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
const underlines: Record<string, string> = { h1: "=", h2: "-" };
const longestUnderline = 60;
const liquidCode = /\{\{.*?\}\}|\{%.*?%\}/gs;
/** As long as a first name, for headings that print a variable. */
const typicalValue = "Dorothea";

/** `hrefOf` says what stands for a link: its slot where clicks are counted, else the address as written. */
export function textFromHtml(
  source: string,
  nodes: readonly HtmlNode[],
  hrefOf: (href: Attribute) => string,
): string {
  const page = new Page();
  const hidden = new Hidden(source);
  const open: { href: string; from: number }[] = [];
  const lists: { ordered: boolean; count: number }[] = [];
  let heading = 0;

  const begin = (node: OpenTag) => {
    if (node.name === "br") return page.breakLine();
    if (node.name === "img") return page.text(` ${readable(attributeOf(node, "alt")?.value ?? "")} `);
    if (paragraphs.has(node.name)) page.apart(lists.length > 0 ? 1 : 2);
    else if (lines.has(node.name)) page.apart(1);
    else if (node.name === "td" || node.name === "th") page.space();
    if (node.name === "hr") page.text("----------");
    else if (node.name === "ul" || node.name === "ol") lists.push({ ordered: node.name === "ol", count: 0 });
    else if (node.name === "li") page.item(lists.length, marker(lists.at(-1)));
    else if (node.name === "a") {
      const href = attributeOf(node, "href");
      open.push({ href: href ? hrefOf(href) : "", from: page.length });
    } else if (node.name in underlines) heading = page.length;
  };
  const end = (name: string) => {
    if (name === "a") {
      const link = open.pop();
      if (link) page.text(address(link.href, page.since(link.from)));
    }
    const underline = underlines[name];
    if (underline && page.length > heading) {
      const length = Math.min(
        longestUnderline,
        page.since(heading).trim().replace(liquidCode, typicalValue).length,
      );
      page.apart(1);
      page.text(underline.repeat(length));
    }
    if (name === "ul" || name === "ol") lists.pop();
    if (paragraphs.has(name)) page.apart(lists.length > 0 ? 1 : 2);
    else if (lines.has(name)) page.apart(1);
  };

  for (const node of nodes) {
    if (hidden.covers(node)) continue;
    if (node.kind === "text") page.text(readable(source.slice(node.start, node.end)));
    else if (node.kind === "liquid") page.liquid(source.slice(node.start, node.end));
    else if (node.kind === "open") begin(node);
    else if (node.kind === "close") end(node.name);
  }
  return page.toString();
}

/** What branches and loops leave behind: never more than one empty line. */
export function tidyText(rendered: string): string {
  return rendered.replace(/\n{3,}/g, "\n\n").trim();
}

function marker(list: { ordered: boolean; count: number } | undefined): string {
  if (!list?.ordered) return "- ";
  list.count++;
  return `${list.count}. `;
}

/** Entities that spell out a Liquid delimiter stay as they are: text must not turn into a tag. */
function readable(text: string): string {
  const decoded = decodeHTML(text);
  return /\{[{%]/.test(decoded) && !/\{[{%]/.test(text) ? text : decoded;
}

/** ` (https://…)` after a link's text, unless the text says it already or there is nowhere to go. */
function address(href: string, shown: string): string {
  const target = decodeHTML(href.trim()).replace(/^(mailto|tel):/i, "");
  if (target === "" || target.startsWith("#") || shown.trim() === target) return "";
  return shown.trim() === "" ? target : ` (${target})`;
}

/** What a reader of the HTML does not see: the head, `display:none`, and blocks for old Outlook. */
class Hidden {
  readonly #source: string;
  #tag = "";
  #depth = 0;
  #outlook = false;
  constructor(source: string) {
    this.#source = source;
  }
  covers(node: HtmlNode): boolean {
    if (node.kind === "comment") {
      const text = this.#source.slice(node.start, node.end);
      if (text.includes("[endif]")) this.#outlook = false;
      else if (text.startsWith("<!--[if")) this.#outlook = !this.#source.startsWith("<!--", node.end);
      return true;
    }
    if (this.#outlook) return true;
    if (this.#depth > 0) {
      if (node.kind === "open" && node.name === this.#tag) this.#depth++;
      else if (node.kind === "close" && node.name === this.#tag) this.#depth--;
      return true;
    }
    if (node.kind !== "open" || voids.has(node.name)) return false;
    const style = attributeOf(node, "style")?.value ?? "";
    if (node.name !== "head" && !/display\s*:\s*none/i.test(style)) return false;
    this.#tag = node.name;
    this.#depth = 1;
    return true;
  }
}

/** Text with white space as a browser would show it. */
class Page {
  #out = "";
  #newlines = 0;
  #space = false;
  /** Set right after a list mark: the item's own text stands beside it, whatever block it is in. */
  #afterMark = false;
  #hasText = false;

  get length(): number {
    return this.#out.length;
  }
  since(from: number): string {
    return this.#out.slice(from);
  }
  text(text: string): void {
    const words = text.replace(/[ \t\r\n\f]+/g, " ").trim();
    if (/^[ \t\r\n\f]/.test(text)) this.space();
    if (words !== "") this.#put(words);
    if (words !== "" && /[ \t\r\n\f]$/.test(text)) this.space();
  }
  /** Tags wait for no white space, so that what they leave out takes its line breaks along. */
  liquid(code: string): void {
    if (code.startsWith("{{")) {
      this.#put(code);
      return;
    }
    // A loop's items follow each other closely, however far the loop stands from what is before it.
    if (/^\{%-?\s*(for|tablerow)\b/.test(code) && this.#newlines > 1) {
      if (this.#hasText) this.#out += "\n".repeat(this.#newlines - 1);
      this.#newlines = 1;
    }
    this.#out += code;
  }
  space(): void {
    this.#space = true;
  }
  breakLine(): void {
    this.#newlines = Math.min(this.#newlines + 1, 2);
    this.#space = false;
  }
  apart(newlines: number): void {
    this.#newlines = Math.max(this.#newlines, newlines);
    this.#space = false;
  }
  item(depth: number, mark: string): void {
    this.#put("  ".repeat(Math.max(0, depth - 1)) + mark);
    this.#afterMark = true;
  }
  toString(): string {
    return this.#out.trim();
  }

  #put(text: string): void {
    if (this.#hasText && !this.#afterMark) {
      if (this.#newlines > 0) this.#out += "\n".repeat(this.#newlines);
      else if (this.#space) this.#out += " ";
    }
    this.#afterMark = false;
    this.#out += text;
    this.#newlines = 0;
    this.#space = false;
    this.#hasText = true;
  }
}

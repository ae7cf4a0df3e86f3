/** The plain-text part made from the HTML, as a template: Liquid stays where it stood, links follow their text. */
import { decodeHTML } from "entities/decode";
import { type Attribute, attributeOf, type HtmlNode } from "./html.ts";
import { TextPage } from "./text-page.ts";

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
  const page = new TextPage();
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

/** A plain text while it grows: white space as a browser would show it, also where Liquid decides what is there. */

/** White space that waits for the text it stands before. */
type Waiting = {
  readonly newlines: number;
  readonly space: boolean;
  /** The space was written already, before a tag. */
  readonly spaced: boolean;
  /** Right after a list mark the item's own text stands beside it, whatever block it is in. */
  readonly afterMark: boolean;
  readonly hasText: boolean;
};
const settled: Waiting = { newlines: 0, space: false, spaced: false, afterMark: false, hasText: true };

const branching = /^(?:if|unless|case)$/;
const otherBranch = /^(?:else|elsif|when)$/;
const endOfBranches = /^end(?:if|unless|case)$/;
const loop = /^(?:for|tablerow)$/;

export class TextPage {
  #out = "";
  #waiting: Waiting = { ...settled, hasText: false };
  /** What waited where each open branching began: every branch begins with it, as only one of them is taken. */
  readonly #branches: Waiting[] = [];

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
  /** Line breaks wait for text, so that what a branch leaves out takes its line breaks along. */
  liquid(code: string): void {
    if (code.startsWith("{{")) {
      this.#put(code);
      return;
    }
    const tag = /^\{%-?\s*(\w+)/.exec(code)?.[1] ?? "";
    if (branching.test(tag)) this.#begin();
    else if (otherBranch.test(tag)) this.#otherwise();
    else if (endOfBranches.test(tag)) this.#end();
    else if (loop.test(tag)) this.#closeUp();
    this.#out += code;
  }
  space(): void {
    this.#waiting = { ...this.#waiting, space: true };
  }
  breakLine(): void {
    const newlines = Math.min(this.#waiting.newlines + 1, 2);
    this.#waiting = { ...this.#waiting, newlines, space: false };
  }
  apart(newlines: number): void {
    const most = Math.max(this.#waiting.newlines, newlines);
    this.#waiting = { ...this.#waiting, newlines: most, space: false };
  }
  item(depth: number, mark: string): void {
    this.#put("  ".repeat(Math.max(0, depth - 1)) + mark);
    this.#waiting = { ...settled, afterMark: true };
  }
  toString(): string {
    return this.#out.trim();
  }

  #begin(): void {
    this.#writeSpace();
    this.#branches.push(this.#waiting);
  }
  #otherwise(): void {
    this.#writeSpace();
    this.#waiting = this.#branches.at(-1) ?? this.#waiting;
  }
  #end(): void {
    this.#writeSpace();
    this.#branches.pop();
  }

  /** A space belongs to the branch in which it stands; left for later it would be lost, or come twice. */
  #writeSpace(): void {
    const { newlines, space, spaced, hasText } = this.#waiting;
    if (newlines > 0 || !space || !hasText) return;
    if (!spaced) this.#out += " ";
    this.#waiting = { ...this.#waiting, space: false, spaced: true };
  }

  /** A loop's items follow each other closely, however far the loop stands from what is before it. */
  #closeUp(): void {
    const { newlines, hasText } = this.#waiting;
    if (newlines < 2) return;
    if (hasText) this.#out += "\n".repeat(newlines - 1);
    this.#waiting = { ...this.#waiting, newlines: 1 };
  }

  #put(text: string): void {
    const { newlines, space, spaced, afterMark, hasText } = this.#waiting;
    if (hasText && !afterMark) {
      if (newlines > 0) this.#out += "\n".repeat(newlines);
      else if (space && !spaced) this.#out += " ";
    }
    this.#out += text;
    this.#waiting = settled;
  }
}

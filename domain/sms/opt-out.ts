/** How a text message says how to leave: by a word where the sender can be answered, by a link where it cannot. */
import { z } from "zod";
import { readReply } from "./keywords.ts";
import { countSegments } from "./segments.ts";

/** Stands for the recipient's own way out. */
export const linkMark = "{link}";

const line = z.string().trim().min(1).max(120);

/** One line for each kind of sender, said once per workspace, in the language its customers read. */
export const optOutWords = z.object({
  keyword: line
    .refine(
      (text) => !text.includes(linkMark),
      "this line has no link: it is for senders that can be answered",
    )
    .refine(namesKeyword, "name a word that is understood as leaving, such as STOP"),
  link: line.refine(
    (text) => text.split(linkMark).length === 2,
    `${linkMark} must stand where the link is to be, once`,
  ),
});
export type OptOutWords = z.output<typeof optOutWords>;

/** In the GSM alphabet, so that they make no message UCS-2. */
export const defaultOptOut: OptOutWords = { keyword: "Reply STOP to opt out", link: `Opt out: ${linkMark}` };

/** A reply of any one word of the text would be obeyed as STOP. */
export function namesKeyword(text: string): boolean {
  return text.split(/[^\p{L}\p{N}]+/u).some((word) => word !== "" && readReply(word).keyword === "stop");
}

/** Words that would turn an otherwise plain message into UCS-2, and so double its price. */
export const makesUcs2 = (words: string): readonly string[] => countSegments(words).outsideGsm;

/** `line` as it reads for one recipient. */
export const optOutLine = (line: string, link: string): string => line.replace(linkMark, () => link);

/**
 * The text with its way out. One that says it already, in what was rendered for this person, stays as it is: by the
 * line itself or by the link. Other words are not looked for: "STOP" in a sentence that shouts is no way out, and a
 * line too many costs less than one that is missing.
 */
export function withOptOut(text: string, line: string, link: string): string {
  const said = optOutLine(line, link);
  return text.includes(link) || text.toLowerCase().includes(said.toLowerCase()) ? text : `${text}\n${said}`;
}

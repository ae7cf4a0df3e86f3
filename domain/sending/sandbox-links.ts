/** What a played recipient can touch in a mail: its pixel, one of its tracked links, its one-click unsubscribe address. */
import { isDecoy } from "../tracking/urls.ts";
import { hash32 } from "./sandbox-plot.ts";

export type Touchable = {
  readonly pixel: string | undefined;
  readonly link: string | undefined;
  readonly unsubscribe: string | undefined;
};

const images = /<img\b[^>]*?\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
const anchors = /<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;

/** `origin` without a slash at its end. Whatever lies elsewhere is never fetched: the sandbox plays within the house. */
export function touchable(
  mail: {
    readonly html: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly recipient: string;
  },
  origin: string,
): Touchable {
  const pixels = addresses(mail.html, images, `${origin}/t/o/`);
  // Played people do not follow what people cannot see.
  const links = addresses(mail.html, anchors, `${origin}/t/c/`).filter((url) => !isDecoy(url));
  return {
    pixel: pixels[0],
    // Different people like different links.
    link: links[hash32(`link:${mail.recipient}`) % Math.max(1, links.length)],
    unsubscribe: oneClickAddress(mail.headers, origin),
  };
}

function addresses(html: string, pattern: RegExp, prefix: string): string[] {
  const found: string[] = [];
  for (const match of html.matchAll(pattern)) {
    const url = unescaped(match[1] ?? match[2] ?? "");
    if (url.startsWith(prefix)) found.push(url);
  }
  return found;
}

function unescaped(attribute: string): string {
  return attribute.trim().replaceAll("&#38;", "&").replaceAll("&#x26;", "&").replaceAll("&amp;", "&");
}

/** RFC 8058: an https address in List-Unsubscribe, and the promise of List-Unsubscribe-Post beside it. */
function oneClickAddress(headers: Readonly<Record<string, string>>, origin: string): string | undefined {
  const named = (wanted: string) =>
    Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
  if (!/^List-Unsubscribe=One-Click$/i.test(named("list-unsubscribe-post").trim())) return undefined;
  for (const [, url] of named("list-unsubscribe").matchAll(/<([^>]+)>/g)) {
    if (url?.startsWith(`${origin}/`)) return url;
  }
  return undefined;
}

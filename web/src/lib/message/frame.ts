/** A mail as a document of its own, for a sandboxed frame. */

/**
 * A frame's colour scheme is the system's, whatever its page says, so the queries for it are answered here:
 * one that always holds, one that never does.
 */
const always = "(min-width: 0px)";
const never = "(max-width: 0px)";

export function frameDocument(html: string, dark: boolean): string {
  const knowsDark = /prefers-color-scheme|color-scheme/i.test(html);
  const answered = html
    .replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/gi, dark ? always : never)
    .replace(/\(\s*prefers-color-scheme\s*:\s*light\s*\)/gi, dark ? never : always);
  const scheme = dark && knowsDark ? "dark" : "light";
  const head = `<base target="_blank"><style>:root{color-scheme:${scheme} only!important}</style>`;
  return /<\/head>/i.test(answered) ? answered.replace(/<\/head>/i, `${head}</head>`) : head + answered;
}

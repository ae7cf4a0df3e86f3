/** Small pages for recipients: no framework, no script, readable in light and dark, in the tenant's name. */
import type { Context } from "hono";
import { escapeHtml } from "#domain/message/html";
import type { AppEnv } from "../../context.ts";

export type Page = {
  readonly title: string;
  /** Shown on top; empty where the link says nothing about whose it is. */
  readonly tenantName: string;
  /** HTML, already escaped. */
  readonly body: string;
};

const css = `
:root{color-scheme:light dark;--bg:#f6f6f7;--card:#fff;--fg:#1b1b1f;--soft:#5b5b66;--line:#dedee3;--accent:#4338ca;--on:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#131316;--card:#1b1b1f;--fg:#f2f2f4;--soft:#a8a8b3;--line:#35353d;--accent:#a5b4fc;--on:#16161a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--bg);color:var(--fg);font:16px/1.6 system-ui,-apple-system,"Segoe UI",sans-serif}
main{width:100%;max-width:30rem;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px}
.from{margin:0 0 20px;color:var(--soft);font-size:14px;overflow-wrap:anywhere}
h1{margin:0 0 12px;font-size:22px;line-height:1.3;letter-spacing:-.01em}
p{margin:0 0 16px;overflow-wrap:anywhere}
p:last-child,form:last-child{margin-bottom:0}
form{margin:0 0 16px}
button{font:inherit;font-weight:600;padding:10px 18px;min-height:44px;border-radius:8px;border:1px solid transparent;background:var(--accent);color:var(--on);cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
a{color:var(--accent)}
.soft{color:var(--soft);font-size:14px}
`;

export function page(c: Context<AppEnv>, { title, tenantName, body }: Page, status: 200 | 400 | 404 = 200) {
  const nonce = nonceOf(c);
  const name = escapeHtml(tenantName);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex,nofollow"><title>${escapeHtml(title)}${name && ` · ${name}`}</title>
<style nonce="${nonce}">${css}</style></head>
<body><main>${name && `<p class="from">${name}</p>`}<h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
  return c.html(html, status, {
    "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    "cache-control": "no-store",
    // With "no-referrer" a browser would call our own form's origin "null", and the form would look like a stranger's.
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
  });
}

function nonceOf(c: Context<AppEnv>): string {
  const bytes = new Uint8Array(15);
  c.var.deps.random(bytes);
  return btoa(String.fromCharCode(...bytes));
}

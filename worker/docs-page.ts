/** The API reference as one page without scripts: our own few lines over the OpenAPI document. */
import type { openApiDocument } from "./openapi.ts";

type Document = ReturnType<typeof openApiDocument>;
type Json = { readonly [key: string]: unknown };
type Operation = Json & { summary?: string; description?: string; tags?: string[]; parameters?: Json[] };

const methods = ["get", "post", "put", "patch", "delete"] as const;

export function docsPage(document: Document): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = (item as Record<string, Operation>)[method];
      return operation ? [{ method, path, operation }] : [];
    }),
  );
  const sections = (document.tags ?? []).map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name));
    return `<section><h2 id="${escapeHtml(name)}">${escapeHtml(name)}</h2>${own.map(operationHtml).join("")}</section>`;
  });
  const links = (document.tags ?? []).map(
    ({ name }) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`,
  );
  const shapes = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary>${escapeHtml(name)}</summary>${schemaHtml(schema)}</details>`,
  );
  const title = escapeHtml(document.info.title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body><main><h1>${title} ${escapeHtml(document.info.version)}</h1><p>${escapeHtml(document.info.description ?? "")}</p>
<p>The document itself: <a href="/v1/openapi.json">openapi.json</a></p>
<nav aria-label="Sections">${links.join(" ")} <a href="#shapes">Shapes</a></nav>
${sections.join("\n")}<section><h2 id="shapes">Shapes</h2>${shapes.join("")}</section></main></body></html>`;
}

function operationHtml(entry: { method: string; path: string; operation: Operation }): string {
  const { method, path, operation } = entry;
  const body = (operation.requestBody as Json | undefined)?.content as Json | undefined;
  const responses = Object.entries((operation.responses ?? {}) as Record<string, Json>);
  const parts = [
    operation.description ? `<p>${escapeHtml(operation.description)}</p>` : "",
    `<p class="who">Needs: <code>${escapeHtml(String(operation["x-permission"] ?? "public"))}</code></p>`,
    operation.parameters?.length ? `<h4>Parameters</h4>${schemaHtml(operation.parameters)}` : "",
    body ? `<h4>Body</h4>${contentHtml(body)}` : "",
    ...responses.map(([status, response]) => {
      const content = status.startsWith("2") ? (response.content as Json | undefined) : undefined;
      return `<h4>${escapeHtml(status)} ${escapeHtml(String(response.description ?? ""))}</h4>${content ? contentHtml(content) : ""}`;
    }),
  ];
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(
    operation.summary ?? "",
  )}</summary>${parts.join("")}</details>`;
}

function contentHtml(content: Json): string {
  return Object.entries(content)
    .map(([type, media]) => `<p><code>${escapeHtml(type)}</code></p>${schemaHtml((media as Json).schema)}`)
    .join("");
}

/** JSON as it stands in the document; names of shapes lead to them. */
function schemaHtml(schema: unknown): string {
  const text = escapeHtml(JSON.stringify(schema, null, 2) ?? "");
  const linked = text.replace(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    (_, name) => `<a href="#schema-${name}">${name}</a>`,
  );
  return `<pre>${linked}</pre>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:auto;padding:1rem}
nav{display:flex;flex-wrap:wrap;gap:.75rem;padding:.5rem 0}
details{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.5rem 0}
summary{cursor:pointer}
summary b{display:inline-block;min-width:4.5rem}
pre{overflow:auto;padding:.75rem;border-radius:.5rem;background:color-mix(in srgb,currentColor 8%,transparent)}
h4{margin:.75rem 0 .25rem}.who{opacity:.8}`;

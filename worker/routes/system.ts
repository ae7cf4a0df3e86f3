/** What belongs to no tenant: is the service up, and what can it do. */

import { errorReport } from "#domain/error-report";
import { docsPage } from "../docs-page.ts";
import { openApiDocument } from "../openapi.ts";
import { createRouter } from "../router.ts";

export const system = createRouter();

// Built on first use: a cold start should not pay for a page few people open.
let document: ReturnType<typeof openApiDocument> | undefined;
let page: string | undefined;
const built = () => (document ??= openApiDocument());

system.get("/health", async (c) => {
  try {
    await c.var.deps.system.ping();
    return c.json({ status: "ok", database: "ok" });
  } catch (error) {
    c.var.deps.log("health", errorReport(error));
    return c.json({ status: "unavailable", database: "unreachable" }, 503);
  }
});

system.get("/v1/openapi.json", (c) => c.json(built()));

system.get("/v1/docs", (c) => {
  page ??= docsPage(built());
  c.header(
    "content-security-policy",
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  );
  return c.html(page);
});

/** Routers whose refused input reads like every other refusal. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./context.ts";
import { problem } from "./problem.ts";

export function createRouter() {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      // An id of the wrong shape in the path names nothing: not found, as with any other unknown id.
      if (result.target === "param") return problem(c, { kind: "not_found", what: "object" });
      return problem(c, {
        kind: "invalid",
        errors: result.error.issues.map((issue) => ({
          pointer: result.target === "json" ? `/${issue.path.join("/")}` : issue.path.join("."),
          detail: issue.message,
        })),
      });
    },
  });
}

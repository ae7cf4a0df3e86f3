/** The last stop of whatever was thrown: known refusals of the framework, then everything else as our fault. */
import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { errorReport } from "#domain/error-report";
import type { Failure } from "#domain/failure";
import type { AppEnv } from "./context.ts";
import { BodyTooLarge } from "./middleware/body-limit.ts";
import { internalProblem, problem } from "./problem.ts";

export const onError: ErrorHandler<AppEnv> = function answerError(error, c) {
  const known = failureOf(error);
  if (known) return problem(c, known);
  const requestId = c.get("requestId") ?? "";
  const fields = { request_id: requestId, method: c.req.method, ...errorReport(error) };
  const deps = c.get("deps");
  // Without dependencies there is no log either: their making may be what failed.
  if (deps) deps.log("error", fields);
  else console.error(JSON.stringify({ event: "error", ...fields }));
  return internalProblem(requestId);
};

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof BodyTooLarge) return { kind: "too_large", limitBytes: error.limitBytes };
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 400) return { kind: "malformed", detail: "The body is not valid JSON." };
  if (error.status === 415)
    return { kind: "unsupported_media", wanted: "the content type this route declares" };
  return undefined;
}

/** The catalogue of refusals at the HTTP edge: RFC 9457, one entry per kind of failure. */
import type { Context } from "hono";
import type { Failure, FailureKind, FieldError } from "#domain/failure";
import type { AppEnv } from "./context.ts";

type Entry = {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 429 | 502;
  readonly title: string;
};

export const problems = {
  malformed: { status: 400, title: "The request could not be read" },
  invalid: { status: 422, title: "The request is understood and wrong" },
  not_found: { status: 404, title: "Not found" },
  unauthenticated: { status: 401, title: "Sign in first" },
  wrong_credentials: { status: 401, title: "E-mail address or password is wrong" },
  forbidden: { status: 403, title: "Your role does not allow this" },
  bad_origin: { status: 403, title: "The request came from another site" },
  taken: { status: 409, title: "Already taken" },
  in_use: { status: 409, title: "Still in use" },
  wrong_state: { status: 409, title: "Not possible in this state" },
  not_ready: { status: 422, title: "Not ready to send" },
  changed_meanwhile: { status: 412, title: "Somebody changed this meanwhile" },
  key_reused: { status: 422, title: "This idempotency key was used for another request" },
  key_in_use: { status: 409, title: "The first request under this idempotency key is still under way" },
  too_large: { status: 413, title: "Too large" },
  unsupported_media: { status: 415, title: "Unsupported content type" },
  rate_limited: { status: 429, title: "Too many requests" },
  bad_signature: { status: 401, title: "The signature does not match" },
  bad_token: { status: 404, title: "This link is not valid" },
  provider_refused: { status: 502, title: "The provider refused" },
} as const satisfies Record<FailureKind, Entry>;

function detailOf(failure: Failure): string {
  switch (failure.kind) {
    case "malformed":
      return failure.detail;
    case "not_found":
      return `There is no such ${failure.what}.`;
    case "forbidden":
      return `This needs the permission ${failure.needs}.`;
    case "taken":
      return `${failure.what} is already taken.`;
    case "in_use":
      return `This ${failure.what} is used by ${failure.by}.`;
    case "wrong_state":
      return `This ${failure.what} is ${failure.state}; this is possible only when it is ${failure.wanted}.`;
    case "changed_meanwhile":
      return `This ${failure.what} was changed since you read it. Read it again and repeat your change.`;
    case "key_reused":
      return "The same key may only come again with the same body. Take a new key for a new request.";
    case "too_large":
      return `At most ${failure.limitBytes} bytes are accepted.`;
    case "unsupported_media":
      return `Send ${failure.wanted}.`;
    case "key_in_use":
    case "rate_limited":
      return `Try again in ${failure.retryAfterSeconds} seconds.`;
    case "provider_refused":
      return `${failure.provider}: ${failure.detail}`;
    case "invalid":
    case "not_ready":
      return failure.errors.map((e) => e.detail).join("; ");
    default:
      return problems[failure.kind].title;
  }
}

export function problemBody(failure: Failure, requestId: string) {
  const entry = problems[failure.kind];
  const errors: readonly FieldError[] | undefined =
    failure.kind === "invalid" || failure.kind === "not_ready"
      ? failure.errors
      : failure.kind === "taken" && failure.pointer
        ? [{ pointer: failure.pointer, detail: detailOf(failure) }]
        : undefined;
  return {
    type: `/problems/${failure.kind}`,
    title: entry.title,
    status: entry.status,
    detail: detailOf(failure),
    code: failure.kind,
    request_id: requestId,
    ...(errors ? { errors: [...errors] } : {}),
  };
}

/**
 * Answers a failure. Typed as `never` so that a handler's own type is that of its success alone:
 * refusals are declared once for all routes in contract.ts.
 */
export function problem(c: Context<AppEnv>, failure: Failure): never {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  // RFC 9110 §11.6.1; a scheme that makes no browser ask for a password.
  if (problems[failure.kind].status === 401) headers["www-authenticate"] = "Bearer";
  if ("retryAfterSeconds" in failure) headers["retry-after"] = String(failure.retryAfterSeconds);
  const body = JSON.stringify(problemBody(failure, c.get("requestId")));
  return new Response(body, { status: problems[failure.kind].status, headers }) as never;
}

/** Our fault: the caller learns the request id and nothing else. */
export function internalProblem(requestId: string): Response {
  const body = {
    type: "/problems/internal",
    title: "Something went wrong on our side",
    status: 500,
    detail: "The error was recorded under the request id.",
    code: "internal",
    request_id: requestId,
  };
  return Response.json(body, { status: 500, headers: { "content-type": "application/problem+json" } });
}

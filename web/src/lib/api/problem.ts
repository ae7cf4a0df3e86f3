/** A refusal of the API (RFC 9457) or its silence, as one error the dashboard can show. */
import type { components } from "./schema.d.ts";

export type ProblemBody = components["schemas"]["Problem"];

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** 0 when no answer came. */
  readonly status: number;
  /** From the API's closed list; `offline` when no answer came, `broken` when it was not a problem document. */
  readonly code: string;
  readonly requestId: string;
  /** What is wrong with which field: `{ "email": "…" }`, nested names joined by dots. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | null;

  constructor(body: ProblemBody, retryAfterSeconds: number | null = null) {
    super(body.detail || body.title);
    this.status = body.status;
    this.code = body.code;
    this.requestId = body.request_id;
    this.fields = fieldErrors(body.errors ?? []);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The API could not be reached, or it stumbled: trying again may help. */
export function isOutage(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}

export function offline(): ApiProblem {
  return new ApiProblem({
    type: "about:blank",
    title: "Larkpost cannot be reached",
    status: 0,
    detail: "Larkpost cannot be reached. Check your connection; nothing you entered is lost.",
    code: "offline",
    request_id: "",
  });
}

export async function problemOf(response: Response, body: unknown): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get("retry-after"));
  return new ApiProblem(isProblem(body) ? body : unreadable(response), retryAfter > 0 ? retryAfter : null);
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body && "status" in body && "title" in body;
}

function unreadable(response: Response): ProblemBody {
  return {
    type: "about:blank",
    title: "Something broke on our side",
    status: response.status,
    detail: `The server answered ${response.status} without saying why. Try again in a moment.`,
    code: "broken",
    request_id: response.headers.get("x-request-id") ?? "",
  };
}

/** `/body/settings/host` and `/settings/host` (JSON pointers) become `settings.host`. */
function fieldErrors(errors: readonly { pointer: string; detail: string }[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { pointer, detail } of errors) {
    const parts = pointer.replace(/^#?\/?/, "").split("/");
    const name = parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")).join(".");
    fields[name] ??= sentence(detail);
  }
  return fields;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

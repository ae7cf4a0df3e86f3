/** One request to a provider's API: an answer, or the knowledge that none came. */
import { errorText } from "./wire.ts";

export type HttpAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
    }
  /** Nobody can tell whether the request was carried out. */
  | { readonly kind: "lost"; readonly reason: string };

/** Many times what any answer takes; a server that never ends must not fill the memory others work in. */
const maxAnswerBytes = 4_000_000;

/** Never throws. Redirects are not followed: they would carry the credentials to somebody else. */
export async function callHttp(url: string, init: RequestInit, timeoutMs: number): Promise<HttpAnswer> {
  try {
    const answer = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(Math.max(1, timeoutMs)),
    });
    return {
      kind: "answered",
      status: answer.status,
      headers: answer.headers,
      text: await textOf(answer),
    };
  } catch (error) {
    return { kind: "lost", reason: errorText(error) };
  }
}

/** Throws, and stops reading, where it is too long. */
async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxAnswerBytes) throw new Error("the answer is too long to be one");
    chunks.push(chunk);
  }
  return new Blob(chunks).text();
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3); undefined where it is not said. */
export function retryAfterMsOf(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get("retry-after");
  if (!value) return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(100, waitMs) : undefined;
}

export function withoutSlash(baseUrl: unknown): string {
  return String(baseUrl ?? "").replace(/\/+$/, "");
}

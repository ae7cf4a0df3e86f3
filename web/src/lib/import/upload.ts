/** A file on its way to the API, with its progress; `fetch` tells none. */
import { foreignFormat } from "#domain/contact/csv-encoding";
import { ApiProblem, offline, problemOf } from "#lib/api/problem.ts";
import { bytes } from "#lib/format.ts";
import type { Import } from "./queries.ts";

/** What the API takes; `maxFileText` is the same in words. */
const maxFileBytes = 100 * 1024 * 1024;
export const maxFileText = "100 MB";

/** Why a file need not be sent at all; `null` where it may be. */
export async function refusalOf(file: File): Promise<string | null> {
  if (file.size === 0) return "The file is empty.";
  if (file.size > maxFileBytes)
    return `The file has ${bytes(file.size)}; at most ${maxFileText} are taken. Split it, and import the parts one after another.`;
  try {
    const wanted = foreignFormat(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
    return wanted ? `Choose ${wanted}.` : null;
  } catch {
    return "The file could not be read. Was it moved or deleted, or is it a folder?";
  }
}

export type Upload = { readonly done: Promise<Import>; readonly stop: () => void };

/** `done` fails with an `ApiProblem`, or with an `AbortError` once it was stopped. */
export function upload(tenantId: string, file: File, onprogress: (sentBytes: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Import>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onprogress(loaded);
    request.onload = () => {
      const answer = read(request);
      if (request.status === 201) resolve(answer as Import);
      else void refused(request, answer, file).then(reject);
    };
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new DOMException("The upload was stopped", "AbortError"));
  });
  request.open("POST", `/v1/imports?${new URLSearchParams({ file_name: file.name.slice(-255) })}`);
  request.setRequestHeader("X-Tenant-Id", tenantId);
  request.setRequestHeader("Content-Type", "text/csv");
  request.send(file);
  return { done, stop: () => request.abort() };
}

function read(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return undefined;
  }
}

async function refused(request: XMLHttpRequest, answer: unknown, file: File): Promise<ApiProblem> {
  const retryAfter = request.getResponseHeader("retry-after");
  const headers: Record<string, string> = retryAfter ? { "retry-after": retryAfter } : {};
  const problem = await problemOf(new Response(null, { status: request.status, headers }), answer);
  if (problem.code !== "too_large") return problem;
  const detail = `The file has ${bytes(file.size)}, which is more than is taken. Split it, and import the parts one after another.`;
  const { status, code, requestId } = problem;
  return new ApiProblem({
    type: "about:blank",
    title: "Too large",
    status,
    code,
    detail,
    request_id: requestId,
  });
}

/** Refuses bodies that are too large, before or while they are read. Files pass through as a stream, never gathered. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context.ts";
import { problem } from "../problem.ts";

const defaultLimitBytes = 1024 * 1024;
/** A provider's report; SendGrid and SES send the largest, and none comes near. */
const hookLimitBytes = 5 * 1024 * 1024;
/** Ten megabytes of files in base64, and what is around them (domain/direct/attachments.ts). */
const large: Record<string, number> = {
  "/v1/messages": 16 * 1024 * 1024,
  "/v1/messages/batch": 8 * 1024 * 1024,
};
const streamed: Record<string, number> = { "/v1/imports": 100 * 1024 * 1024 };

/** Bodies that are passed on as they come: nothing may gather them. */
export const isStreamed = (path: string): boolean => path in streamed;

/** Thrown out of a streamed body that turns out longer than allowed. */
export class BodyTooLarge extends Error {
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(`the body is longer than ${limitBytes} bytes`);
    this.name = "BodyTooLarge";
    this.limitBytes = limitBytes;
  }
}

export function bodyLimit() {
  return createMiddleware<AppEnv>(async function limitBody(c, next) {
    const streamLimit = c.req.method === "POST" ? streamed[c.req.path] : undefined;
    const largeLimit = c.req.method === "POST" ? large[c.req.path] : undefined;
    const plainLimit = c.req.path.startsWith("/hooks/") ? hookLimitBytes : (largeLimit ?? defaultLimitBytes);
    const limitBytes = streamLimit ?? plainLimit;
    if (!c.req.raw.body) return next();
    const declared = c.req.header("content-length");
    // A declared length is held by HTTP itself: nothing past it is ever read.
    if (declared !== undefined)
      return Number(declared) > limitBytes ? problem(c, { kind: "too_large", limitBytes }) : next();
    if (streamLimit !== undefined) {
      replaceBody(c, c.req.raw.body.pipeThrough(counting(limitBytes)));
      return next();
    }
    const gathered = await gather(c.req.raw.body, limitBytes);
    if (!gathered) return problem(c, { kind: "too_large", limitBytes });
    replaceBody(c, gathered);
    await next();
  });
}

function replaceBody(c: Context<AppEnv>, body: BodyInit): void {
  // Streams as bodies need `duplex` by the Fetch standard; workerd does without, Node does not.
  c.req.raw = new Request(c.req.raw, { body, duplex: "half" } as RequestInit);
}

function counting(limitBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let sizeBytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) controller.error(new BodyTooLarge(limitBytes));
      else controller.enqueue(chunk);
    },
  });
}

async function gather(body: ReadableStream<Uint8Array>, limitBytes: number): Promise<Blob | undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = body.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    sizeBytes += step.value.byteLength;
    if (sizeBytes > limitBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(step.value);
  }
  return new Blob(chunks);
}

/** Contracts: failed jobs, that is queue messages that failed at every attempt. */
import { createRoute, z } from "@hono/zod-openapi";
import { deadLetterStates } from "#db/schema/operations";
import { idText } from "#domain/id-schema";
import { body, idParam, idSchema, json, moment, needs, pageOf, pageQuery, refusals } from "../contract.ts";

export const deadLetterSchema = z
  .object({
    id: idSchema("dlt"),
    queue: z.string(),
    /** What was to be done: `send.chunk`, `provider.report` and so on; empty where the message does not say. */
    kind: z.string(),
    state: z.enum(deadLetterStates),
    /** What the last attempt died of, without anybody's values; empty where it could not be kept. */
    error: z.string(),
    at: moment,
    settled_at: moment.nullable(),
  })
  .openapi("FailedJob");
const wholeLetter = deadLetterSchema.extend({ body: z.unknown() }).openapi("FailedJobWithBody");

export const listDeadLetters = createRoute({
  method: "get",
  path: "/v1/dead-letters",
  tags: ["Operations"],
  summary: "Failed jobs, newest first",
  ...needs("operations.read"),
  request: { query: pageQuery.extend({ state: z.enum(deadLetterStates).optional() }) },
  responses: {
    200: json(pageOf(deadLetterSchema).extend({ waiting: z.int() }), "Failed jobs, and how many wait in all"),
    ...refusals,
  },
});
export const getDeadLetter = createRoute({
  method: "get",
  path: "/v1/dead-letters/{id}",
  tags: ["Operations"],
  summary: "A failed job with its message",
  ...needs("operations.read"),
  request: { params: idParam("dlt") },
  responses: { 200: json(wholeLetter, "The job"), ...refusals },
});
export const redriveDeadLetter = createRoute({
  method: "post",
  path: "/v1/dead-letters/{id}/redrive",
  tags: ["Operations"],
  summary: "Try a failed job again",
  description: "Gives its message to the queue anew. Asked twice, it is done once.",
  ...needs("operations.write"),
  request: { params: idParam("dlt") },
  responses: { 200: json(deadLetterSchema, "Given to its queue"), ...refusals },
});
export const redriveDeadLetters = createRoute({
  method: "post",
  path: "/v1/dead-letters/redrive",
  tags: ["Operations"],
  summary: "Try several failed jobs again",
  description: "Those that do not wait any more are left as they are.",
  ...needs("operations.write"),
  request: body(z.object({ ids: z.array(idText("dlt")).min(1).max(100) })),
  responses: { 200: json(z.object({ redriven: z.int() }), "Given to their queues"), ...refusals },
});
export const discardDeadLetter = createRoute({
  method: "post",
  path: "/v1/dead-letters/{id}/discard",
  tags: ["Operations"],
  summary: "Put a failed job away",
  description: "It stays in the list as discarded; what it was to do is not done.",
  ...needs("operations.write"),
  request: { params: idParam("dlt") },
  responses: { 200: json(deadLetterSchema, "Put away"), ...refusals },
});

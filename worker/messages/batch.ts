/** Up to a hundred messages in one request: each is judged and taken by itself. */
import type { Failure } from "#domain/failure";
import { fail, type Result } from "#domain/result";
import type { IdempotencyKey } from "../middleware/idempotency.ts";
import { messageBody } from "../routes/messages.schema.ts";
import type { Act } from "../settings/act.ts";
import { type Accepted, acceptMessage, idFor } from "./accept.ts";

/** In the order of `items`. */
export async function acceptBatch(
  act: Act,
  key: IdempotencyKey | undefined,
  items: readonly unknown[],
): Promise<Result<Accepted>[]> {
  return Promise.all(
    items.map(async (item, place) => {
      const input = messageBody.safeParse(item);
      if (!input.success) return fail(failureOf(input.error.issues));
      if (input.data.attachments.length > 0) return fail(noFiles);
      return acceptMessage(act, await idFor(act, key, place + 1), input.data);
    }),
  );
}

const noFiles: Failure = {
  kind: "invalid",
  errors: [{ pointer: "/attachments", detail: "Files go with single messages alone: POST /v1/messages." }],
};

function failureOf(issues: readonly { path: PropertyKey[]; message: string }[]): Failure {
  return {
    kind: "invalid",
    errors: issues.map(({ path, message }) => ({
      pointer: `/${path.map(String).join("/")}`,
      detail: message,
    })),
  };
}

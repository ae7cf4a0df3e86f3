/** Failed jobs in the real database: what they died of is kept, redriving is done once, dying again is another row. */
import { expect, test } from "vitest";
import { getDeadLetter, listDeadLetters, settleDeadLetter } from "#db/repos/dead-letters";
import type { TenantDb } from "#db/scope";
import { buryMessage } from "#queues/consumers/dead-letter";
import { noteFailure, redrive } from "#queues/dead-letters";
import type { Deps } from "#queues/deps";
import { dispatch } from "#queues/dispatch";
import { newId, newScope } from "#test/support/scope";

function harness() {
  const scope = newScope();
  const sent: unknown[] = [];
  const failures: unknown[] = [];
  const queue = { send: async (body: unknown) => void sent.push(body) };
  const coordinator = { chunkFailed: async (_: unknown, failure: unknown) => void failures.push(failure) };
  const deps = {
    now: Date.now,
    newId,
    log: () => {},
    scope: (): TenantDb => scope,
    env: { SEND_QUEUE: queue, INGEST_QUEUE: queue, CAMPAIGN_COORDINATOR: { getByName: () => coordinator } },
  } as unknown as Deps;
  const body = {
    v: 1,
    kind: "send.chunk",
    tenantId: scope.tenantId,
    campaignId: newId("cmp"),
    runId: newId("run"),
    connectionId: newId("cxn"),
    chunk: 3,
    attempt: 2,
    after: null,
    upTo: newId("ctc"),
  };
  return { scope, deps, body, sent, failures };
}
const message = (body: unknown, attempts = 1) =>
  ({ id: crypto.randomUUID(), body, attempts }) as Message<unknown>;
const all = (scope: TenantDb) => listDeadLetters(scope, { limit: 10 });

test("what the last attempt died of is with the letter, whatever id the dead-letter queue gives it", async () => {
  const { scope, deps, body } = harness();
  const error = new Error("column 'x@y.example' is gone");
  await noteFailure(deps, "larkpost-send", message(body, 5), error);
  expect(await all(scope)).toEqual([]);
  await noteFailure(deps, "larkpost-send", message(body, 6), error);
  await buryMessage(deps, "larkpost-send-dead", message(body));
  const letters = await all(scope);
  expect(letters).toHaveLength(1);
  expect(letters[0]).toMatchObject({ queue: "larkpost-send", state: "waiting", body });
  expect(letters[0]?.error).toContain("is gone");
  expect(letters[0]?.error).not.toContain("x@y.example");
});

test("a letter that nobody could note is buried without an error", async () => {
  const { scope, deps, body } = harness();
  await buryMessage(deps, "larkpost-send-dead", message(body));
  await buryMessage(deps, "larkpost-send-dead", message(body));
  expect(await all(scope)).toMatchObject([{ error: "", queue: "larkpost-send" }]);
});

test("the run hears of every attempt at its chunk that died", async () => {
  const { deps, body, failures } = harness();
  await noteFailure(deps, "larkpost-send", message(body), new Error("boom"));
  expect(failures).toEqual([{ chunk: 3, attempt: 2, error: "Error: boom" }]);
});

test("a message nobody can read is kept with that reason, and retried until the queue gives up", async () => {
  const { scope, deps } = harness();
  let retried = 0;
  const strange = {
    ...message({ tenantId: scope.tenantId, kind: "from.tomorrow" }, 6),
    retry: () => void retried++,
  };
  await dispatch({ queue: "larkpost-send", messages: [strange] } as unknown as MessageBatch<unknown>, deps);
  expect(retried).toBe(1);
  expect(await all(scope)).toMatchObject([{ state: "waiting", error: expect.stringContaining("can read") }]);
});

test("redriving gives the very message to its queue, once, and dying again is another letter", async () => {
  const { scope, deps, body, sent } = harness();
  await buryMessage(deps, "larkpost-send-dead", message(body));
  const [letter] = await all(scope);
  if (!letter) throw new Error("one letter");
  expect(await redrive(deps, scope.tenantId, letter)).toMatchObject({ ok: true });
  const again = await getDeadLetter(scope, letter.id);
  expect(again?.state).toBe("redriven");
  expect(again && (await redrive(deps, scope.tenantId, again))).toMatchObject({ ok: true });
  expect(sent).toEqual([body]);
  await buryMessage(deps, "larkpost-send-dead", message(body));
  expect((await all(scope)).map((l) => l.state)).toEqual(["waiting", "redriven"]);
});

test("what was put away is not redriven", async () => {
  const { scope, deps, body, sent } = harness();
  await buryMessage(deps, "larkpost-send-dead", message(body));
  const [letter] = await all(scope);
  if (!letter) throw new Error("one letter");
  expect(await settleDeadLetter(scope, letter.id, "discarded", new Date())).toBe(true);
  expect(await settleDeadLetter(scope, letter.id, "redriven", new Date())).toBe(false);
  const now = await getDeadLetter(scope, letter.id);
  expect(now && (await redrive(deps, scope.tenantId, now))).toMatchObject({ ok: false });
  expect(sent).toEqual([]);
});

/** A transactional message in the real ledger, and all around its consumer that a test decides: clock, queue, far end. */
import { insertConnection } from "#db/repos/connections";
import { getDirectSend, insertDirectSend } from "#db/repos/direct-sends";
import type { DirectSendId, MessageId } from "#domain/ids";
import { newGate } from "#domain/sending/gate";
import type { BatchResult } from "#domain/sending/provider";
import { defaultSendSettings } from "#domain/sending/settings";
import { sendDirect } from "#queues/consumers/send-direct";
import type { Deps } from "#queues/deps";
import { packContent } from "#queues/direct/content";
import { sealSecrets } from "#queues/providers/connection";
import { memoryBucket } from "#test/support/memory-bucket";
import { newId, newScope } from "#test/support/scope";

type Planned = BatchResult | "crash" | undefined;
export type Queued = { readonly body: { readonly id: DirectSendId }; readonly delaySeconds: number };

export async function directDesk(
  options: { idempotent?: boolean; evidence?: boolean; answer?: (call: number) => Planned } = {},
) {
  const { idempotent = true, evidence = true } = options;
  const scope = newScope();
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const random = (bytes: Uint8Array) => void crypto.getRandomValues(bytes);
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const tenantKey = async () => key as CryptoKey;
  const connectionId = newId("cxn");
  const taken: MessageId[] = [];
  const keys: string[] = [];
  const known = new Map<string, BatchResult>();
  const mailbox = {
    async accept(
      _who: unknown,
      batch: readonly { messageId: MessageId }[],
      call: string,
    ): Promise<BatchResult> {
      keys.push(call);
      const stored = idempotent ? known.get(call) : undefined;
      if (stored) return stored;
      const planned = options.answer?.(keys.length);
      if (planned && planned !== "crash") return planned;
      taken.push(...batch.map((mail) => mail.messageId));
      const outcomes = batch.map((mail) => ({
        kind: "accepted" as const,
        providerMessageId: `far-${mail.messageId}`,
      }));
      const result: BatchResult = { kind: "settled", outcomes };
      known.set(call, result);
      // Taken, and the one who asked never hears of it.
      if (planned === "crash") crashed = true;
      return result;
    },
  };
  let crashed = false;
  const queue: Queued[] = [];
  const files = memoryBucket();
  /** How long the connection's limiter lets everybody wait. */
  const line = { waitMs: 0 };
  const limiter = {
    take: async () => {
      const { waitMs } = line;
      return { granted: waitMs > 0 ? 0 : 1, waitMs, waitsFor: null, budgets: {} };
    },
    penalize: async () => undefined,
  };
  const env = {
    SEND_SETTINGS: "",
    DIRECT_QUEUE: { sendBatch: async (batch: Iterable<Queued>) => void queue.push(...batch) },
    CONNECTION_LIMITER: { getByName: () => limiter },
    SANDBOX_MAILBOX: { getByName: () => mailbox },
    FILES: {
      ...files,
      head: async (key: string) => (files.files.has(key) ? {} : null),
      delete: async (key: string) => void files.files.delete(key),
    },
  };
  // Of the environment only what this consumer touches.
  const deps = {
    env,
    scope: () => dying,
    now,
    newId,
    random,
    tenantKey,
    log: () => undefined,
    publicOrigin: "https://larkpost.test",
  } as unknown as Deps;
  // After a crash the database hears nothing more of this attempt either.
  const dying = new Proxy(scope, {
    get(target, name) {
      if (crashed) throw new Error("killed");
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await scope.transaction(async (tx) =>
    insertConnection(tx, {
      id: connectionId,
      kind: "sandbox",
      name: "Far end",
      channel: "email",
      settings: { idempotency: idempotent, evidence },
      sealed: await sealSecrets({ tenantKey, random }, scope.tenantId, connectionId, {}),
      ratePerSecond: newGate({ ratePerSecond: 100, warmUp: null }, 0).bucket.ratePerSecond,
      weight: 1,
      warmUp: null,
      at: new Date(Date.now() - 3_600_000),
    }),
  );

  return {
    scope,
    deps,
    clock,
    line,
    queue,
    taken,
    keys,
    connectionId,
    settings: defaultSendSettings,
    async request(
      more: { sendAt?: Date; address?: string; attachmentsKey?: string } = {},
    ): Promise<DirectSendId> {
      const id = newId("dir");
      const address = more.address ?? `p-${id}@people.example`;
      const at = new Date(now());
      await scope.transaction(async (tx) =>
        insertDirectSend(tx, {
          id,
          messageId: newId("msg"),
          channel: "email",
          connectionId,
          templateId: null,
          address,
          subject: "s",
          tags: [],
          content: await packContent({
            channel: "email",
            from: { email: "a@shop.example" },
            to: { email: address },
            subject: "s",
            html: "<p>h</p>",
            text: "t",
            headers: {},
            attachments: [],
          }),
          attachmentsKey: more.attachmentsKey ?? null,
          metadata: {},
          sendAt: more.sendAt ?? at,
          createdBy: "usr_test",
          createdAt: at,
          contactId: newId("ctc"),
          segments: 0,
          skip: null,
          links: [],
        }),
      );
      return id;
    },
    /** One delivery of the queue's message about it. */
    async deliver(id: DirectSendId) {
      crashed = false;
      return sendDirect(deps, { v: 1, kind: "send.direct", tenantId: scope.tenantId, id });
    },
    async standing(id: DirectSendId) {
      const row = await getDirectSend(scope, id);
      if (!row) throw new Error("no such request");
      return {
        ...row.message,
        finished: row.send.finishedAt !== null,
        messageId: row.send.messageId,
        address: row.send.address,
      };
    },
  };
}

/** A mailbox of one's own, and the front door as the mailbox finds it. */
import { env, runInDurableObject } from "cloudflare:test";
import { idMint } from "#domain/ports";
import type { MailboxIdentity, SandboxMailbox } from "#queues/objects/sandbox-mailbox";

export const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
export const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

export function mailbox(over: Partial<MailboxIdentity> = {}) {
  const identity: MailboxIdentity = {
    tenantId: newId("ten"),
    connectionId: newId("cxn"),
    idempotent: true,
    evidence: true,
    webhookSecret: secret,
    ...over,
  };
  const stub = env.SANDBOX_MAILBOX.getByName(`${identity.tenantId}:${identity.connectionId}`);
  return { stub, identity };
}

export type Seen = { method: string; url: string; headers: Record<string, string>; body: string };
/** The front door as the mailbox finds it: notes who came, answers as told. */
export async function frontDoor(
  stub: DurableObjectStub<SandboxMailbox>,
  answer: (seen: Seen) => number,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  await runInDurableObject(stub, (instance) => {
    const door = {
      async fetch(url: string, init: RequestInit) {
        const request = new Request(url, init);
        const visit = {
          method: request.method,
          url,
          headers: Object.fromEntries(request.headers),
          body: new TextDecoder().decode(await request.arrayBuffer()),
        };
        seen.push(visit);
        return new Response(null, { status: answer(visit) });
      },
    };
    const open = instance as unknown as { env: unknown };
    open.env = { ...env, SELF: door };
  });
  return seen;
}

/** Plays until nothing is left to happen: the alarm rings by itself, the end is awaited. */
export async function playOut(stub: DurableObjectStub<SandboxMailbox>, timeoutMs = 30_000) {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const summary = await stub.summary();
    if (summary.waitingEvents === 0) return summary;
    if (performance.now() > endMs) throw new Error(`${summary.waitingEvents} events still wait`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

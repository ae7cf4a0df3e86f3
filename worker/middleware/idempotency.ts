/**
 * `Idempotency-Key` on every POST of a workspace: the same key with the same body is carried out once and answered
 * alike (draft-ietf-httpapi-idempotency-key-header). Only success is kept: whoever was refused changed nothing, and may
 * come again under the same key with a better request.
 */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { endLease, forgetKey, keepAnswer, retakeKey, takeKey } from "#db/repos/idempotency";
import { errorReport } from "#domain/error-report";
import type { Failure } from "#domain/failure";
import { sealJson, unsealJson } from "#domain/tenant/sealing";
import type { AppEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { isStreamed } from "./body-limit.ts";

export const keyLifeMs = 24 * 3_600_000;
/** Longer than any request takes; afterwards whoever held the key is taken for dead. */
const leaseMs = 60_000;
const keptHeaders = ["content-type", "location", "etag"] as const;
const keyPattern = /^[\x21-\x7e]{1,255}$/;

const kept = z.object({ headers: z.record(z.string(), z.string()), body: z.string() });

/** What a handler may derive from the key, so that a repeat after a crash finds what the first one made. */
export type IdempotencyKey = { readonly hash: Uint8Array; readonly firstSeenMs: number };

export function idempotent() {
  return createMiddleware<AppEnv>(async function answerOnce(c, next) {
    const given = c.req.header("idempotency-key");
    if (given === undefined || c.req.method !== "POST" || isStreamed(c.req.path)) return next();
    if (!keyPattern.test(given)) return problem(c, badKey);
    const { scope, deps, actor } = c.var;
    const hash = await keyHash(actor.id, c.req.path, given);
    const bodyHash = await sha256(new URL(c.req.url).search, new Uint8Array(await c.req.arrayBuffer()));
    const nowMs = deps.now();
    const claim = {
      keyHash: hash,
      bodyHash,
      leasedUntil: new Date(nowMs + leaseMs),
      createdAt: new Date(nowMs),
    };
    let held = await takeKey(scope, claim);
    if (held && held.createdAt.getTime() <= nowMs - keyLifeMs) {
      await forgetKey(scope, hash);
      held = await takeKey(scope, claim);
    }
    if (held) {
      if (!sameBytes(held.bodyHash, bodyHash)) return problem(c, { kind: "key_reused" });
      if (held.status > 0 && held.answer) return replay(c, hash, held.status, held.answer);
      const isDead = held.leasedUntil.getTime() <= nowMs;
      if (!isDead || !(await retakeKey(scope, hash, held, claim.leasedUntil)))
        return problem(c, { kind: "key_in_use", retryAfterSeconds: 1 });
    }
    c.set("idempotency", { hash, firstSeenMs: (held ?? claim).createdAt.getTime() });
    await next();
    await remember(c, hash, held === undefined);
  });
}

/** What is left under the key. Failing here must not take back an answer that is true: the lease then runs out. */
async function remember(c: Context<AppEnv>, hash: Uint8Array, isFirst: boolean): Promise<void> {
  const { scope, deps } = c.var;
  const { status } = c.res;
  try {
    if (status >= 200 && status < 300) await keepAnswer(scope, hash, status, await sealedAnswer(c, hash));
    // A repeat may find what the first request made before it died; the key must go on naming it.
    else if (status < 500 && isFirst) await forgetKey(scope, hash);
    else await endLease(scope, hash, new Date(deps.now()));
  } catch (error) {
    deps.log("idempotency.not_kept", { request_id: c.var.requestId, ...errorReport(error) });
  }
}

/** Sealed, because an answer may hold what is shown only once, such as a new API key. */
async function sealedAnswer(c: Context<AppEnv>, hash: Uint8Array): Promise<Uint8Array> {
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = c.res.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const body = await c.res.clone().text();
  return sealJson(
    await c.var.deps.tenantKey(c.var.tenantId),
    context(hash),
    { headers, body },
    c.var.deps.random,
  );
}

async function replay(c: Context<AppEnv>, hash: Uint8Array, status: number, sealed: Uint8Array) {
  const key = await c.var.deps.tenantKey(c.var.tenantId);
  const { headers, body } = kept.parse(await unsealJson(key, context(hash), sealed));
  const isEmpty = status === 204 || status === 205;
  return new Response(isEmpty ? null : body, {
    status,
    headers: { ...headers, "idempotent-replayed": "true" },
  });
}

const context = (hash: Uint8Array) => `idempotency:${Array.from(hash, (b) => b.toString(16)).join("")}`;

/** A key means something to one credential at one address alone. */
export function keyHash(actorId: string, path: string, key: string): Promise<Uint8Array> {
  return sha256(`${actorId}\0POST\0${path}\0${key}`, new Uint8Array(0));
}

async function sha256(text: string, bytes: Uint8Array): Promise<Uint8Array> {
  const head = new TextEncoder().encode(`${text}\0`);
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const badKey: Failure = {
  kind: "invalid",
  errors: [{ pointer: "Idempotency-Key", detail: "A key is 1 to 255 visible ASCII characters." }],
};

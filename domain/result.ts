/** An expected failure is a value: plain objects survive queues and Durable Object calls, thrown classes do not. */
import type { Failure } from "./failure.ts";

export type Ok<T> = { readonly ok: true; readonly value: T };
export type Failed<F = Failure> = { readonly ok: false; readonly error: F };
export type Result<T, F = Failure> = Ok<T> | Failed<F>;

export function ok(): Ok<undefined>;
export function ok<T>(value: T): Ok<T>;
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value };
}
export function fail<const F extends Failure>(error: F): Failed<F> {
  return { ok: false, error };
}

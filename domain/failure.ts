/** Every way a request can be refused: one closed union, answered by one catalogue per edge. */
export type FieldError = {
  /** JSON pointer (RFC 6901) into the body, or the name of a query parameter. */
  readonly pointer: string;
  readonly detail: string;
};

export type Failure =
  /** The request could not be read at all. */
  | { readonly kind: "malformed"; readonly detail: string }
  | { readonly kind: "invalid"; readonly errors: readonly FieldError[] }
  | { readonly kind: "not_found"; readonly what: string }
  | { readonly kind: "unauthenticated" }
  | { readonly kind: "wrong_credentials" }
  | { readonly kind: "forbidden"; readonly needs: string }
  | { readonly kind: "bad_origin" }
  | { readonly kind: "taken"; readonly what: string; readonly pointer?: string }
  | { readonly kind: "in_use"; readonly what: string; readonly by: string }
  | { readonly kind: "wrong_state"; readonly what: string; readonly state: string; readonly wanted: string }
  | { readonly kind: "not_ready"; readonly errors: readonly FieldError[] }
  | { readonly kind: "changed_meanwhile"; readonly what: string }
  /** An idempotency key came again with another request. */
  | { readonly kind: "key_reused" }
  /** The first request under this idempotency key has not been answered yet. */
  | { readonly kind: "key_in_use"; readonly retryAfterSeconds: number }
  | { readonly kind: "too_large"; readonly limitBytes: number }
  | { readonly kind: "unsupported_media"; readonly wanted: string }
  | { readonly kind: "rate_limited"; readonly retryAfterSeconds: number }
  | { readonly kind: "bad_signature" }
  | { readonly kind: "bad_token" }
  | { readonly kind: "provider_refused"; readonly provider: string; readonly detail: string };

export type FailureKind = Failure["kind"];

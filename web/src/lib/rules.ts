/** What the forms of the dashboard ask of single values, in words a person can act on; the API has the last one. */
import * as z from "zod/mini";

export const name = z
  .string()
  .check(z.trim(), z.minLength(1, "Give it a name"), z.maxLength(120, "At most 120 characters"));

// Deliberately loose: the API knows the rest, and a strict rule turns away addresses that work.
export const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const emailText = "An e-mail address looks like maria@shop.example";

export const email = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, "Enter an e-mail address"),
    z.maxLength(254, "An e-mail address has at most 254 characters"),
    z.regex(emailPattern, emailText),
  );

/** An e-mail address, or nothing. */
export const optionalEmail = z.string().check(
  z.trim(),
  z.maxLength(254, "An e-mail address has at most 254 characters"),
  z.refine((text) => text === "" || emailPattern.test(text), emailText),
);

export const phone = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, "Enter a phone number"),
    z.regex(/^\+[\d\s().-]{7,24}$/, "A number with its country looks like +353861234567"),
  );

export const password = z
  .string()
  .check(
    z.minLength(10, "A password has at least 10 characters"),
    z.maxLength(200, "At most 200 characters"),
  );

export function text(atMost: number) {
  return z.string().check(z.trim(), z.maxLength(atMost, `At most ${atMost} characters`));
}
export function required(atMost: number, missing: string) {
  return z
    .string()
    .check(z.trim(), z.minLength(1, missing), z.maxLength(atMost, `At most ${atMost} characters`));
}

/** What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1). */
import type { Reply } from "./reply.ts";

export type Extensions = {
  readonly names: ReadonlySet<string>;
  readonly authMechanisms: ReadonlySet<string>;
};

export function readExtensions(reply: Reply): Extensions {
  const names = new Set<string>();
  const authMechanisms = new Set<string>();
  // The first line greets.
  for (const line of reply.lines.slice(1)) {
    // `AUTH=LOGIN` is an old spelling that servers still send for old clients.
    const [name = "", ...values] = line.trim().toUpperCase().split(/[ =]+/);
    names.add(name);
    if (name === "AUTH") for (const value of values) authMechanisms.add(value);
  }
  return { names, authMechanisms };
}

/** Ids at the doors: text that is checked once and typed from then on. */
import { z } from "zod";
import { type Id, isId, type Prefix } from "./ids.ts";

export function idText<P extends Prefix>(prefix: P): z.ZodType<Id<P>, Id<P>> {
  const text = z
    .string()
    .refine((value) => isId(prefix, value), `an id that begins with ${prefix}_ is wanted`);
  // A refinement checks without narrowing; isId is the guarantee behind this cast.
  return text as unknown as z.ZodType<Id<P>, Id<P>>;
}

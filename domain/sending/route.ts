/** The connections a run may go out by, with the share of each. */
import { z } from "zod";
import { idText } from "../id-schema.ts";

/** `weight` 0 stands by until the others cannot send. One named connection is a route of one. */
export const route = z.array(z.object({ connectionId: idText("cxn"), weight: z.int().min(0).max(100) }));
export type Route = z.output<typeof route>;

/** The version of the rules that tell people from machines, and their figures; in words in docs/tracking.md. */

/**
 * Kept with each event it judged. Raise it with any change to what a rule says: "judge anew" then brings older runs
 * to the present rules. 1: single hits by agent, method and haste. 2: networks, prefetchers, bursts and the decoy.
 */
export const rulesVersion = 2;

/** Nobody receives, opens and follows a link this fast after the provider took the message; link scanners do. */
export const tooSoonMs = 1_000;

/** So many different links of one message within so long: a gateway walks through the mail. */
export const burst = { links: 3, withinMs: 3_000 } as const;

/** One visitor (address and agent) at the links of so many recipients of one run within so long. */
export const crowd = { messages: 5, withinMs: 3_000 } as const;

/** Whoever followed the decoy did what else was done to the message, by that address or agent, so near in time. */
export const decoyNearMs = 60_000;

/** The link nobody sees. Outside of any link table: a mail has far fewer links. */
export const decoyPosition = 999_999;

/** More opens and clicks of one message than this are not recorded: no person does that, and who does means harm. */
export const maxHitsPerMessage = 500;

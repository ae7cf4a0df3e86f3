/**
 * Room for written mails: a Worker has 128 MB for everything, and one that exceeds it dies with all it was about to
 * send. Several chunks share an invocation, and each would write all its mails at once.
 */

/** Written mails of one invocation; the calls they become take as much again, three at a time. */
const roomBytes = 64_000_000;
/** One call's worth of them. */
const callBytes = 24_000_000;

/** How many letters of this size one call holds, where the provider would take `most`. */
export function lettersPerCall(letterBytes: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(callBytes / Math.max(1, letterBytes))));
}

type InRoom = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

/** In the order they came; whoever is larger than the room has it alone. */
export function newRoom(bytes: number): InRoom {
  let takenBytes = 0;
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  const admit = () => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      if (takenBytes > 0 && takenBytes + next.bytes > bytes) return;
      waiting.shift();
      takenBytes += next.bytes;
      next.enter();
    }
  };
  return async (needed, work) => {
    await new Promise<void>((enter) => {
      waiting.push({ bytes: needed, enter });
      admit();
    });
    try {
      return await work();
    } finally {
      takenBytes -= needed;
      admit();
    }
  };
}

const rooms = new WeakMap<object, InRoom>();

/** The room of the invocation that made these deps. */
export function roomOf(deps: object): InRoom {
  const known = rooms.get(deps) ?? newRoom(roomBytes);
  rooms.set(deps, known);
  return known;
}

/** A provider of mail as a test needs it: what it is connected with, what it took, what it reports, how one forges that. */
import type { ProviderKind } from "#domain/sending/provider";

export type Happening = "delivered" | "hard" | "soft" | "complained" | "unsubscribed" | "opened" | "clicked";
/** `to`: the address alone. */
export type Taken = { readonly to: string; readonly messageId: string | undefined; readonly html: string };
/** A report on its way to the hook. */
export type Post = { readonly url: string; readonly init: RequestInit };
export type Forgery = { readonly how: string; readonly post: Post };

export type Vendor = {
  readonly kind: ProviderKind;
  /** What a person types into the form, beside kind and name. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** An address it will not take. */
  readonly poison: string;
  taken(): readonly Taken[];
  /** Tells the vendor where to report; answers the secrets it shows for that. */
  listen(hook: string): Promise<Readonly<Record<string, string>>>;
  readonly tells: Readonly<Partial<Record<Happening, (to: string) => unknown>>>;
  deliver(): Promise<void>;
  /** Made of a report nobody has seen yet. */
  forged(genuine: Post): readonly Forgery[];
  /** Those that can be told from genuine ones only once these were seen. */
  forgedLater?(genuine: Post): readonly Forgery[];
  stop(): Promise<void>;
};

/** Refused to the sender's face, where the vendor lets an account say whom it refuses. */
export const poison = "refused@people.example";

export const bodyOf = ({ init }: Post): string => String(init.body ?? "");

export function withBody(post: Post, body: string, headers: Record<string, string> = {}): Post {
  return { ...post, init: { ...post.init, body, headers: { ...headersOf(post), ...headers } } };
}

export const headersOf = ({ init }: Post): Record<string, string> =>
  Object.fromEntries(new Headers(init.headers));

export function without(post: Post, header: string): Post {
  const { [header]: _gone, ...headers } = headersOf(post);
  return { ...post, init: { ...post.init, headers } };
}

/** The first `from` of the body becomes `to`, of the same length. */
export function changed(post: Post, from: string, to: string): Post {
  const body = bodyOf(post);
  if (!body.includes(from)) throw new Error(`there is no ${from} in ${body.slice(0, 300)}`);
  return withBody(post, body.replace(from, to));
}

export const oneByte = (post: Post): Forgery => ({
  how: "one byte changed",
  post: changed(post, "people.exa", "people.exe"),
});
export const hoursAgo = (hours: number): number => Math.floor(Date.now() / 1_000) - hours * 3_600;

export function found<T>(taken: readonly T[], isIt: (one: T) => boolean): T {
  const one = taken.find(isIt);
  if (!one) throw new Error("the provider took no such message");
  return one;
}

/** Sees what is posted to hooks from this process; what is held back is lost on its way, as far as its sender knows. */
export function watchPosts() {
  const real = globalThis.fetch;
  const seen: Post[] = [];
  const state = { isHeldBack: false };
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!new URL(url).pathname.startsWith("/hooks/")) return real(input, init);
    seen.push({ url, init: init ?? {} });
    if (state.isHeldBack) throw new TypeError("fetch failed");
    return real(input, init);
  };
  return {
    seen,
    /** What `act` would post. */
    async heldBack(act: () => Promise<void>): Promise<Post[]> {
      const before = seen.length;
      state.isHeldBack = true;
      await act();
      state.isHeldBack = false;
      return seen.splice(before);
    },
    post: async ({ url, init }: Post): Promise<number> => {
      const answer = await real(url, init);
      await answer.body?.cancel();
      return answer.status;
    },
    stop: () => {
      globalThis.fetch = real;
    },
  };
}
export type Wire = ReturnType<typeof watchPosts>;

/** What is asked of the API about the mail that sandbox connections caught. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type MailSummary = Schema<"SandboxMailSummary">;
export type Mail = Schema<"SandboxMail">;
type Counts = { readonly mails: number; readonly waiting_events: number };

/** Counting and asking anew costs the mailbox more the fuller it is, and it may be busy receiving. */
const manyMails = 20_000;
/** Further pages than these are asked for again only by hand. */
const pagesFollowed = 4;

/** Quick while played recipients have something left to do; else only so that a new run does not go unseen. */
export function paceMs(counts: Counts | undefined): number {
  if (!counts) return 4_000;
  if (counts.mails > manyMails) return 20_000;
  return counts.waiting_events > 0 ? 2_000 : 4_000;
}

export function summaryQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("sandbox", "summary"),
    queryFn: ({ signal }) => got(session.api.GET("/v1/sandbox/summary", { signal })),
    refetchInterval: ({ state }) => paceMs(state.data),
    staleTime: 0,
  });
}
export function mailsQuery(session: Session, search: string | undefined, everyMs: number) {
  return infiniteQueryOptions({
    queryKey: session.key("sandbox", "mails", search),
    queryFn: ({ signal, pageParam: cursor }) =>
      got(session.api.GET("/v1/sandbox/mails", { params: { query: { search, cursor, limit: 50 } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= pagesFollowed ? everyMs : false),
    staleTime: 0,
  });
}
/** `everyMs` where no list beside it shows what has happened since. */
export function mailQuery(session: Session, id: string, everyMs: number | false) {
  return queryOptions({
    queryKey: session.key("sandbox", "mail", id),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/sandbox/mails/{id}", { params: { path: { id } }, signal })),
    refetchInterval: everyMs,
  });
}

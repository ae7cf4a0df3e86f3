/** What is asked of the API about segments. The list itself is contact/queries.ts: contacts are filtered by it too. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import type { SegmentRule } from "#domain/segment/schema";
import { got, idempotencyKey, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

/** The document knows a rule only as an object; the grammar is the domain's. */
export type Segment = Omit<Schema<"Segment">, "rule"> & { readonly rule: SegmentRule };
type RuleBody = Schema<"Segment">["rule"];
const bodyOf = (rule: SegmentRule) => rule as unknown as RuleBody;
const read = (segment: Schema<"Segment">) => segment as unknown as Segment;

export function segmentQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("segment", id),
    queryFn: async ({ signal }) =>
      read(await got(session.api.GET("/v1/segments/{id}", { params: { path: { id } }, signal }))),
  });
}
export function previewQuery(session: Session, rule: SegmentRule) {
  return queryOptions({
    queryKey: session.key("segment-preview", rule),
    queryFn: ({ signal }) =>
      got(session.api.POST("/v1/segments/preview", { body: { rule: bodyOf(rule) }, signal })),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}

async function told(session: Session, segment: Segment): Promise<Segment> {
  session.queries.setQueryData(session.key("segment", segment.id), segment);
  await session.refresh("segments", "audience", "checklist", "contacts");
  return segment;
}
export async function createSegment(session: Session, name: string, rule: SegmentRule): Promise<Segment> {
  const body = { name, rule: bodyOf(rule) };
  return told(
    session,
    read(await got(session.api.POST("/v1/segments", { body, headers: idempotencyKey() }))),
  );
}
export async function changeSegment(
  session: Session,
  id: string,
  name: string,
  rule: SegmentRule,
): Promise<Segment> {
  const call = session.api.PATCH("/v1/segments/{id}", {
    params: { path: { id } },
    body: { name, rule: bodyOf(rule) },
  });
  return told(session, read(await got(call)));
}
/** Answers how to take it back: the segment is made anew, under a new id. */
export async function deleteSegment(
  session: Session,
  { id, name, rule }: Pick<Schema<"Segment">, "id" | "name" | "rule">,
): Promise<() => Promise<unknown>> {
  await got(session.api.DELETE("/v1/segments/{id}", { params: { path: { id } } }));
  await session.refresh("segments", "audience", "checklist");
  return () => createSegment(session, name, rule as unknown as SegmentRule);
}

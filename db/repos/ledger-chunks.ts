/** Where a run's chunks end, and what of each is left to do: counted where the rows are, not fetched. */
import { sql } from "drizzle-orm";
import { type ContactId, idFromBytes, idToBytes, type RunId } from "#domain/ids";
import type { TenantDb } from "../scope.ts";

export type ChunkEnd = {
  readonly last: ContactId;
  /** Rows in it. */
  readonly count: number;
  /** Rows that are not over. */
  readonly open: number;
  /** When the first of them may go, and how many may then; without any, infinity. */
  readonly dueAtMs: number;
  readonly due: number;
};

/** The next `chunks` chunks of `size` rows each, behind `after`; fewer at the end of the run, the last one smaller. */
export async function chunkEnds(
  scope: TenantDb,
  runId: RunId,
  after: ContactId | null,
  size: number,
  chunks: number,
): Promise<ChunkEnd[]> {
  const behind = after ? sql`and m.contact_id > ${idToBytes(after)}` : sql``;
  const { rows } = await scope.execute(sql`
    select chunk, due, count(*) as n, max(contact_id) as last from (
      select r.contact_id, floor((row_number() over (order by r.contact_id) - 1) / ${size}) as chunk,
        case when r.state = 'queued' then date_format(coalesce(r.not_before, '1970-01-01'), '%Y-%m-%dT%H:%i:%s.%fZ')
          when r.state in ('sending', 'unknown') then '1970-01-01T00:00:00.000Z' end as due
      from (
        select m.contact_id, m.state, m.not_before from messages m
        where ${scope.own("m")} and m.source_id = ${idToBytes(runId)} and m.step = 0 ${behind}
        order by m.contact_id limit ${size * chunks}
      ) r
    ) c group by chunk, due order by chunk`);
  const ends = new Map<string, ChunkEnd>();
  for (const row of rows as { chunk: string; due: string | null; n: string; last: Uint8Array }[]) {
    const key = String(row.chunk);
    ends.set(key, withGroup(ends.get(key), row));
  }
  return [...ends.values()];
}

/** Rows of one chunk that fall due together, added to what is known of it; without a moment they are over. */
function withGroup(
  known: ChunkEnd | undefined,
  row: { readonly due: string | null; readonly n: string; readonly last: Uint8Array },
): ChunkEnd {
  const n = Number(row.n);
  const last = idFromBytes("ctc", row.last);
  const before = known ?? { last, count: 0, open: 0, dueAtMs: Number.POSITIVE_INFINITY, due: 0 };
  const furthest = before.last > last ? before.last : last;
  const counted = { ...before, last: furthest, count: before.count + n };
  if (row.due === null) return counted;
  const dueAtMs = Date.parse(row.due);
  const open = before.open + n;
  if (dueAtMs < before.dueAtMs) return { ...counted, open, dueAtMs, due: n };
  return { ...counted, open, due: before.due + (dueAtMs === before.dueAtMs ? n : 0) };
}

/** Freezing the audience: contacts are walked by key, in pages; each page is written to the ledger, then the cursor moves. */
import { audiencePage } from "#db/audience-sql";
import { ratesOf } from "#db/repos/connections";
import { freezeRows } from "#db/repos/ledger";
import { chunkEnds } from "#db/repos/ledger-chunks";
import { getRun, markAudienceSize, markFrozen } from "#db/repos/runs";
import { getTenant } from "#db/repos/tenants";
import { personsMoment } from "#domain/campaign/local-time";
import type { ContactId } from "#domain/ids";
import { audienceOf } from "#domain/sending/ledger";
import { chunkSizeAt } from "#domain/sending/settings";
import { firstZone } from "#domain/sending/zone-clock";
import type { RunContext } from "./run-context.ts";
import { recount } from "./run-counts.ts";
import { waysOf } from "./run-ways.ts";

const stepMs = 5_000;
/** So many chunks are drawn with one statement. */
const chunksAtOnce = 40;

/** Writes pages for some seconds; answers when to go on. A page repeated after a crash changes nothing. */
export async function freezeStep(context: RunContext): Promise<number | undefined> {
  const { deps, settings } = context;
  const { tenantId, runId } = context.progress.identity;
  const scope = deps.scope(tenantId);
  const run = await getRun(scope, runId);
  if (!run) return undefined;
  const { localTime, startedAt } = run;
  const tenantZone = localTime === null ? "" : (await getTenant(scope)).timeZone;
  const momentFor = (zone: string) =>
    localTime === null ? null : personsMoment(localTime, firstZone(zone, tenantZone), startedAt.getTime());
  const untilMs = deps.now() + stepMs;
  const pageAfter = (after: ContactId | null) => {
    const page = audiencePage(scope, run.audience, run.channel, {
      after,
      createdBefore: run.startedAt,
      limit: settings.freezePage,
    });
    // Awaited one page later; a step that ends before looks at it again.
    page.catch(() => undefined);
    return page;
  };
  let coming = pageAfter(context.progress.cursor);
  do {
    const page = await coming;
    const last = page.at(-1)?.contactId;
    const isLast = !last || page.length < settings.freezePage;
    // The next page is read while this one is written.
    if (!isLast) coming = pageAfter(last);
    const rows = page.map((p) => ({
      contactId: p.contactId,
      messageId: deps.newId("msg"),
      address: p.address,
      skip: p.skip,
      notBefore: momentFor(p.timeZone),
    }));
    await freezeRows(scope, runId, rows);
    if (isLast) {
      // The end of the walk: chunks are drawn from what the ledger holds, so that both ways to them are one.
      // The cursor goes back first: should what follows be lost, the walk is repeated and changes nothing.
      startDrawing(context);
      await markFrozen(scope, runId, new Date(deps.now()));
      return deps.now();
    }
    const skipped = rows.filter((r) => r.skip).length;
    context.progress = {
      ...context.progress,
      cursor: last,
      audience: context.progress.audience + rows.length,
      skipped: context.progress.skipped + skipped,
    };
    context.save();
  } while (deps.now() < untilMs);
  return deps.now();
}

/** The plan begins anew, from the ledger's first row. */
export function startDrawing(context: RunContext): void {
  context.plan.clear();
  context.progress = { ...context.progress, frozen: false, cursor: null, chunks: 0 };
  context.save();
}

/** Draws the chunks of a frozen run from its ledger: after the freeze, and again should this object's storage be lost. */
export async function drawStep(context: RunContext): Promise<number> {
  const { deps, plan, settings } = context;
  const { tenantId, runId } = context.progress.identity;
  const scope = deps.scope(tenantId);
  const untilMs = deps.now() + stepMs;
  const size = chunkSizeAt(await ratesOf(scope, await waysOf(context)), settings);
  do {
    const { cursor, chunks } = context.progress;
    const ends = await chunkEnds(scope, runId, cursor, size, chunksAtOnce);
    let after = cursor;
    ends.forEach(({ last, ...work }, i) => {
      plan.add(chunks + i, after, last, work);
      after = last;
    });
    context.progress = { ...context.progress, cursor: after, chunks: chunks + ends.length };
    if (ends.length < chunksAtOnce || (ends.at(-1)?.count ?? 0) < size) {
      const tally = await recount(context);
      await markAudienceSize(scope, runId, audienceOf(tally));
      context.progress = { ...context.progress, frozen: true };
      context.save();
      return deps.now();
    }
    context.save();
  } while (deps.now() < untilMs);
  return deps.now();
}

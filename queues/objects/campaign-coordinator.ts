/**
 * One per run: freezes the audience, hands out chunks, sees that none is lost, says when it is over. It decides nothing
 * by itself that the ledger does not bear out; losing its storage costs a second look at the ledger and nothing else.
 */
import { DurableObject } from "cloudflare:workers";
import { getCampaign, moveCampaign } from "#db/repos/campaigns";
import { runState } from "#db/repos/runs";
import type { CampaignState } from "#domain/campaign/state";
import { type SendSettings, sendSettingsFrom } from "#domain/sending/settings";
import { createDeps, type Deps } from "../deps.ts";
import { identityHeader, type RunDelta } from "../live.ts";
import { ChunkPlan } from "./chunk-plan.ts";
import { type LiveFrame, LivePicture } from "./live-picture.ts";
import type { RunContext } from "./run-context.ts";
import { addReport, recount, resumed } from "./run-counts.ts";
import { reopenChunks } from "./run-finish.ts";
import { drawStep, freezeStep } from "./run-freeze.ts";
import {
  type ChunkReport,
  type RunIdentity,
  type RunProgress,
  runIdentity,
  runProgress,
} from "./run-progress.ts";
import { releaseChunks, windUp } from "./run-release.ts";
import { addFailure, type ChunkFailure } from "./run-trouble.ts";

const progressKey = "progress";

export class CampaignCoordinator extends DurableObject<Env> {
  readonly #plan: ChunkPlan;
  readonly #picture: LivePicture;
  readonly #settings: SendSettings;
  #progress: RunProgress | undefined;
  #stepping: Promise<void> | undefined;
  #again = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#plan = new ChunkPlan(ctx.storage.sql);
    this.#picture = new LivePicture(ctx);
    this.#settings = sendSettingsFrom(env.SEND_SETTINGS);
    const stored = ctx.storage.kv.get(progressKey);
    if (stored !== undefined) this.#progress = runProgress.parse(stored);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Looks at the run and goes on from wherever it stands. Called at launch, after every act of a person, by the sweep. */
  async wake(
    identity: RunIdentity,
    because: "launch" | "resume" | "sweep" | "ledger_changed" | "terms_changed",
  ): Promise<void> {
    const progress = this.#load(identity);
    if (because === "resume") {
      this.#progress = resumed(progress);
      this.#plan.hurry();
    }
    if (because === "ledger_changed") await this.#reopen();
    // A connection that was put right is taken back at once, not at the next look.
    if (because === "terms_changed") this.#progress = { ...progress, waiting: null, lookedAtOutMs: 0 };
    this.#save();
    if (because === "sweep" && (await this.ctx.storage.getAlarm()) !== null) return;
    // A step that is under way looked before this, and puts the alarm off when it ends: it is to look once more.
    this.#again = true;
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** A consumer is done with a chunk, for now. A report may come twice or not at all: leases cover both. */
  async report(identity: RunIdentity, report: ChunkReport): Promise<void> {
    const context = this.#context(identity);
    addReport(context, report, Date.now());
    this.#save();
    await this.#step(context);
  }

  /** An attempt at a chunk died with an error: a chunk that always does must not be tried for ever. */
  async chunkFailed(identity: RunIdentity, failure: ChunkFailure): Promise<void> {
    if (addFailure(this.#context(identity), failure)) await this.ctx.storage.setAlarm(Date.now());
  }

  async noteEvents(delta: RunDelta): Promise<void> {
    const progress = this.#progress;
    if (!progress) return;
    this.#progress = {
      ...progress,
      delivered: progress.delivered + delta.delivered,
      bounced: progress.bounced + delta.bounced,
      opened: progress.opened + delta.opened,
      clicked: progress.clicked + delta.clicked,
    };
    this.#save();
  }

  override async alarm(): Promise<void> {
    const identity = this.#progress?.identity;
    if (!identity) return;
    try {
      await this.#step(this.#context(identity));
    } catch (error) {
      // A database that is away comes back; the platform's own retries end after six.
      this.#deps().log("coordinator.failed", { run: identity.runId, error: String(error) });
      await this.ctx.storage.setAlarm(Date.now() + 2_000);
    }
  }

  /** A WebSocket that is sent the live picture; without an upgrade, the picture. The door names the run (liveRequest). */
  override async fetch(request: Request): Promise<Response> {
    const identity = runIdentity.parse(JSON.parse(request.headers.get(identityHeader) ?? "null"));
    const frame = await this.#frame(this.#context(identity));
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return Response.json(frame);
    const pair = new WebSocketPair();
    this.ctx.acceptWebSocket(pair[1]);
    pair[1].send(JSON.stringify(frame));
    return new Response(null, { status: 101, webSocket: pair[0] });
  }
  override webSocketMessage(): void {}
  override webSocketClose(socket: WebSocket, code: number): void {
    // Without an answer the client never sees the close. 1005 and 1006 are reserved and may not be sent (RFC 6455 §7.4.1).
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  async #frame(context: RunContext): Promise<LiveFrame> {
    const { tenantId, campaignId } = context.progress.identity;
    const campaign = await getCampaign(context.deps.scope(tenantId), campaignId);
    if (campaign) this.#picture.setState(campaign.state, campaign.pauseReason);
    // What was sent before this object's storage began is in the ledger alone.
    if (campaign?.state !== "preparing" && context.progress.audience === 0) await recount(context);
    return this.#picture.frame(context.progress, Date.now());
  }

  // Reports and alarms interleave at every await; steps do not: one runs, and one more follows if asked for meanwhile.
  async #step(context: RunContext): Promise<void> {
    if (this.#stepping) {
      this.#again = true;
      return this.#stepping;
    }
    this.#stepping = (async () => {
      do {
        this.#again = false;
        const wakeAtMs = await this.#advance(context);
        if (wakeAtMs !== undefined) await this.ctx.storage.setAlarm(Math.max(wakeAtMs, Date.now()));
      } while (this.#again);
    })().finally(() => {
      this.#stepping = undefined;
    });
    return this.#stepping;
  }

  /** One step; answers when the next is due by itself. */
  async #advance(context: RunContext): Promise<number | undefined> {
    const { tenantId, runId, campaignId } = context.progress.identity;
    const scope = context.deps.scope(tenantId);
    const standing = await runState(scope, runId);
    if (!standing) return undefined;
    this.#picture.setState(standing.state, standing.pauseReason);
    this.#picture.push(() => this.#progress, Date.now());
    const step: Partial<Record<CampaignState, () => Promise<number | undefined>>> = {
      preparing: () => (standing.frozenAt ? this.#toSending(context) : freezeStep(context)),
      sending: () => (context.progress.frozen ? releaseChunks(context) : drawStep(context)),
      paused: async () => {
        const at = context.progress.resumeAtMs;
        if (at === null || standing.pauseReason !== "provider_quota") return undefined;
        if (at > Date.now()) return at;
        const none = { pauseReason: null, pauseDetail: "" };
        await moveCampaign(scope, campaignId, "paused", "sending", new Date(), none);
        this.#progress = resumed(context.progress);
        this.#save();
        return Date.now();
      },
      cancelled: () => windUp(context),
    };
    const wakeAtMs = await step[standing.state]?.();
    // A step that has nothing more to do may have ended the run: the last picture shows how.
    if (wakeAtMs === undefined) {
      const end = await runState(scope, runId);
      if (end) this.#picture.setState(end.state, end.pauseReason);
      this.#picture.push(() => this.#progress, Date.now());
    }
    return wakeAtMs;
  }

  async #toSending(context: RunContext): Promise<number> {
    const { tenantId, campaignId } = context.progress.identity;
    await moveCampaign(context.deps.scope(tenantId), campaignId, "preparing", "sending", new Date());
    return Date.now();
  }

  async #reopen(): Promise<void> {
    const context = this.#progress && this.#context(this.#progress.identity);
    if (!context) return;
    await reopenChunks(context);
    // Rows that were over are not over any more: the picture must not count them twice.
    await recount(context);
  }

  #deps(): Deps {
    return createDeps(this.env);
  }

  #load(identity: RunIdentity): RunProgress {
    this.#progress ??= runProgress.parse({ identity: runIdentity.parse(identity) });
    return this.#progress;
  }

  #context(identity: RunIdentity): RunContext {
    this.#load(identity);
    const read = () => this.#load(identity);
    const write = (progress: RunProgress) => {
      this.#progress = progress;
    };
    return {
      deps: this.#deps(),
      plan: this.#plan,
      settings: this.#settings,
      get progress() {
        return read();
      },
      set progress(next: RunProgress) {
        write(next);
      },
      save: () => this.#save(),
    };
  }

  #save(): void {
    if (!this.#progress) return;
    this.ctx.storage.kv.put(progressKey, this.#progress);
    this.#picture.push(() => this.#progress, Date.now());
  }
}

/** What the steps of a run work on: handed around, never shared between objects. */
import type { SendSettings } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import type { ChunkPlan } from "./chunk-plan.ts";
import type { RunProgress } from "./run-progress.ts";

export type RunContext = {
  readonly deps: Deps;
  readonly plan: ChunkPlan;
  readonly settings: SendSettings;
  progress: RunProgress;
  /** Saves progress; called after the effect it tells of. */
  save(): void;
};

/** Carries out the schedule: kills, pauses and forgeries, each at its moment, on a stack that may be half dead already. */
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "#db/local/child";
import type { Stack } from "#worker/local/stack";
import type { Campaign } from "./campaign.ts";
import type { Journal } from "./journal.ts";
import type { Strike } from "./plan.ts";

export type Field = {
  readonly stack: Stack;
  readonly campaigns: readonly Campaign[];
  readonly journal: Journal;
  /** Of all messages the far ends will take, how many they have. */
  readonly share: () => number;
  readonly launchedAtMs: number;
  readonly isOver: () => boolean;
};

/** Resolves when every strike has happened, or there is nothing left to strike. */
export async function strike(field: Field, strikes: readonly Strike[]): Promise<void> {
  await Promise.all(
    strikes.map(async (one) => {
      if (await reached(field, one)) await carryOut(field, one);
    }),
  );
}

async function reached({ share, launchedAtMs, isOver }: Field, { at }: Strike): Promise<boolean> {
  while (!isOver()) {
    if (at.while === "preparing" ? Date.now() >= launchedAtMs + at.afterMs : share() >= at.share) return true;
    await delay(20);
  }
  return false;
}

async function carryOut(field: Field, one: Strike): Promise<void> {
  switch (one.act) {
    case "kill":
      return kill(field, one.part);
    case "pause":
      return pause(field, one.campaign, one.forMs);
    case "forge":
      return forge(field, one.campaign);
  }
}

/** A part that is dead already is waited for: it can die only alive. */
async function kill(
  { stack, journal, isOver }: Field,
  part: "workerd" | "gateway" | "mysqld",
): Promise<void> {
  while (!isOver()) {
    const pid = stack.pids()[part];
    if (pid && isAlive(pid)) {
      stack.kill(part);
      journal.note(`kill ${part}`);
      return;
    }
    await delay(50);
  }
}

async function pause({ campaigns, journal, isOver }: Field, index: number, forMs: number): Promise<void> {
  const campaign = campaigns[index];
  if (!campaign || isOver() || !(await campaign.act("pause"))) return;
  journal.note("pause by a person", campaign.far.name);
  await delay(forMs);
  await campaign.resume();
  journal.note("resume by a person", campaign.far.name);
}

/** A bounce nobody had, for somebody who was mailed: it must be turned away and change nothing. */
async function forge({ campaigns, journal, isOver }: Field, index: number): Promise<void> {
  const { far, made } = campaigns[index] ?? {};
  if (!far?.forge || !made || isOver()) return;
  for (let tries = 0; tries < 100 && !isOver(); tries++) {
    const victim = (await far.log()).find(({ to }) => to.includes(".ignore@"));
    const status = await far.forge(victim ?? { to: "person0.ignore@people.example", messageId: "" }, made);
    if (status >= 200 && status < 300) return journal.note("forgery believed", far.name);
    if (status >= 400 && status < 500) return journal.note("report forged", far.name);
    await delay(100);
  }
}

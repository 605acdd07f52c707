import type { ChaosStack } from "./chaos_stack.ts";
import { deliverDoorbells } from "./wake_ups.ts";
import type { Guests } from "./guests.ts";
import type { Memory } from "./expected_state.ts";
import { overtakeWorkers, passTime } from "./advance_time.ts";
import type { Random } from "./random.ts";
import { reconnectAll } from "./recovery.ts";
import { calmDown, type Mood, raiseStorm } from "./fault_profiles.ts";
import type { Town } from "./fixture.ts";
import { makeWishes, type Wish, wishesOf } from "./change_requests.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** Everything that one run works with. */
export interface Run {
  stack: ChaosStack;
  pool: WorkerPool;
  town: Town;
  random: Random;
  memory: Memory;
  guests: Guests;
}

const MOODS: readonly Mood[] = ["late", "blind", "frozen"];
const MOST_STORMS = 12;
/** The storms after these find people content, so that the last changes are given up in storms too. */
const WISHFUL_STORMS = 9;
const MOST_CALM_ROUNDS = 40;
const MEETINGS_A_REPLY = 10;
/** Of one batch at most. */
const MEETINGS_A_ROW = 5;

/** Storm after storm until nothing is left to do, or enough of them; returns how many there were. */
export async function weather(run: Run, seed: number): Promise<number> {
  const { stack, town, random } = run;
  for (let storms = 0; storms < MOST_STORMS; storms++) {
    const is_wishful = storms < WISHFUL_STORMS;
    if (!is_wishful && !await anyOpen(stack)) return storms;
    const mood = MOODS[storms % MOODS.length] as Mood;
    const wishes = is_wishful ? await survivable(run, mood, wishesOf(town, random, storms)) : [];
    await raiseStorm(stack.google, mood, seed * 1000 + storms);
    await round(run, mood, wishes);
    await calmDown(stack.google);
    await rememberIdentities(run);
    if (random.chance(0.3)) await reconnectAll(stack, town);
    await passTime(stack, random, 0.8);
  }
  return MOST_STORMS;
}

/**
 * A worker that stands still for longer than its lease before it inserts cannot know that the
 * meeting was cancelled meanwhile; where that happens, only events that exist are cancelled.
 */
async function survivable({ stack }: Run, mood: Mood, wishes: Wish[]): Promise<Wish[]> {
  if (mood !== "frozen") return wishes;
  const created = await stack.platform.sql<{ meeting_id: string }>(
    "select meeting_id from public.meetings where writeback_status = 'created'",
  );
  const ids = new Set(created.map(({ meeting_id }) => meeting_id));
  return wishes.filter((wish) => !wish.is_cancellation || ids.has(wish.meeting_id));
}

/** Everything that may call a function does so at once, until no work is left under way. */
async function round(run: Run, mood: Mood, wishes: readonly Wish[]): Promise<void> {
  const { stack, pool, town, random, memory, guests } = run;
  if (random.chance(0.3)) await stack.google.expireAccessTokens();
  const calls = Promise.all([
    deliverDoorbells(stack.platform, pool, random),
    makeWishes(pool, random, memory, wishes),
    sweep(run, 4),
    askByName(pool, town, random),
    guests.answerSome(Math.ceil(town.meetings / MEETINGS_A_REPLY)),
  ]);
  if (mood === "frozen") await overtakeWorkers(stack, pool, random, calls);
  await calls;
  await pool.settled();
}

/** The cron jobs' own commands, and batches side by side as if several sweeps had piled up. */
async function sweep({ stack, pool, town, random }: Run, batches: number): Promise<void> {
  const limit = (most: number) =>
    Math.min(most, 5 + random.below(Math.max(50, town.meetings / MEETINGS_A_ROW)));
  await stack.platform.runCron();
  await Promise.all(Array.from({ length: batches }, async () => {
    await pool.post("schedule", { batch: true, limit: limit(100) });
    await pool.post("write-back", { batch: true, limit: limit(1000) });
  }));
}

/** Impatient people press the button twice. */
async function askByName(pool: WorkerPool, town: Town, random: Random): Promise<void> {
  for (let times = Math.ceil(town.meetings / 20); times > 0; times--) {
    const body = { meeting_id: `meeting-${1 + random.below(town.meetings)}` };
    await Promise.all([pool.post("write-back", body), pool.post("write-back", body)]);
  }
}

/** Without faults, until nothing is due any more. */
export async function finish(run: Run): Promise<void> {
  const { stack, pool, town, random } = run;
  await reconnectAll(stack, town);
  for (let rounds = 0; rounds < MOST_CALM_ROUNDS && await anyOpen(stack); rounds++) {
    await passTime(stack, random, 1);
    await deliverDoorbells(stack.platform, pool, random);
    await sweep(run, 2);
    await pool.settled();
  }
}

async function anyOpen({ platform }: ChaosStack): Promise<boolean> {
  const [row] = await platform.sql<{ open: boolean }>(
    `select exists (
       select from public.meetings
       where writeback_next_attempt_at is not null or writeback_lease_token is not null
          or scheduling_next_attempt_at is not null or scheduling_lease_token is not null
     ) as open`,
  );
  return row?.open === true;
}

async function rememberIdentities({ stack, memory }: Run): Promise<void> {
  const rows = await stack.platform.sql<
    { meeting_id: string; google_event_id: string; meet_link: string | null }
  >(
    `select meeting_id, google_event_id, meet_link
     from public.meetings
     where writeback_status = 'created' and writeback_lease_token is null`,
  );
  for (const { meeting_id, ...identity } of rows) {
    if (!memory.identities.has(meeting_id)) memory.identities.set(meeting_id, identity);
  }
}

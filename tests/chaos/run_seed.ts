import { type ChaosStack, withChaosStack } from "./chaos_stack.ts";
import { deliverDoorbells } from "./doorbells.ts";
import { endOf, violations } from "./laws.ts";
import { adoptions, type Evidence, gatherEvidence } from "./evidence.ts";
import { overtakeWorkers, passTime } from "./passing_time.ts";
import { type Random, seededRandom } from "./random.ts";
import { reconnectAll, requeueFailed } from "./recovery.ts";
import { calmDown, type Mood, raiseStorm, WORKER_TIMEOUT_MS } from "./storm.ts";
import { bookMeetings, settleTown, type Town } from "./town.ts";
import { startWorkerPool, type WorkerPool } from "./worker_pool.ts";

export interface ChaosOptions {
  seed: number;
  meetings: number;
  workers: number;
}

/** What happened, to see that something did. */
export interface ChaosReport {
  /** After the storm, and after what had failed was queued again; empty when the law held. */
  violations: string[];
  /** How the meetings had ended when the storm was over. */
  created: number;
  failed: number;
  /** Meetings whose event was found, not written, by the worker that settled them. */
  adopted: number;
  storms: number;
  killed: number;
  /** Requests for calendars during the storms, and how many of them were hit by a fault. */
  requests: number;
  faults: number;
  seconds: number;
}

const MOODS: readonly Mood[] = ["late", "blind", "frozen"];
const MOST_STORMS = 12;
const MOST_CALM_ROUNDS = 40;
const MEETINGS_A_KILL = 8;

/** One run on a stack of its own: storms, calm, the law; requeue without faults, the law again. */
export function runSeed(options: ChaosOptions): Promise<ChaosReport> {
  return withChaosStack((stack) => underFire(stack, options));
}

async function underFire(stack: ChaosStack, options: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now();
  const random = seededRandom(options.seed);
  const town = await settleTown(stack, options.meetings);
  const pool = await startWorkerPool(stack, random, {
    size: options.workers,
    kills: Math.max(options.workers, Math.ceil(options.meetings / MEETINGS_A_KILL)),
    timeout_ms: WORKER_TIMEOUT_MS,
  });
  await bookMeetings(stack, town, random);

  const storms = await weather(stack, pool, town, random, options.seed);
  const requests = await stack.google.requests({ path: "/calendar/v3/" });
  await pool.renew();
  await finish(stack, pool, town, random);
  const evidence = await gatherEvidence(stack);

  await requeueFailed(stack);
  await finish(stack, pool, town, random);
  const final = await gatherEvidence(stack);
  pool.end();
  const ends = evidence.meetings.map(endOf);
  return {
    violations: [...pool.surprises, ...violations(evidence), ...afterRequeue(final)],
    created: ends.filter((end) => end === "created").length,
    failed: ends.filter((end) => end === "failed").length,
    adopted: adoptions(evidence),
    storms,
    killed: pool.killed,
    requests: requests.length,
    faults: requests.filter(({ fault_id }) => fault_id !== null).length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

function afterRequeue(evidence: Evidence): string[] {
  const left = evidence.meetings.filter((meeting) => endOf(meeting) !== "created");
  return [
    ...violations(evidence),
    ...left.map(({ meeting_id, writeback_error, scheduling_reason }) =>
      `${meeting_id} is not created: ${writeback_error ?? scheduling_reason}`
    ),
  ].map((sentence) => `after the requeue: ${sentence}`);
}

/** Storm after storm until nothing is left to do, or enough of them; returns how many there were. */
async function weather(
  stack: ChaosStack,
  pool: WorkerPool,
  town: Town,
  random: Random,
  seed: number,
): Promise<number> {
  for (let storms = 0; storms < MOST_STORMS; storms++) {
    if (!await anyOpen(stack)) return storms;
    const mood = MOODS[storms % MOODS.length] as Mood;
    await raiseStorm(stack.google, mood, seed * 1000 + storms);
    await round(stack, pool, town, random, mood);
    await calmDown(stack.google);
    if (random.chance(0.3)) await reconnectAll(stack, town);
    await passTime(stack, random, 0.8);
  }
  return MOST_STORMS;
}

/** Everything that may call a function does so at once, until no work is left under way. */
async function round(
  stack: ChaosStack,
  pool: WorkerPool,
  town: Town,
  random: Random,
  mood: Mood,
): Promise<void> {
  if (random.chance(0.3)) await stack.google.expireAccessTokens();
  const calls = Promise.all([
    deliverDoorbells(stack.platform, pool, random),
    sweep(stack, pool, random, 4),
    mood === "late" ? null : askByName(pool, town, random),
  ]);
  if (mood === "frozen") await overtakeWorkers(stack, pool, random, calls);
  await calls;
  await pool.settled();
}

/** The cron jobs' own commands, and batches side by side as if several sweeps had piled up. */
async function sweep(
  stack: ChaosStack,
  pool: WorkerPool,
  random: Random,
  batches: number,
): Promise<void> {
  await stack.platform.runCron();
  await Promise.all(Array.from({ length: batches }, async () => {
    await pool.post("schedule", { batch: true, limit: 5 + random.below(50) });
    await pool.post("write-back", { batch: true, limit: 5 + random.below(50) });
  }));
}

/**
 * Impatient people press the button twice. Not while answers may take effect late: a look at once
 * after a last attempt was given up comes too early to see what that attempt still does.
 */
async function askByName(pool: WorkerPool, town: Town, random: Random): Promise<void> {
  for (let times = Math.ceil(town.meetings / 20); times > 0; times--) {
    const body = { meeting_id: `meeting-${1 + random.below(town.meetings)}` };
    await Promise.all([pool.post("write-back", body), pool.post("write-back", body)]);
  }
}

/** Without faults, until nothing is due any more. */
async function finish(
  stack: ChaosStack,
  pool: WorkerPool,
  town: Town,
  random: Random,
): Promise<void> {
  await reconnectAll(stack, town);
  for (let rounds = 0; rounds < MOST_CALM_ROUNDS && await anyOpen(stack); rounds++) {
    await passTime(stack, random, 1);
    await deliverDoorbells(stack.platform, pool, random);
    await sweep(stack, pool, random, 2);
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

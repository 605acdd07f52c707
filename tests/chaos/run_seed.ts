import { type ChaosStack, withChaosStack } from "./chaos_stack.ts";
import { adoptions, type Evidence, gatherEvidence } from "./snapshot.ts";
import { guestsOf } from "./guests.ts";
import { type End, endOf, violations } from "./invariants.ts";
import { emptyMemory } from "./expected_state.ts";
import { seededRandom } from "./random.ts";
import { requeueAll } from "./recovery.ts";
import { WORKER_TIMEOUT_MS } from "./fault_profiles.ts";
import { bookMeetings, settleTown } from "./fixture.ts";
import { finish, type Run, weather } from "./load.ts";
import { startWorkerPool } from "./worker_pool.ts";

export interface ChaosOptions {
  seed: number;
  meetings: number;
  workers: number;
}

/** What happened, to see that something did. */
export interface ChaosReport extends Record<End, number> {
  /** After the storm, and after what had failed was queued again; empty when the law held. */
  violations: string[];
  /** Wishes that were accepted, and answers of guests. */
  wishes: number;
  replies: number;
  /** Meetings whose event was found, not written, by the worker that settled them. */
  adopted: number;
  storms: number;
  killed: number;
  /** Requests for calendars during the storms, and how many of them were hit by a fault. */
  requests: number;
  faults: number;
  seconds: number;
}

const MEETINGS_A_KILL = 8;

/** One run on a stack of its own: storms, calm, the law; requeue without faults, the law again. */
export function runSeed(options: ChaosOptions): Promise<ChaosReport> {
  return withChaosStack((stack) => underFire(stack, options));
}

async function underFire(stack: ChaosStack, options: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now();
  const random = seededRandom(options.seed);
  const town = await settleTown(stack, options.meetings);
  const memory = emptyMemory();
  const guests = guestsOf(stack, town, seededRandom(options.seed), memory);
  const pool = await startWorkerPool(stack, random, {
    size: options.workers,
    kills: Math.max(options.workers, Math.ceil(options.meetings / MEETINGS_A_KILL)),
    timeout_ms: WORKER_TIMEOUT_MS,
    beforePatch: ({ path }) => guests.answer(path.slice(path.lastIndexOf("/") + 1)),
  });
  await bookMeetings(stack, town, random);
  const run: Run = { stack, pool, town, random, memory, guests };

  const storms = await weather(run, options.seed);
  const requests = await stack.google.requests({ path: "/calendar/v3/" });
  await pool.renew();
  await finish(run);
  const evidence = await gatherEvidence(stack, memory);

  const refused = await requeueAll(pool, evidence);
  await finish(run);
  const final = await gatherEvidence(stack, memory);
  pool.end();
  const ends = evidence.meetings.map(endOf);
  const count = (wanted: End) => ends.filter((end) => end === wanted).length;
  return {
    violations: [
      ...pool.surprises,
      ...violations(evidence),
      ...refused,
      ...afterRequeue(final),
    ],
    created: count("created"),
    cancelled: count("cancelled"),
    failed: count("failed"),
    given_up: count("given_up"),
    wishes: memory.promises.length,
    replies: memory.replies.length,
    adopted: adoptions(evidence),
    storms,
    killed: pool.killed,
    requests: requests.length,
    faults: requests.filter(({ fault_id }) => fault_id !== null).length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

function afterRequeue(evidence: Evidence): string[] {
  const left = evidence.meetings.filter((meeting) =>
    !["created", "cancelled"].includes(endOf(meeting) ?? "")
  );
  return [
    ...violations(evidence),
    ...left.map(({ meeting_id, writeback_error, scheduling_reason }) =>
      `${meeting_id} is not created: ${writeback_error ?? scheduling_reason}`
    ),
  ].map((sentence) => `after the requeue: ${sentence}`);
}

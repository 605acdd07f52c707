import type { RecordedRequest } from "../../packages/google-calendar-emulator/control.ts";
import { type ChaosStack, withChaosStack } from "./chaos_stack.ts";
import { adoptions, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { peopleOf } from "./people.ts";
import { guestsOf } from "./guests.ts";
import { type FinalState, finalStateOf, violations } from "./invariants.ts";
import { emptyExpectedState } from "./expected_state.ts";
import { seededRandom } from "./random.ts";
import { requeueAll } from "./recovery.ts";
import { WORKER_TIMEOUT_MS } from "./fault_profiles.ts";
import { createFixture, insertMeetings } from "./fixture.ts";
import { drain, type Run, runRounds } from "./load.ts";
import { startWorkerPool } from "./worker_pool.ts";

export interface ChaosOptions {
  seed: number;
  meetings: number;
  workers: number;
}

/** What happened in a run: the violations, and counts which show that it was hard enough. */
export interface ChaosReport extends Record<FinalState, number> {
  /** Found after the rounds, and again after the requeue of all failed meetings. */
  violations: string[];
  /** Changes and cancellations that `meetings` accepted. */
  changes: number;
  /** Replies of guests to invitations. */
  replies: number;
  /** Changes that organizers made in Google Calendar. */
  edits: number;
  /** Events that they deleted there. */
  deletions: number;
  /** Events that they moved to another calendar of theirs. */
  relocations: number;
  /** Messages of push channels in the rounds under faults, whether they arrived or not. */
  pushes: number;
  /** Pages of calendars that syncs asked for in these rounds. */
  pages: number;
  /** Meetings that were settled by a worker which had found their event and not inserted it. */
  adopted: number;
  /** Claims that found their time given to another meeting, and let another time be searched. */
  moved: number;
  /** Rounds under faults. */
  rounds: number;
  /** Workers killed. */
  killed: number;
  /** Requests to the Google Calendar API in the rounds under faults. */
  requests: number;
  /** How many of these requests were hit by a fault. */
  faults: number;
  seconds: number;
}

const MEETINGS_A_KILL = 8;

/**
 * One run on a stack of its own: rounds under faults, then work without faults until nothing is due,
 * then the invariants; then a requeue of all failed meetings without faults, and the invariants again.
 */
export function runSeed(options: ChaosOptions): Promise<ChaosReport> {
  return withChaosStack((stack) => runOn(stack, options));
}

async function runOn(stack: ChaosStack, options: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now();
  const random = seededRandom(options.seed);
  const fixture = await createFixture(stack, options.meetings);
  const expected = emptyExpectedState();
  const guests = guestsOf(stack, fixture, seededRandom(options.seed), expected);
  const people = peopleOf(stack, fixture, seededRandom(options.seed), expected);
  const pool = await startWorkerPool(stack, random, {
    size: options.workers,
    kills: Math.max(options.workers, Math.ceil(options.meetings / MEETINGS_A_KILL)),
    timeout_ms: WORKER_TIMEOUT_MS,
    beforePatch: async ({ path }) => {
      const event_id = path.slice(path.lastIndexOf("/") + 1);
      await guests.maybeReply(event_id);
      await people.maybeAct(event_id);
    },
  });
  const first_meetings = Math.ceil(options.meetings / 2);
  await insertMeetings(stack, fixture, random, first_meetings, expected);
  const run: Run = { stack, pool, fixture, random, expected, guests, people };

  const rounds = await runRounds(run, {
    seed: options.seed,
    later_meetings: options.meetings - first_meetings,
  });
  const requests = await stack.google.requests({ path: "/calendar/v3/" });
  const pushes = await stack.google.notifications();
  await pool.replaceAll();
  await drain(run);
  const snapshot = await takeSnapshot(stack, expected);
  // Before the requeue, which may change meetings.
  const found = violations(snapshot);

  const requeue_failures = await requeueAll(pool, snapshot);
  await drain(run);
  const final = await takeSnapshot(stack, expected);
  pool.end();
  const final_states = snapshot.meetings.map(finalStateOf);
  const count = (wanted: FinalState) => final_states.filter((state) => state === wanted).length;
  return {
    violations: [
      ...pool.unexpected_responses,
      ...found,
      ...requeue_failures,
      ...afterRequeue(final),
    ],
    created: count("created"),
    cancelled: count("cancelled"),
    deleted: count("deleted"),
    failed: count("failed"),
    given_up: count("given_up"),
    changes: expected.accepted_changes.length,
    replies: expected.replies.length,
    edits: expected.edits.length,
    deletions: expected.deletions.length,
    relocations: expected.relocations.length,
    pushes: pushes.filter(({ resource_state }) => resource_state === "exists").length,
    pages: requests.filter(isPage).length,
    adopted: adoptions(snapshot),
    moved: snapshot.ledger.filter(({ decision }) => decision === "search_again").length,
    rounds,
    killed: pool.killed,
    requests: requests.length,
    faults: requests.filter(({ fault_id }) => fault_id !== null).length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

function isPage({ method, path }: RecordedRequest): boolean {
  return method === "GET" && path.endsWith("/events");
}

function afterRequeue(snapshot: Snapshot): string[] {
  const left = snapshot.meetings.filter((meeting) =>
    !["created", "cancelled", "deleted"].includes(finalStateOf(meeting) ?? "")
  );
  return [
    ...violations(snapshot),
    ...left.map(({ meeting_id, writeback_error, scheduling_reason }) =>
      `${meeting_id} is not created: ${writeback_error ?? scheduling_reason}`
    ),
  ].map((sentence) => `after the requeue: ${sentence}`);
}

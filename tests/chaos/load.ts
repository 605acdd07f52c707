import type { ChaosStack } from "./chaos_stack.ts";
import { deliverWakeUps } from "./wake_ups.ts";
import type { Guests } from "./guests.ts";
import type { People } from "./people.ts";
import {
  disturbSyncs,
  endPollIntervals,
  losePushMessages,
  makeSyncsDue,
  sweepSyncs,
} from "./syncs.ts";
import type { ExpectedState } from "./expected_state.ts";
import { advanceTime, expireLeasesDuring } from "./advance_time.ts";
import type { Random } from "./random.ts";
import { reconnectAll } from "./recovery.ts";
import { applyFaultProfile, type FaultProfile, removeFaults } from "./fault_profiles.ts";
import { type Fixture, insertMeetings } from "./fixture.ts";
import { type ChangeRequest, changeRequests, sendChangeRequests } from "./change_requests.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** Everything that one run works with. */
export interface Run {
  stack: ChaosStack;
  pool: WorkerPool;
  fixture: Fixture;
  random: Random;
  expected: ExpectedState;
  guests: Guests;
  people: People;
}

/** An outage first: the meetings that are inserted after it find their time while others wait for their events. */
const PROFILES: readonly FaultProfile[] = [
  "outage",
  "late_effects",
  "undetected_duplicates",
  "expired_leases",
];
const MAX_ROUNDS = 12;
/** The rounds after these send no changes, so that the last changes are also given up under faults. */
const ROUNDS_WITH_CHANGES = 9;
const MAX_DRAIN_ROUNDS = 40;
const MEETINGS_A_REPLY = 10;
const MEETINGS_AN_ACT = 10;
/** For the limit of a batch. */
const MEETINGS_A_ROW = 5;

/**
 * Runs rounds under faults until no work is left or `MAX_ROUNDS` is reached; returns their number. `later_meetings` are
 * inserted after the first round.
 */
export async function runRounds(
  run: Run,
  { seed, later_meetings }: { seed: number; later_meetings: number },
): Promise<number> {
  const { stack, fixture, random } = run;
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const has_changes = rounds < ROUNDS_WITH_CHANGES;
    if (!has_changes && !await isWorkLeft(stack)) return rounds;
    const profile = PROFILES[rounds % PROFILES.length] as FaultProfile;
    const changes = has_changes
      ? await withoutUnsafeCancellations(run, profile, changeRequests(fixture, random, rounds))
      : [];
    await applyFaultProfile(stack.google, profile, seed * 1000 + rounds);
    await disturbSyncs(stack, random);
    await runRound(run, profile, changes);
    await removeFaults(stack.google);
    await recordIdentities(run);
    if (random.chance(0.3)) await reconnectAll(stack, fixture);
    await advanceTime(stack, random, 0.8);
    if (rounds === 0) await insertMeetings(stack, fixture, random, later_meetings, run.expected);
  }
  return MAX_ROUNDS;
}

/**
 * A worker whose lease expires just before its insert cannot know that the meeting has been
 * cancelled since. Under `expired_leases` only meetings whose event exists are cancelled.
 */
async function withoutUnsafeCancellations(
  { stack }: Run,
  profile: FaultProfile,
  changes: ChangeRequest[],
): Promise<ChangeRequest[]> {
  if (profile !== "expired_leases") return changes;
  const created = await stack.platform.sql<{ meeting_id: string }>(
    "select meeting_id from public.meetings where writeback_status = 'created'",
  );
  const ids = new Set(created.map(({ meeting_id }) => meeting_id));
  return changes.filter((change) => !change.is_cancellation || ids.has(change.meeting_id));
}

/** Sends every kind of request at the same time, and waits until the workers are idle. */
async function runRound(
  run: Run,
  profile: FaultProfile,
  changes: readonly ChangeRequest[],
): Promise<void> {
  const { stack, pool, fixture, random, expected, guests, people } = run;
  if (random.chance(0.3)) await stack.google.expireAccessTokens();
  const calls = Promise.all([
    deliverWakeUps(stack.platform, pool, random),
    sendChangeRequests(pool, random, expected, changes),
    sweep(run, 4),
    callTwice(pool, fixture, random),
    guests.sendReplies(Math.ceil(fixture.meeting_count / MEETINGS_A_REPLY)),
    people.act(Math.ceil(fixture.meeting_count / MEETINGS_AN_ACT)),
    sweepSyncs(pool),
  ]);
  if (profile === "expired_leases") await expireLeasesDuring(stack, pool, random, calls);
  await calls;
  await pool.idle();
}

/** Runs the cron jobs' own commands, and batches in parallel as if several sweeps had piled up. */
async function sweep({ stack, pool, fixture, random }: Run, batches: number): Promise<void> {
  const limit = (most: number) =>
    Math.min(most, 5 + random.below(Math.max(50, fixture.meeting_count / MEETINGS_A_ROW)));
  await stack.platform.runCron();
  await Promise.all(Array.from({ length: batches }, async () => {
    await pool.post("schedule", { batch: true, limit: limit(100) });
    await pool.post("write-back", { batch: true, limit: limit(1000) });
  }));
}

/** Requests the same meeting twice at the same time, as a double click does. */
async function callTwice(pool: WorkerPool, fixture: Fixture, random: Random): Promise<void> {
  for (let times = Math.ceil(fixture.meeting_count / 20); times > 0; times--) {
    const body = { meeting_id: `meeting-${1 + random.below(fixture.meeting_count)}` };
    await Promise.all([pool.post("write-back", body), pool.post("write-back", body)]);
  }
}

/**
 * Works without faults until no row is due or leased. Then, without messages of Google, one poll interval ends, and
 * all calendars are read.
 */
export async function drain(run: Run): Promise<void> {
  const { stack, pool, fixture, random } = run;
  await losePushMessages(stack);
  await reconnectAll(stack, fixture);
  for (let rounds = 0; rounds < MAX_DRAIN_ROUNDS && await isWorkLeft(stack); rounds++) {
    await advanceTime(stack, random, 1);
    await deliverWakeUps(stack.platform, pool, random);
    await sweep(run, 2);
    await pool.idle();
  }
  await endPollIntervals(stack, random, 1);
  await stack.platform.sql("select private.enqueue_syncs()");
  for (let rounds = 0; rounds < MAX_DRAIN_ROUNDS && await isSyncDue(stack); rounds++) {
    await makeSyncsDue(stack);
    await sweepSyncs(pool);
    await pool.idle();
  }
}

async function isWorkLeft({ platform }: ChaosStack): Promise<boolean> {
  const [row] = await platform.sql<{ is_work_left: boolean }>(
    `select exists (
       select from private.work where kind in ('search', 'write')
     ) as is_work_left`,
  );
  return row?.is_work_left === true;
}

async function isSyncDue({ platform }: ChaosStack): Promise<boolean> {
  const rows = await platform.sql("select from private.work where kind = 'sync' limit 1");
  return rows.length > 0;
}

async function recordIdentities({ stack, expected }: Run): Promise<void> {
  const rows = await stack.platform.sql<
    { meeting_id: string; google_event_id: string; meet_link: string | null }
  >(
    `select m.meeting_id, m.google_event_id, m.meet_link
     from public.meetings as m
     left join private.work as w on w.kind = 'write' and w.subject_id = m.meeting_id
     where m.writeback_status = 'created' and w.lease_token is null`,
  );
  for (const { meeting_id, ...identity } of rows) {
    if (!expected.identities.has(meeting_id)) expected.identities.set(meeting_id, identity);
  }
}

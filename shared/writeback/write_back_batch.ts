import { beginWithinMs } from "@shared/database/lease.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import { finishBatch } from "@shared/database/work.ts";
import { claimWritebackSlice } from "@shared/database/writebacks.ts";
import type { WritebackSlice } from "@shared/database/writebacks.ts";
import { calendarGate } from "./calendar_gate.ts";
import { groupSettler } from "./group_settler.ts";
import { workLane } from "./organizer_lane.ts";
import type { WritebackDependencies, WritebackResult } from "./write_back.ts";

/**
 * Half of the 2 s of CPU time that Supabase gives a call, and what it is spent on: `deno task
 * bench:writeback` measures the CPU time of 1,000 rows in few large claims and in many small ones.
 */
const CPU_MS = 1_000;
const CPU_MS_A_ROW = 0.4;
const CPU_MS_A_CLAIM = 15;

/** More rows than any call can pay for. */
export const MAX_ROWS_A_CALL = Math.floor((CPU_MS - CPU_MS_A_CLAIM) / CPU_MS_A_ROW);

/** A crash leaves at most this many rows to be verified one by one, which a sweep can do. */
const MAX_LEASED = 300;
/** Unless nothing is being worked on, it is not worth asking for fewer. */
const LEAST_CLAIM = 50;

/** Lanes that began together end together, and share a claim. */
const GATHER_MS = 20;

/** Requests leave while this thread rests: after so many rows it does, or the first would wait for the last. */
const ROWS_WITHOUT_PAUSE = 20;

/** Of the 150 s that a call may take: no claim after the first, no write begun after the second. */
const LAST_CLAIM_MS = 100_000;
const LAST_WRITE_MS = 120_000;

/** How long a batch without work waits for rows that other workers hold, and how often it asks. */
const BUSY_PATIENCE_MS = 3_000;
const BUSY_POLL_MS = 500;

export interface BatchReport {
  results: WritebackResult[];
  /** How many are still due. */
  remaining: number;
}

/**
 * Writes what is due, organizers side by side, slice after slice, and waits for Google's quotas
 * where that fits into the call. Rows whose worker has died come first, each alone: one that kills
 * its worker takes no neighbour along. `wake`: when this call's rows are used up, another is begun.
 */
export async function writeBackBatch(
  dependencies: WritebackDependencies,
  options: { limit: number; wake: boolean },
): Promise<BatchReport> {
  const { database } = dependencies;
  const started = performance.now();
  const elapsed_ms = () => performance.now() - started;
  const settler = groupSettler(database);
  const gate = calendarGate();
  const results: WritebackResult[] = [];
  const lanes = new Set<Promise<void>>();
  let rows_left = options.limit;
  let cpu_left_ms = CPU_MS;
  let leased = 0;
  let idle_since_ms = 0;
  let lanes_ended = 0;
  let is_more = true;
  /** Rows are left that nothing but this call's end holds back. */
  let is_cut = false;

  async function begin(slice: WritebackSlice): Promise<void> {
    let rows_since_pause = 0;
    const lease_ms = Math.min(...slice.meetings.map(beginWithinMs));
    const until_ms = Math.min(elapsed_ms() + lease_ms, LAST_WRITE_MS);
    const connections = new Map(slice.connections.map((each) => [each.user_id, each]));
    for (const [user_id, rows] of Map.groupBy(slice.meetings, (row) => row.organizer_user_id)) {
      const connection = user_id === null ? null : connections.get(user_id) ?? null;
      const has_time = () => elapsed_ms() < until_ms;
      const lane: Promise<void> = workLane({
        dependencies,
        connection,
        rows,
        gate,
        settler,
        has_time,
      }).then((done) => {
        results.push(...done);
        leased -= rows.length;
        lanes.delete(lane);
        lanes_ended++;
      });
      lanes.add(lane);
      leased += rows.length;
      rows_since_pause += rows.length;
      if (rows_since_pause >= ROWS_WITHOUT_PAUSE) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        rows_since_pause = 0;
      }
    }
  }

  function patience(slice: WritebackSlice): number | null {
    const quota_ms = slice.quota_seconds === null ? null : slice.quota_seconds * 1000;
    if (quota_ms !== null && elapsed_ms() + quota_ms < LAST_CLAIM_MS) return quota_ms;
    is_cut ||= quota_ms !== null;
    const is_patient = elapsed_ms() - idle_since_ms < BUSY_PATIENCE_MS;
    const is_busy = slice.is_more && slice.meetings.length === 0;
    return is_busy && is_patient ? BUSY_POLL_MS : null;
  }

  /** How many rows this call may still begin. */
  function allowance(): number {
    const affordable = Math.floor((cpu_left_ms - CPU_MS_A_CLAIM) / CPU_MS_A_ROW);
    return Math.max(0, Math.min(rows_left, affordable));
  }

  while (true) {
    let wait_ms: number | null = null;
    const is_alone = lanes.size === 0;
    const most = allowance();
    const room = Math.min(most, MAX_LEASED - leased);
    const is_worth_asking = is_alone ? room > 0 : room >= Math.min(most, LEAST_CLAIM);
    if (is_more && is_worth_asking && most > 0 && elapsed_ms() < LAST_CLAIM_MS) {
      const ended_before = lanes_ended;
      const slice = await claimWritebackSlice(database, room, is_alone);
      rows_left -= slice.meetings.length;
      cpu_left_ms -= CPU_MS_A_CLAIM + slice.meetings.length * CPU_MS_A_ROW;
      is_more = slice.is_more;
      await begin(slice);
      if (lanes.size > 0) idle_since_ms = elapsed_ms();
      if (is_alone && slice.meetings.some(isAbandoned)) {
        await Promise.all(lanes);
        continue;
      }
      // Organizers whose lanes ended during the claim are free now, and the claim could not see it.
      if (lanes_ended > ended_before) continue;
      wait_ms = patience(slice);
    }
    if (lanes.size === 0 && wait_ms === null) {
      const wake = options.wake && (allowance() === 0 || is_cut || elapsed_ms() >= LAST_CLAIM_MS);
      const { remaining } = await finishBatch(database, "write", wake);
      // What was put back or changed while it was written is due again since the last claim.
      const is_news = !is_more && remaining > 0 && allowance() > 0;
      if (!is_news || elapsed_ms() >= LAST_CLAIM_MS) return { results, remaining };
      is_more = true;
      continue;
    }
    await (is_more ? anyOf(lanes, wait_ms) : Promise.all(lanes));
    if (lanes.size > 0) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  }
}

function isAbandoned(row: LeasedMeeting): boolean {
  return row.crashes > 0;
}

/** Resolves when one of `work` has ended, or after `wait_ms` (null: never). */
async function anyOf(work: Iterable<Promise<void>>, wait_ms: number | null): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = wait_ms === null
    ? []
    : [new Promise<void>((resolve) => timer = setTimeout(resolve, wait_ms))];
  await Promise.race([...work, ...waiting]).finally(() => clearTimeout(timer));
}

import type { Settlement } from "@shared/database/writebacks.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import type { FailureCode } from "@shared/failures/codes.ts";
import type { CalendarGate } from "./calendar_gate.ts";
import type { GroupSettler } from "./group_settler.ts";
import { attemptWriteback, leaseLost } from "./write_back.ts";
import type { Attempt, WritebackDependencies, WritebackResult } from "./write_back.ts";

const MAX_CONCURRENT = 3;

/** For this long after a rate limit an organizer's calendar gets one request at a time. */
const CAREFUL_MS = 10 * 60_000;

/** Reconnecting cures these for all of an organizer's meetings, not for one event alone. */
const DEAD_CONNECTION: ReadonlySet<FailureCode> = new Set([
  "invalid_grant",
  "invalid_credentials",
  "insufficient_permissions",
  "token_unreadable",
]);

export interface Lane {
  dependencies: WritebackDependencies;
  connection: StoredConnection | null;
  /** Leased rows of one organizer, in their order. */
  rows: readonly LeasedMeeting[];
  gate: CalendarGate;
  settler: GroupSettler;
  has_time: () => boolean;
}

/**
 * Writes one organizer's slice, at most three rows concurrently, and settles it. After a rate limit
 * or a rejected connection, rows that were not begun are released: their due time stays.
 * Results only of rows that something was tried for.
 */
export async function workLane(lane: Lane): Promise<WritebackResult[]> {
  const width = widthFor(lane.connection, lane.dependencies.now());
  const queue = [...lane.rows];
  const settling: Promise<WritebackResult | null>[] = [];
  let is_stopped = false;
  let is_reported_dead = false;

  async function runner(): Promise<void> {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const attempt = is_stopped || !lane.has_time()
        ? null
        : await lane.gate.pass(calendarOf(row), width, () => attemptRow(lane, row!));
      const code = failureCode(attempt);
      const is_dead = code !== null && DEAD_CONNECTION.has(code);
      is_stopped ||= is_dead || code === "rate_limited";
      // One meeting reports the dead connection; the others of its organizer wait for the next one.
      settling.push(
        attempt === null || is_dead && is_reported_dead
          ? release(lane, row, attempt?.settlement.steps ?? [])
          : settle(lane, attempt),
      );
      is_reported_dead ||= is_dead;
    }
  }

  await Promise.all(Array.from({ length: width }, runner));
  await lane.settler.flush();
  const results = await Promise.all(settling);
  return results.filter((result) => result !== null);
}

function attemptRow({ dependencies, connection, has_time }: Lane, row: LeasedMeeting) {
  return attemptWriteback(dependencies, row, connection, has_time);
}

async function settle(lane: Lane, { settlement, result }: Attempt): Promise<WritebackResult> {
  try {
    return await lane.settler.settle(settlement) ? result : leaseLost(settlement);
  } catch (thrown) {
    // The lease expires, and the worker that reclaims the row verifies before it writes.
    lane.dependencies.report?.(thrown, settlement.meeting_id);
    return leaseLost(settlement);
  }
}

/** Due as before; what was asked of Google all the same (a refused token, say) stays in the ledger. */
async function release(lane: Lane, row: LeasedMeeting, steps: Settlement["steps"]): Promise<null> {
  const { meeting_id, lease_token } = row;
  try {
    await lane.settler.settle({ meeting_id, lease_token, outcome: "released", steps });
  } catch (thrown) {
    lane.dependencies.report?.(thrown, meeting_id);
  }
  return null;
}

function failureCode(attempt: Attempt | null): FailureCode | null {
  return attempt === null || attempt.result.success ? null : attempt.result.failure?.code ?? null;
}

/** "primary" is another calendar for each account; any other id is the same calendar for all accounts. */
function calendarOf({ google_calendar_id, google_account_id }: LeasedMeeting): string {
  return google_calendar_id === "primary" ? `${google_account_id} primary` : google_calendar_id;
}

function widthFor(connection: StoredConnection | null, now: Date): number {
  const paused_until = connection?.paused_until ?? null;
  return paused_until !== null && now.getTime() - Date.parse(paused_until) < CAREFUL_MS
    ? 1
    : MAX_CONCURRENT;
}

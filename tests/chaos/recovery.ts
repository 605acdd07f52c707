import { connectGoogle } from "../../local/connect_google.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Snapshot } from "./snapshot.ts";
import { sendChangeRequest } from "./change_requests.ts";
import { inGroups } from "./in_groups.ts";
import { finalStateOf } from "./invariants.ts";
import type { Fixture } from "./fixture.ts";
import type { WorkerPool } from "./worker_pool.ts";

const CONCURRENT = 8;

/** Connects the users again whose Google connection needs it. */
export async function reconnectAll(stack: ChaosStack, fixture: Fixture): Promise<void> {
  const dead = await stack.platform.sql<{ user_id: string }>(
    "select user_id from private.google_connections where status = 'needs_reauth'",
  );
  for (const { user_id } of dead) {
    const organizer = fixture.organizers.find((one) => one.user_id === user_id);
    if (organizer === undefined) throw new Error(`User ${user_id} is not in the fixture`);
    await connectGoogle(stack.platform.functions_url, organizer.access_token, stack.google, {
      email: organizer.email,
      scopes: "all",
    });
  }
}

/** Hours in which all calendars are free: for meetings whose slot another meeting has taken. */
const FREE_HOURS_FROM = Date.UTC(2036, 0, 7, 9);
const HOUR_MS = 3_600_000;

/**
 * Requeues all meetings that failed or were given up: `meetings` for events, `schedule` for meetings
 * without a slot. Where another meeting has taken the requested slot since, the meeting is moved to a
 * free one first. Returns a sentence about each meeting that was not requeued.
 */
export async function requeueAll(
  pool: WorkerPool,
  { meetings, expected }: Snapshot,
): Promise<string[]> {
  const failures: string[] = [];
  const stuck = meetings.filter((meeting) =>
    ["failed", "given_up"].includes(finalStateOf(meeting) ?? "")
  );
  await inGroups(
    [...stuck.entries()],
    CONCURRENT,
    async ([n, { meeting_id, writeback_status, cancelled_in_google_at }]) => {
      const body = { meeting_id };
      let response = writeback_status === null
        ? await pool.call("schedule", { body })
        : await pool.call("meetings/requeue", { body });
      if (isSlotTaken(response)) {
        const start = FREE_HOURS_FROM + n * HOUR_MS;
        await sendChangeRequest(pool, expected, {
          meeting_id,
          is_cancellation: false,
          changes: {
            start_time: new Date(start).toISOString(),
            end_time: new Date(start + HOUR_MS / 2).toISOString(),
          },
        });
        // The change first reads again that the event is deleted, for people may have restored it; after that a requeue
        // writes another one.
        if (cancelled_in_google_at !== null) await pool.call("write-back", { body });
        response = await pool.call("meetings/requeue", { body });
      }
      if (response?.status === 200) return;
      failures.push(`${meeting_id} was not requeued: ${JSON.stringify(response)}`);
    },
  );
  return failures;
}

function isSlotTaken(response: Awaited<ReturnType<WorkerPool["call"]>>): boolean {
  const body = response?.body;
  return response?.status === 409 && typeof body === "object" && body !== null &&
    "error" in body && body.error === "slot_taken";
}

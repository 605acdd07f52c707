import { connectGoogle } from "../../local/connect_google.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Evidence } from "./snapshot.ts";
import { inGroups } from "./in_groups.ts";
import { endOf } from "./invariants.ts";
import type { Town } from "./fixture.ts";
import type { WorkerPool } from "./worker_pool.ts";

const AT_ONCE = 8;

/** Users whose connection Google has refused grant access again. */
export async function reconnectAll(stack: ChaosStack, town: Town): Promise<void> {
  const dead = await stack.platform.sql<{ user_id: string }>(
    "select user_id from private.google_connections where status = 'needs_reauth'",
  );
  for (const { user_id } of dead) {
    const organizer = town.organizers.find((one) => one.user_id === user_id);
    if (organizer === undefined) throw new Error(`Nobody in town is ${user_id}`);
    await connectGoogle(stack.platform.functions_url, organizer.access_token, stack.google, {
      email: organizer.email,
      scopes: "all",
    });
  }
}

/** Hours in which nobody has anything: for meetings whose time another one has been given. */
const FREE_HOURS_FROM = Date.UTC(2036, 0, 7, 9);
const HOUR_MS = 3_600_000;

/**
 * Asks the product to try again whatever has failed or was given up: `meetings` for events, and
 * `schedule` for meetings that have no slot. A time that was given by name is not taken from the
 * meeting that has it now, so the organizer names another. Sentences about those it would not take back.
 */
export async function requeueAll(pool: WorkerPool, { meetings }: Evidence): Promise<string[]> {
  const refused: string[] = [];
  const stuck = meetings.filter((meeting) => ["failed", "given_up"].includes(endOf(meeting) ?? ""));
  await inGroups([...stuck.entries()], AT_ONCE, async ([n, { meeting_id, writeback_status }]) => {
    const body = { meeting_id };
    let answer = writeback_status === null
      ? await pool.ask("schedule", { body })
      : await pool.ask("meetings/requeue", { body });
    if (isSlotTaken(answer)) {
      const start = FREE_HOURS_FROM + n * HOUR_MS;
      await pool.ask("meetings", {
        method: "PATCH",
        body: {
          meeting_id,
          start_time: new Date(start).toISOString(),
          end_time: new Date(start + HOUR_MS / 2).toISOString(),
        },
      });
      answer = await pool.ask("meetings/requeue", { body });
    }
    if (answer?.status === 200) return;
    refused.push(`${meeting_id} was not requeued: ${JSON.stringify(answer)}`);
  });
  return refused;
}

function isSlotTaken(answer: Awaited<ReturnType<WorkerPool["ask"]>>): boolean {
  const body = answer?.body;
  return answer?.status === 409 && typeof body === "object" && body !== null &&
    "error" in body && body.error === "slot_taken";
}

import assert from "node:assert/strict";
import { AT_NOON, cancel, change, write } from "./changes.ts";
import { insertMeeting, type Row, rowOf, SLOT, WEEK } from "./meetings.ts";
import { FAILED, settle, WRITTEN } from "./queue.ts";
import type { Organizer, Stack } from "./stack.ts";

/** Brings a new meeting of the organizer into one state of its write-back. */
export type MakeState = (stack: Stack, organizer: Organizer) => Promise<string>;

async function pending(_stack: Stack, organizer: Organizer): Promise<string> {
  return await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
}

async function created(stack: Stack, organizer: Organizer): Promise<string> {
  const meeting_id = await pending(stack, organizer);
  await write(organizer, meeting_id);
  return meeting_id;
}

async function changed(stack: Stack, organizer: Organizer): Promise<string> {
  const meeting_id = await created(stack, organizer);
  await change(organizer, meeting_id, { title: "Changed" });
  return meeting_id;
}

async function cancelled(stack: Stack, organizer: Organizer): Promise<string> {
  const meeting_id = await created(stack, organizer);
  await cancel(organizer, meeting_id);
  return meeting_id;
}

/** Leases the write of a meeting and returns its row as a worker gets it. */
export async function lease(stack: Stack, meeting_id: string): Promise<Row> {
  const [row] = await stack.platform.sql<{ begun: Row }>(
    "select public.begin_writeback($1) as begun",
    [meeting_id],
  );
  assert.equal(row?.begun.decision, "claimed", JSON.stringify(row?.begun));
  return row?.begun.meeting;
}

async function settled(stack: Stack, meeting_id: string, outcome: Row): Promise<string> {
  const { lease_token } = await lease(stack, meeting_id);
  const [answer] = await settle(stack, [{ meeting_id, lease_token, steps: [], ...outcome }]);
  assert.equal(answer?.settled, true);
  return meeting_id;
}

const REFUSED = { ...FAILED, error: "google_rejected: no", should_retry: false };

function failed(outcome: Row): MakeState {
  return async (stack, organizer) => await settled(stack, await pending(stack, organizer), outcome);
}

async function leased(stack: Stack, meeting_id: string): Promise<string> {
  await lease(stack, meeting_id);
  return meeting_id;
}

async function expired(stack: Stack, meeting_id: string): Promise<string> {
  await lease(stack, meeting_id);
  await stack.platform.sql(
    `update private.work set leased_at = leased_at - interval '1 hour', due_at = due_at - interval '1 hour',
            leased_until = clock_timestamp() where kind = 'write' and subject_id = $1`,
    [meeting_id],
  );
  return meeting_id;
}

/** Every state that a meeting's write-back can be in, those that only an application's own SQL makes included. */
export const WRITE_STATES: Readonly<Record<string, MakeState>> = {
  "no slot": (_stack, organizer) =>
    insertMeeting(organizer, { participants: [organizer.email], constraints: WEEK }),
  "pending": pending,
  "pending, leased": async (stack, organizer) =>
    await leased(stack, await pending(stack, organizer)),
  "pending, lease expired": async (stack, organizer) =>
    await expired(stack, await pending(stack, organizer)),
  "pending, without work": async (stack, organizer) => {
    const meeting_id = await pending(stack, organizer);
    await stack.platform.sql("delete from private.work where subject_id = $1", [meeting_id]);
    return meeting_id;
  },
  "retrying": failed(FAILED),
  "retrying, outcome unknown": failed({ ...FAILED, outcome_unknown: true }),
  "failed": failed(REFUSED),
  "failed, outcome unknown": async (stack, organizer) => {
    const meeting_id = await settled(stack, await pending(stack, organizer), REFUSED);
    await stack.platform.sql(
      "update private.event_state set outcome_unknown_since = now() where subject_id = $1",
      [meeting_id],
    );
    return meeting_id;
  },
  "failed, foreign event": failed({ ...REFUSED, error: "foreign_event: taken" }),
  "failed, connection lost": async (stack, organizer) => {
    const meeting_id = await pending(stack, organizer);
    await stack.platform.sql(
      `update private.google_connections set status = 'needs_reauth', status_reason = 'invalid_grant'
        where user_id = $1`,
      [organizer.user_id],
    );
    return await settled(stack, meeting_id, { ...REFUSED, error: "invalid_grant: revoked" });
  },
  "created": created,
  "created, without an event": async (stack, organizer) => {
    const meeting_id = await settled(stack, await pending(stack, organizer), REFUSED);
    await stack.platform.sql(
      "update public.meetings set writeback_status = 'created' where meeting_id = $1",
      [meeting_id],
    );
    return meeting_id;
  },
  "created, change due": changed,
  "created, change leased": async (stack, organizer) =>
    await leased(stack, await changed(stack, organizer)),
  "created, change given up": async (stack, organizer) =>
    await settled(stack, await changed(stack, organizer), REFUSED),
  "created, event missing": async (stack, organizer) =>
    await settled(stack, await changed(stack, organizer), {
      ...REFUSED,
      error: "event_missing: gone",
    }),
  "cancelled, never written": async (stack, organizer) => {
    const meeting_id = await pending(stack, organizer);
    await cancel(organizer, meeting_id);
    return meeting_id;
  },
  "cancelled, deletion due": cancelled,
  "cancelled, deletion leased": async (stack, organizer) =>
    await leased(stack, await cancelled(stack, organizer)),
  "cancelled, deleted": async (stack, organizer) => {
    const meeting_id = await cancelled(stack, organizer);
    await write(organizer, meeting_id);
    return meeting_id;
  },
};

/** The organizer's connection works from now on. */
export async function reconnect(stack: Stack, organizer: Organizer): Promise<void> {
  await stack.platform.sql(
    `update private.google_connections set status = 'healthy', status_reason = null where user_id = $1`,
    [organizer.user_id],
  );
}

type CauseEvent = (stack: Stack, organizer: Organizer, meeting_id: string) => Promise<unknown>;

async function rpc(stack: Stack, text: string, values: unknown[]): Promise<unknown> {
  const [row] = await stack.platform.sql<{ result: Row }>(`select ${text} as result`, values);
  return typeof row?.result === "object" ? row.result.decision : row?.result;
}

/** Everything that can happen to it. What an event returns is part of the table. */
export const WRITE_EVENTS: Readonly<Record<string, CauseEvent>> = {
  "set pending": (stack, _organizer, meeting_id) => setStatus(stack, meeting_id, "pending"),
  "set failed": (stack, _organizer, meeting_id) => setStatus(stack, meeting_id, "failed"),
  "changed": (stack, _organizer, meeting_id) =>
    rpc(stack, "public.change_meeting($1, null, $2)", [meeting_id, { title: "Another" }]),
  "moved": (stack, _organizer, meeting_id) =>
    rpc(stack, "public.change_meeting($1, null, $2)", [meeting_id, {
      starts_at: AT_NOON.start_time,
      ends_at: AT_NOON.end_time,
    }]),
  "cancelled": (stack, _organizer, meeting_id) =>
    rpc(stack, "public.cancel_meeting($1)", [meeting_id]),
  "requeued": (stack, _organizer, meeting_id) =>
    rpc(stack, "public.requeue_meeting($1)", [meeting_id]),
  "reconnected": async (stack, organizer) => {
    await reconnect(stack, organizer);
    return "ok";
  },
  "event seen": async (stack, { email }, meeting_id) => {
    const { google_event_id: id } = await rowOf(stack, meeting_id);
    const organizer = { email, self: true };
    const event = { id, sequence: 100, status: "confirmed", summary: "Seen", organizer };
    return await rpc(stack, "public.adopt_google_event('meeting', $1, $2)", [meeting_id, event]);
  },
  "written": async (stack, _organizer, meeting_id) => {
    const { lease_token, desired_version, operation } = await rowOf(stack, meeting_id);
    const [answer] = await settle(stack, [{
      ...WRITTEN,
      meeting_id,
      lease_token,
      operation,
      google_event_id: operation === "create" ? "event" : null,
      written_version: desired_version,
      steps: [],
    }]);
    return answer?.settled;
  },
  "failed": async (stack, _organizer, meeting_id) => {
    const { lease_token } = await rowOf(stack, meeting_id);
    const [answer] = await settle(stack, [{ ...REFUSED, meeting_id, lease_token, steps: [] }]);
    return answer?.settled;
  },
};

/** A state in a line: status, what is due, the id's generation, whether the outcome is unknown, the error's code. */
export function describeState(row: Row): string {
  const due = row.lease_token !== null ? "leased" : row.write_due_at !== null ? "due" : "-";
  return [
    row.cancelled_at === null
      ? row.writeback_status ?? "none"
      : `cancelled/${row.writeback_status ?? "none"}`,
    due === "-" ? due : `${due} ${row.operation}`,
    ...(row.event_generation > 1 ? [`g${row.event_generation}`] : []),
    ...(row.outcome_unknown ? ["unknown"] : []),
    ...(row.writeback_error === null ? [] : [row.writeback_error.split(":")[0]]),
  ].join(", ");
}

/** What an application may do that knows only the documented columns. */
async function setStatus(stack: Stack, meeting_id: string, status: string) {
  try {
    await stack.platform.sql(
      "update public.meetings set writeback_status = $2 where meeting_id = $1",
      [meeting_id, status],
    );
    return "ok";
  } catch (error) {
    return (error as Error).message.split(":")[0];
  }
}

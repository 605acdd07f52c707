import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { OccurrenceTime } from "./schedulings.ts";
import type { Database as Schema, Json } from "./types.ts";

/** A row of `public.tasks`. */
export type TaskRow = Schema["public"]["Tables"]["tasks"]["Row"];

/** A row of `public.task_calendar_events`; the reader validates its jsonb columns. */
export type TaskEventRow = Schema["public"]["Tables"]["task_calendar_events"]["Row"] & {
  /** What was asked for when the event was scheduled. */
  wanted: Json;
  /** The change plan in progress. */
  pending_change: Json;
  google_account_id: string | null;
  /** An earlier request may have taken effect: verify before writing. */
  outcome_unknown: boolean;
  lease_token: string | null;
  lease_seconds: number | null;
  leased_until: string | null;
};

/**
 * Whether the event of a row is still to be created on Google, as `private.is_unwritten` has it: rows
 * of an application's own table may say `pending` of an event that exists.
 */
export function isUnwritten({ wanted, sync_status }: TaskEventRow): boolean {
  return wanted !== null && (sync_status === "pending" || sync_status === "failed");
}

/** Columns that a worker writes; what is absent stays. */
export type TaskEventColumns = Partial<TaskEventRow>;

/** Times that a search found for a task; the first that no other meeting or task holds is held for its event. */
export interface OfferedTimes {
  /** Whose time is held, as far as they come: e-mail addresses. */
  held: readonly string[];
  /** Best first: {start_time, end_time, participant_availability, ...}. */
  candidates: readonly unknown[];
  /** Of a series: the times that each candidate takes. */
  occurrences: readonly (readonly OccurrenceTime[])[] | null;
  /** What of the wanted event each candidate decides. */
  choices: readonly { start_time: string; duration_minutes: number }[];
}

/** A leased event with its task and its owner's connection, or why there is no lease. */
export interface BegunTaskEvent {
  decision:
    | "claimed"
    | "exists"
    | "in_progress"
    /** The attempt that the caller has waited for failed. */
    | "failed"
    | "not_found"
    | "unwritten"
    | "deleted"
    | "limit_reached"
    /** Other meetings hold every offered time. */
    | "taken"
    /** The user's unwritten events would hold more than `limit` times. */
    | "too_many_holds"
    | "processing_paused";
  event: TaskEventRow | null;
  task: TaskRow | null;
  connection: StoredConnection | null;
  retry_after_seconds: number | null;
  /** Of processing_paused: when the pause ends (RFC 3339); absent: when an operator ends it. */
  paused_until?: string;
  /** Of limit_reached: the setting, and its value; of too_many_holds the number. */
  limit?: string | number;
  allowed?: number;
  /** Which offered time was taken, from 0; null: none, as an earlier request is completed. */
  candidate?: number | null;
  /** Of `exists`, after a wait: false for the first caller that waited for the creation. */
  already_exists?: boolean;
  /** Another worker has the lease: its result is awaited for at most `wait_seconds`. */
  is_leased?: boolean;
  wait_seconds?: number;
}

/** The addresses of users whom a user may assign to tasks by their ids; others are absent. */
export function readAssigneeEmails(
  database: Database,
  user_id: string,
  assignee_ids: readonly string[],
): Promise<Record<string, string>> {
  return call(database, "assignee_emails", {
    p_user_id: user_id,
    p_assignee_ids: assignee_ids,
  });
}

/** Leases the row of a task's event, made if there is none. `is_waiting`: the caller has waited for another lease. */
export function beginTaskEvent(
  database: Database,
  { task_id, actor, wanted, offered, is_waiting }: {
    task_id: string;
    actor: Actor;
    wanted: unknown;
    offered: OfferedTimes | null;
    is_waiting: boolean;
  },
): Promise<BegunTaskEvent> {
  return call(database, "begin_task_event", {
    p_task_id: task_id,
    p_user_id: userIdOf(actor),
    p_wanted: wanted,
    p_is_waiting: is_waiting,
    p_slots: offered,
  });
}

/** Leases the row of an event that is to be changed; an event without a row gets one. `invites`: how many guests the change adds. */
export function beginEventChange(
  database: Database,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
  invites = 0,
): Promise<BegunTaskEvent> {
  return call(database, "begin_event_change", {
    p_user_id: event.user_id,
    p_calendar_id: event.calendar_id,
    p_calendar_event_id: event.calendar_event_id,
    p_invites: invites,
  });
}

export interface Settlement {
  columns: TaskEventColumns;
  /** Other rows of the same series: changed occurrences, the series that follows. */
  rows?: readonly TaskEventColumns[];
  /** Ids of events on the same calendar that are gone. */
  gone?: readonly string[];
  /** The lease stays with the caller. */
  keep_lease?: boolean;
  /** The event was created, and no caller reads the response that says so. */
  is_unacknowledged?: true;
  /**
   * The row is due again: after so long, or (null) when the queue's backoff is over, which for
   * `unknown` is not before the request can have taken effect.
   */
  due_again?: { verdict: "defer" | "unknown"; not_before_seconds: number | null };
}

/** Stores the result of an attempt. False when the lease was lost: another worker has the row now. */
export function settleTaskEvent(
  database: Database,
  event: TaskEventRow,
  { columns, rows = [], gone = [], keep_lease = false, is_unacknowledged, due_again }: Settlement,
): Promise<boolean> {
  return call(database, "settle_task_event", {
    p_id: event.id,
    p_lease_token: event.lease_token,
    p_changes: { ...columns, ...(is_unacknowledged === true ? { is_unacknowledged } : {}) },
    p_rows: rows,
    p_gone: gone,
    p_release: !keep_lease,
    p_verdict: due_again?.verdict ?? "done",
    p_not_before_seconds: due_again?.not_before_seconds ?? null,
  });
}

/** Leases events whose creation or change was interrupted or put off and is due. */
export function claimTaskEvents(
  database: Database,
  limit: number,
): Promise<BegunTaskEvent[]> {
  return call(database, "claim_task_events", { p_limit: limit });
}

/** The tasks of an actor, each with its event. */
export function readTaskEvents(
  database: Database,
  actor: Actor,
  task_ids: readonly string[],
): Promise<{ task: TaskRow; event: TaskEventRow | null }[]> {
  return call(database, "read_task_events", { p_user_id: userIdOf(actor), p_task_ids: task_ids });
}

/** The row of one event; null when there is none. */
export function readTaskEvent(
  database: Database,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
): Promise<TaskEventRow | null> {
  return call(database, "read_task_event", {
    p_user_id: event.user_id,
    p_calendar_id: event.calendar_id,
    p_calendar_event_id: event.calendar_event_id,
  });
}

/** Gives up an event that was never written. False while a request for it may have taken effect. */
export function discardTaskEvent(
  database: Database,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
): Promise<boolean> {
  return call(database, "discard_task_event", {
    p_user_id: event.user_id,
    p_calendar_id: event.calendar_id,
    p_calendar_event_id: event.calendar_event_id,
  });
}

/** What a request names by the row's id, or by event and calendar; without a calendar on any. */
export function findTaskEvent(
  database: Database,
  user_id: string,
  named: {
    id?: string | undefined;
    calendar_id?: string | undefined;
    calendar_event_id?: string | undefined;
  },
): Promise<{ event: TaskEventRow | null; meeting_id: string | null }> {
  return call(database, "find_task_event", {
    p_user_id: user_id,
    p_id: named.id ?? null,
    p_calendar_id: named.calendar_id ?? null,
    p_calendar_event_id: named.calendar_event_id ?? null,
  });
}

/**
 * Notes that an event was moved to another calendar. False: another worker has leased its row;
 * `lease_token` is the caller's own lease.
 */
export function followTaskEvent(
  database: Database,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
  to: string,
  lease_token: string | null = null,
): Promise<boolean> {
  return call(database, "follow_task_event", {
    p_user_id: event.user_id,
    p_calendar_event_id: event.calendar_event_id,
    p_from: event.calendar_id,
    p_to: to,
    p_lease_token: lease_token,
  });
}

/** Gives an event whose creation failed, or whose change was given up, new attempts; otherwise returns its state. */
export function requeueTaskEvent(
  database: Database,
  id: string,
  actor: Actor,
): Promise<{
  decision: "requeued" | "pending" | "not_failed" | "cancelled" | "task_not_found" | "not_found";
  event?: TaskEventRow;
}> {
  return call(database, "requeue_task_event", { p_id: id, p_user_id: userIdOf(actor) });
}

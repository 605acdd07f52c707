import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { MeetingRow } from "./meetings.ts";

/** The columns that a change names; those it leaves out stay. Null takes a text away. */
export interface MeetingChanges {
  title?: string | null;
  description?: string | null;
  location?: string | null;
  participants?: readonly unknown[];
  starts_at?: string;
  ends_at?: string;
  timezone?: string;
}

/** The result of a change request, and the current row. */
export type Decided<Decision extends string> =
  | { decision: Decision; meeting: MeetingRow }
  | { decision: "not_found" };

export type ChangeDecision =
  | Decided<"changed" | "unchanged" | "slot_expired" | "version_conflict" | "cancelled">
  | { decision: "invalid"; meeting: MeetingRow; path: string; message: string };

/** On whose behalf and, if wanted, the version of the meeting that is meant. */
export interface Asked {
  meeting_id: string;
  actor: Actor;
  expected_version?: number | undefined;
}

/** Changes a meeting; its event, if there is one, becomes due for an update. */
export function changeMeeting(
  database: Database,
  asked: Asked,
  changes: MeetingChanges,
): Promise<ChangeDecision> {
  return call(database, "change_meeting", {
    p_meeting_id: asked.meeting_id,
    p_user_id: userIdOf(asked.actor),
    p_changes: changes,
    p_expected_version: asked.expected_version ?? null,
  });
}

/** Cancels a meeting; an event that exists, or may, becomes due for deletion. */
export function cancelMeeting(
  database: Database,
  asked: Asked,
): Promise<Decided<"cancelled" | "already_cancelled" | "version_conflict">> {
  return call(database, "cancel_meeting", {
    p_meeting_id: asked.meeting_id,
    p_user_id: userIdOf(asked.actor),
    p_expected_version: asked.expected_version ?? null,
  });
}

/** Gives a meeting that failed, or a change that was given up, three new attempts; otherwise returns its state. */
export function requeueMeeting(
  database: Database,
  asked: Asked,
): Promise<
  Decided<
    | "requeued"
    | "slot_expired"
    | "slot_taken"
    | "created"
    | "pending"
    | "retrying"
    | "no_slot"
    | "cancelled"
  >
> {
  return call(database, "requeue_meeting", {
    p_meeting_id: asked.meeting_id,
    p_user_id: userIdOf(asked.actor),
  });
}

import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { FoundConflicts } from "./conflicts.ts";
import type { MeetingWithState } from "./meetings.ts";

/** The columns that a change names; those it leaves out stay. Null takes a text away. */
export interface MeetingChanges {
  title?: string | null;
  description?: string | null;
  location?: string | null;
  description_details?: "summary" | "none" | "full";
  locale?: string;
  participants?: readonly unknown[];
  starts_at?: string;
  ends_at?: string;
  timezone?: string;
  conference?: "meet" | "none";
  /** Null ends the repeating. */
  recurrence?: readonly string[] | null;
  constraints?: unknown;
  /** Null is the default. */
  weights?: unknown;
  allow_concessions?: boolean;
  /** Only while there is no event. */
  target_calendar_id?: string;
  /** Null is the default. */
  reminders?: readonly unknown[] | null;
  /** False: never moved automatically; null: the organizer's setting. */
  auto_reschedule?: unknown;
  on_conflict?: "warn" | "reschedule" | "ignore";
  guests_can_modify?: boolean;
  guests_can_invite_others?: boolean;
  guests_can_see_other_guests?: boolean;
}

/** The result of a change request, and the current row. */
export type Decided<Decision extends string> =
  | { decision: Decision; meeting: MeetingWithState }
  | { decision: "not_found" };

/** Why the event is not changed: known before Google is asked. */
export type NotWritable = "not_organizer" | "wrong_account";

export type ChangeDecision =
  | Decided<
    "changed" | "unchanged" | "slot_expired" | "version_conflict" | "cancelled" | NotWritable
  >
  | { decision: "invalid"; meeting: MeetingWithState; path: string; message: string };

/** On what the occurrences of a series depend; the database compares it with what it is at the time of the change. */
export interface ChangedSeries {
  starts_at: string;
  ends_at: string;
  timezone: string;
  recurrence: string[];
  recurrence_horizon: number | null;
}

/** The occurrences of a series, the first one first; RFC 3339 instants. */
export interface ExpandedSeries {
  of: ChangedSeries;
  occurrences: readonly { start_time: string; end_time: string }[];
}

/** On whose behalf and, if wanted, the version of the meeting that is meant. */
export interface Asked {
  meeting_id: string;
  actor: Actor;
  expected_version?: number | undefined;
}

/**
 * Changes a meeting; its event, if there is one, becomes due for an update. `expand`: nothing was changed, as the
 * occurrences of the changed series are held with the change: repeat the call with them.
 */
export function changeMeeting(
  database: Database,
  asked: Asked,
  changes: MeetingChanges,
  { series, found }: {
    series: ExpandedSeries | null;
    /** Who has something else at the new time; null: a check of it becomes due. */
    found: FoundConflicts | null;
  },
): Promise<ChangeDecision | SeriesToExpand> {
  return call(database, "change_meeting", {
    p_meeting_id: asked.meeting_id,
    p_user_id: userIdOf(asked.actor),
    p_changes: changes,
    p_expected_version: asked.expected_version ?? null,
    p_series: series ?? {},
    ...(found === null
      ? {}
      : { p_check: { conflicts: found.conflicts, alternatives: found.alternatives } }),
  });
}

/** The dates of the series are needed first. */
export interface SeriesToExpand {
  decision: "expand";
  series: ChangedSeries;
}

/** What `changeMeeting` would return; nothing is stored. */
export function previewChangeOf(
  database: Database,
  asked: Asked,
  changes: MeetingChanges,
  series: ExpandedSeries | null,
): Promise<(ChangeDecision & Previewed) | SeriesToExpand> {
  return preview(database, asked, changes, series);
}

/** What `cancelMeeting` would return; nothing is stored. */
export function previewCancellation(
  database: Database,
  asked: Asked,
): Promise<CancelDecision & Previewed> {
  return preview(database, asked, null, null);
}

/** The meeting as it is; null: there is none, or it is another user's. */
export interface Previewed {
  before: MeetingWithState | null;
}

function preview<Decision>(
  database: Database,
  asked: Asked,
  changes: MeetingChanges | null,
  series: ExpandedSeries | null,
): Promise<Decision> {
  return call(database, "preview_change", {
    p_meeting_id: asked.meeting_id,
    p_user_id: userIdOf(asked.actor),
    p_changes: changes,
    p_expected_version: asked.expected_version ?? null,
    p_series: series ?? {},
  });
}

export type CancelDecision = Decided<
  "cancelled" | "already_cancelled" | "version_conflict" | NotWritable
>;

/** Cancels a meeting; an event that exists, or may, becomes due for deletion. */
export function cancelMeeting(database: Database, asked: Asked): Promise<CancelDecision> {
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

import { call } from "./call.ts";
import type { Database } from "./call.ts";

/** Time that is held for a meeting without event. The meeting is not returned, because it may be private. */
export interface SlotHold {
  participant_email: string;
  starts_at: string;
  ends_at: string;
}

/** The holds of other meetings on these people's time, by lower-case address; RFC 3339 instants. */
export function readSlotHolds(
  database: Database,
  wanted: {
    emails: readonly string[];
    window: { start: string; end: string };
    /** Its own holds do not count. */
    meeting_id: string | null;
    /** Nor those of this row of task_calendar_events. */
    task_event_id?: string | null;
    /** The times at which other meetings of this organizer are to be written count also without a hold. */
    organizer_user_id: string | null;
    /** Users whose own connections are used at the same time, for whom it is noted; null: there is none. */
    read?: { organizer_user_id: string; owner_user_ids: readonly string[] } | null;
  },
): Promise<SlotHold[]> {
  return call(database, "read_slot_holds", {
    p_emails: wanted.emails,
    p_from: wanted.window.start,
    p_to: wanted.window.end,
    p_meeting_id: wanted.meeting_id,
    p_organizer_user_id: wanted.organizer_user_id,
    ...(wanted.task_event_id ? { p_task_event_id: wanted.task_event_id } : {}),
    ...(wanted.read
      ? { p_read: { ...wanted.read, owner_user_ids: [...wanted.read.owner_user_ids] } }
      : {}),
  });
}

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
  },
): Promise<SlotHold[]> {
  return call(database, "read_slot_holds", {
    p_emails: wanted.emails,
    p_from: wanted.window.start,
    p_to: wanted.window.end,
    p_meeting_id: wanted.meeting_id,
  });
}

import type { EventCalendar } from "@shared/calendar_events/event_calendar.ts";
import type { WrittenFields } from "@shared/database/event_fields.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { Overwritten } from "./compose_patch.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/** A leased meeting and the calendar of its event. */
export interface LeasedContext {
  row: LeasedMeeting;
  /** Notes every request for the ledger. */
  at: EventCalendar;
  /** False once the lease might end before a write that starts now is answered. */
  has_time(): boolean;
}

/** Everything that writing one meeting's event takes, from the lease to the calendar. */
export interface WriteContext extends LeasedContext {
  meeting: WritableMeeting;
  now: () => Date;
}

export type WriteOutcome =
  | {
    kind: "written";
    event: GoogleEvent;
    /** The event existed before this call; no mail was sent. */
    already_exists: boolean;
    generation: number;
    /** The version of the meeting that the event shows. */
    version: number;
    /** Where the event is: another calendar than the row's if people moved it. */
    calendar_id: string;
    /** The fields as Convene last wrote them. */
    written_fields: WrittenFields | null;
    /** What people had set and this write replaced, because a change named it. */
    overwritten: readonly Overwritten[];
    /** People had moved the event before an automatic move, so it kept their time. */
    is_move_withdrawn?: boolean;
    /** Where a Meet link was asked for: Google's reason for none, as its calendar allows none; null: it was accepted. */
    meet_link_refusal?: string | null;
  }
  | { kind: "failed"; failure: Failure; generation: number };

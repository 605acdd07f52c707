import type { EventCalendar } from "@shared/calendar_events/event_calendar.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
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
  }
  | { kind: "failed"; failure: Failure; generation: number };

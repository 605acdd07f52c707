import type { GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import type { ChangeScope } from "./change_request.ts";
import type { WallTime } from "@shared/time/wall_time.ts";

/** What a request is about: an event or a series, and which occurrence of it. */
export interface ChangeTarget {
  /** Where the event is; it may have been moved there. */
  calendar_id: string;
  event: GoogleEvent;
  scope: ChangeScope;
  instance_date: string | null;
}

/** An event and what of its series a change needs to know, as Google has it now. */
export interface ChangeState {
  /** A single event, or a series. */
  event: GoogleEvent;
  /** The occurrence that is meant; null for a whole series and for a single event. */
  occurrence: GoogleEvent | null;
  exceptions: readonly GoogleEvent[];
  /** Original starts of occurrences that are not deleted, near those of `exceptions`, where the series moves. */
  live: ReadonlySet<WallTime>;
  /** The last occurrence that the rule gives, where it ends by COUNT. */
  last: WallTime | null;
  /** The guests that we last knew, on which the request is based. */
  known: readonly GoogleAttendee[];
  /** The calendar's zone, where whole days become times of day; null elsewhere. */
  calendar_zone: string | null;
}

/** What a deletion is about, as Google shows it now. */
export interface DeletionState {
  kind: "there";
  /** Where the event is; it may have been moved there. */
  calendar_id: string;
  /** A single event, or a series. */
  event: GoogleEvent;
  scope: ChangeScope;
  /** The occurrence that is meant; null for a whole series and for a single event. */
  occurrence: GoogleEvent | null;
  /** Changed occurrences, where more than one is deleted. */
  exceptions: readonly GoogleEvent[];
}

/** What was to be deleted is gone already. */
export interface GoneAlready {
  kind: "gone";
  /** Null if there is no single event: the series ends before. */
  event_id: string | null;
  /** Google still shows it, as deleted. */
  is_shown: boolean;
  /** The series that it belonged to, whose row may say that its deletion is under way. */
  series_id: string | null;
}

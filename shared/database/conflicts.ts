import { shownSlot } from "@shared/time/shown_time.ts";

/** Who has something else at the time of a meeting, as far as its organizer may know. Instants are RFC 3339. */
export interface Conflict {
  email: string;
  type: "required" | "optional" | "resource";
  /** False: it may be the meeting's own event, with another one directly before or after it. */
  is_certain: boolean;
  busy: { start_time: string; end_time: string }[];
}

/** A time at which everybody is free, by the search of meetings. */
export interface OtherTime {
  start_time: string;
  end_time: string;
  score: number;
  reasoning: string;
}

/** What a check of a time has found. */
export interface FoundConflicts {
  conflicts: Conflict[];
  /** Other times, best first; none without a conflict. */
  alternatives: OtherTime[];
  /** Addresses of people whose calendars could not be read. */
  unchecked: string[];
}

/** The same as responses show it: the times in the zone of the meeting. */
export function shownConflict<One extends Pick<Conflict, "busy">>(
  conflict: One,
  zone: string | null,
): One {
  return { ...conflict, busy: conflict.busy.map((time) => shownSlot(time, zone)) };
}

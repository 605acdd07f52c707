import type { LeasedMeeting } from "@shared/database/meetings.ts";

/** What the organizer should know of a write that succeeded. */
export interface WriteWarning {
  code: "slot_taken";
  message: string;
}

type Leased = Pick<LeasedMeeting, "time_taken">;

/**
 * Whether the meeting may only adopt an event that exists: a search found its time, and another meeting has been given
 * it. Without an event, another time is searched.
 */
export function mustMove({ time_taken }: Leased): boolean {
  return time_taken?.is_searched === true;
}

/** The time that the caller gave is written as it is, also where another meeting holds it. */
export function warningsOf({ time_taken }: Leased): { warnings?: WriteWarning[] } {
  if (time_taken === null || time_taken.is_searched) return {};
  const message = `Another meeting has this time of ${time_taken.people.join(", ")}. ` +
    "The event was written as requested; change the time if they cannot attend both.";
  return { warnings: [{ code: "slot_taken", message }] };
}

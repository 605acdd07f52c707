import type { OccurrenceTime } from "@shared/database/schedulings.ts";
import type { SlotHold } from "@shared/database/slot_holds.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";

/**
 * The times that a series takes with a candidate, its own first. `taken` are those whom the search knew to be promised
 * to other meetings then (lower-case addresses): that clash is in the answer, any newer one must not come about.
 */
export function occurrencesOf(
  { start_time, end_time, recurrence }: Candidate,
  holds: readonly SlotHold[],
  starts: readonly string[] = recurrence?.start_times ?? [start_time],
): OccurrenceTime[] {
  const duration = Date.parse(end_time) - Date.parse(start_time);
  const promised = holds.map(({ participant_email, starts_at, ends_at }) => ({
    participant_email,
    start: Date.parse(starts_at),
    end: Date.parse(ends_at),
  }));
  return starts.map((text) => {
    const start = Date.parse(text);
    const end = start + duration;
    const taken = promised.filter((hold) => hold.start < end && hold.end > start)
      .map(({ participant_email }) => participant_email);
    return {
      start_time: text,
      end_time: new Date(end).toISOString(),
      ...(taken.length === 0 ? {} : { taken }),
    };
  });
}

import { formatInstant, MINUTES_PER_DAY } from "./instants.ts";
import { readWindow, requireTimeZone } from "./question.ts";
import { CLEAR_MINUTES } from "./score.ts";
import type { Constraints, Participant } from "./types.ts";

/**
 * The time whose busy intervals a search needs, in UTC: the window, and on both sides as much as a meeting there can
 * matter, by a buffer or by being near. Throws SchedulingInputError for a window that cannot be read.
 */
export function busyWindow(
  constraints: Pick<Constraints, "earliest_date" | "latest_date" | "timezone" | "buffer_minutes">,
  participants: readonly Pick<Participant, "buffer">[],
): { start: string; end: string } {
  requireTimeZone(constraints.timezone, "constraints.timezone");
  const { from, to } = readWindow(constraints);
  const buffers = participants.flatMap(({ buffer }) =>
    buffer === undefined ? [] : [buffer.before, buffer.after]
  );
  const around = Math.max(CLEAR_MINUTES, constraints.buffer_minutes, ...buffers);
  const margin = Math.min(around, MINUTES_PER_DAY);
  return { start: formatInstant(from - margin, 0), end: formatInstant(to + margin, 0) };
}

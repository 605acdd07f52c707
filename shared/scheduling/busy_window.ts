import { formatInstant, MINUTES_PER_DAY, parseInstant } from "@shared/time/instants.ts";
import { seriesReach } from "./availability/series.ts";
import { readRecurrence, type SeriesRule } from "./input/recurrence.ts";
import { SchedulingInputError } from "./input/scheduling_input_error.ts";
import type {
  Constraints,
  Participant,
  RecurrenceRequest,
  SchedulingRequest,
} from "./input/scheduling_request.ts";
import type { SearchRequest } from "./input/search_request.ts";
import { longestExtension, readWindow } from "./input/time_window.ts";
import { requireTimeZone } from "./input/time_zone.ts";
import { CLEAR_MINUTES } from "./scoring/scales.ts";

/**
 * The time whose busy intervals a search needs, in UTC: the window, and on both sides as much as a meeting there can
 * matter, by a buffer or by being near. `negotiate` adds the longer window of the last round of negotiation,
 * `recurrence` the occurrences. Hand the answer back as `busy_window`. Throws SchedulingInputError for a window or a
 * rule that cannot be read.
 */
export function busyWindow(
  constraints: Pick<Constraints, "earliest_date" | "latest_date" | "timezone" | "buffer_minutes">,
  participants: readonly Pick<Participant, "buffer">[],
  { negotiate = false, recurrence }: { negotiate?: boolean; recurrence?: RecurrenceRequest } = {},
): { start: string; end: string } {
  requireTimeZone(constraints.timezone, "constraints.timezone");
  const { from, to } = readWindow(constraints);
  const longer = negotiate ? to + longestExtension({ from, to }) : to;
  const reach = recurrence === undefined
    ? longer
    : seriesReach(readRecurrence(recurrence), { from, to: longer });
  const margin = Math.max(CLEAR_MINUTES, largestBuffer(constraints.buffer_minutes, participants));
  return { start: formatInstant(from - margin, 0), end: formatInstant(reach + margin, 0) };
}

/**
 * Until when meetings of the window, and their occurrences, may be offered, in minutes since 1970: as far as busy time
 * was read, buffers included. Undefined when the request does not say what was read. Throws SchedulingInputError when
 * that is less than the window: what was not read would count as free.
 */
export function readUntil(
  { busy_window, constraints, participants }: SchedulingRequest,
  search: SearchRequest,
  rule: SeriesRule | undefined,
): number | undefined {
  if (busy_window === undefined) return undefined;
  const margin = largestBuffer(constraints.buffer_minutes, participants);
  const needed = rule === undefined ? search.to : seriesReach(rule, search);
  const start = parseInstant(busy_window.start);
  const end = parseInstant(busy_window.end);
  if (start <= search.from - margin && end >= needed + margin) return Math.floor(end) - margin;
  throw new SchedulingInputError(
    "busy_window",
    `Read busy time from ${formatInstant(search.from - margin, 0)} until ` +
      `${formatInstant(needed + margin, 0)} at least (see busyWindow)`,
  );
}

function largestBuffer(
  buffer_minutes: number,
  participants: readonly Pick<Participant, "buffer">[],
): number {
  const largest = participants.reduce(
    (most, { buffer }) => Math.max(most, buffer?.before ?? 0, buffer?.after ?? 0),
    buffer_minutes,
  );
  return Math.min(largest, MINUTES_PER_DAY);
}

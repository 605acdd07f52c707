import type { ChangedSeries, ExpandedSeries } from "@shared/database/meeting_changes.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import { spanOf } from "./spans.ts";
import type { Span } from "./spans.ts";
import { seriesStarts } from "@shared/scheduling/series_starts.ts";

const MINUTE_MS = 60_000;

/** The occurrences of a series as a change arranges it, by which a search would judge it. */
export function expandSeries(series: ChangedSeries): ExpandedSeries {
  const start = Date.parse(series.starts_at);
  const length = Date.parse(series.ends_at) - start;
  const seconds = start % MINUTE_MS;
  const occurrences = startsOf(series, start).map((minute) => {
    const at = minute * MINUTE_MS + seconds;
    return {
      start_time: new Date(at).toISOString(),
      end_time: new Date(at + length).toISOString(),
    };
  });
  return { of: series, occurrences };
}

/** The times that an event takes: of a series those of its occurrences, up to the horizon. */
export function spansOfSeries(
  times: { start: string; end: string },
  series: {
    recurrence: readonly string[] | null;
    timezone: string | null;
    recurrence_horizon?: number | null;
  },
): Span[] {
  const { recurrence, timezone, recurrence_horizon = null } = series;
  if (recurrence === null || recurrence.length === 0) return [spanOf(times)];
  const { occurrences } = expandSeries({
    starts_at: times.start,
    ends_at: times.end,
    timezone: timezone ?? "UTC",
    recurrence: [...recurrence],
    recurrence_horizon,
  });
  return occurrences.map(({ start_time, end_time }) =>
    spanOf({ start: start_time, end: end_time })
  );
}

function startsOf(
  { recurrence, recurrence_horizon, timezone }: ChangedSeries,
  start: number,
): number[] {
  const minute = Math.floor(start / MINUTE_MS);
  const horizon = recurrence_horizon === null ? {} : { horizon: recurrence_horizon };
  try {
    return seriesStarts({ lines: recurrence, ...horizon }, minute, timezone);
  } catch (thrown) {
    // A stored row may have lines that the write refuses by their path; no occurrence of them is known.
    if (thrown instanceof SchedulingInputError) return [minute];
    throw thrown;
  }
}

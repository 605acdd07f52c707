import type { OfferedTimes } from "@shared/database/task_events.ts";
import type { DryRunDependencies } from "@shared/finding_time/dry_run.ts";
import type { Offer } from "@shared/finding_time/offered_times.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { seriesStarts } from "@shared/scheduling/series_starts.ts";
import type { NextTimes } from "@shared/task_events/execute/schedule_task.ts";
import { patternRule, taskSeries } from "@shared/task_events/plan/task_series.ts";
import type { RecurrencePattern } from "@shared/task_events/plan/task_series.ts";
import { wallOf } from "@shared/time/wall_time.ts";
import { faultOfSearch, requestOf } from "./team_search.ts";
import type { TeamSearch } from "./team_search.ts";

const MINUTE_MS = 60_000;

/** How a task repeats in the zone of its event; `ends`: the last day, or instant. */
interface TeamSeries {
  pattern: RecurrencePattern;
  ends: string | null;
  zone: string;
}

/** The times at which all can come, of which one is held with the event. */
export interface TeamTimes {
  /** Throws HttpFault where there is none. */
  next: NextTimes;
  /** What the response says of the time that was taken of the last ones. */
  shownFrom(candidate: number): {
    selected_slot: Candidate | undefined;
    candidates: readonly Candidate[];
  };
}

/** Searches times for a team as for a meeting, with the rights of the task's user. Throws HttpFault. */
export async function teamTimes(
  dependencies: DryRunDependencies,
  search: Omit<TeamSearch, "recurrence">,
  { task_event_id, series }: { task_event_id: string | null; series: TeamSeries | null },
): Promise<TeamTimes> {
  const recurrence = series === null ? {} : { recurrence: [patternRule(series.pattern, series)] };
  const { user_id, constraints } = search;
  const horizon = constraints.recurrence_horizon;
  // The search is a third of the function, and most requests name a time.
  const { searchInRounds } = await import("@shared/finding_time/offered_times.ts");
  const searching = await searchInRounds(dependencies, {
    request: requestOf({ ...search, ...recurrence }),
    actor: { kind: "user", user_id },
    task_event_id,
    startsFrom: series === null ? null : (candidate) => writtenStarts(series, candidate, horizon),
  });
  if (searching.kind !== "searching") throw faultOfSearch(searching);
  let offer: Offer | null = null;
  return {
    next: async () => {
      const next = await searching.next();
      if (next.kind !== "offer") throw faultOfSearch(next);
      offer = next;
      return offeredTimes(next);
    },
    shownFrom: (candidate) => {
      const { found: { candidates = [] } = {}, shown = 0 } = offer ?? {};
      const rest = candidates.slice(candidate, candidate + shown);
      return { selected_slot: rest[0], candidates: rest };
    },
  };
}

/** The occurrences of the event that is written if its series starts at a candidate. */
function writtenStarts(
  { pattern, ends, zone }: TeamSeries,
  { start_time }: Candidate,
  horizon: number | undefined,
): string[] {
  const { recurrence } = taskSeries(pattern, { wall: wallOf(start_time, zone), zone }, ends);
  const start = Date.parse(start_time) / MINUTE_MS;
  const request = { lines: recurrence, ...(horizon === undefined ? {} : { horizon }) };
  return seriesStarts(request, start, zone).map((minute) =>
    new Date(minute * MINUTE_MS).toISOString()
  );
}

function offeredTimes({ found, held, occurrences }: Offer): OfferedTimes {
  return {
    held,
    // Of a candidate the database reads its times and who comes.
    candidates: found.candidates.map(({ start_time, end_time, participant_availability }) => ({
      start_time,
      end_time,
      participant_availability,
    })),
    occurrences,
    choices: found.candidates.map(({ start_time, end_time }) => ({
      start_time,
      duration_minutes: Math.round((Date.parse(end_time) - Date.parse(start_time)) / MINUTE_MS),
    })),
  };
}

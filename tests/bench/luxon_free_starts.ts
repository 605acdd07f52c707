// @ts-types="npm:@types/luxon@3.7.2"
import { DateTime, Interval } from "luxon";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type { SchedulingRequest } from "@shared/scheduling/input/scheduling_request.ts";

/**
 * What a developer with luxon would write, and no slower: parse everything once, merge, and walk along. It knows
 * only the inputs of the baselines (one zone, everybody required, whole days). Starts in minutes since 1970.
 */
export function luxonFreeStarts({ constraints, participants }: SchedulingRequest): number[] {
  const { buffer_minutes, duration_minutes, interval_minutes, timezone } = constraints;
  const zone = { zone: timezone };
  const busy = Interval.merge(participants.flatMap((participant, i) => {
    if (participant.busy === "unknown") {
      throw new SchedulingInputError(`participants[${i}].busy`, "Give busy intervals");
    }
    return participant.busy.map(({ start, end }) =>
      Interval.fromDateTimes(
        DateTime.fromISO(start, zone).minus({ minutes: buffer_minutes }),
        DateTime.fromISO(end, zone).plus({ minutes: buffer_minutes }),
      )
    );
  }));
  const allowed = constraints.allowed_days.map(String);
  const last = DateTime.fromISO(constraints.latest_date, zone);
  const starts: number[] = [];
  let next = 0;
  for (
    let day = DateTime.fromISO(constraints.earliest_date, zone).startOf("day");
    day <= last;
    day = day.plus({ days: 1 })
  ) {
    if (!allowed.includes(day.setLocale("en").toFormat("cccc").toLowerCase())) continue;
    const closes = day.set({ hour: constraints.working_hours_end });
    let start = day.set({ hour: constraints.working_hours_start });
    while (start.plus({ minutes: duration_minutes }) <= closes) {
      const meeting = Interval.after(start, { minutes: duration_minutes });
      while (next < busy.length && busy[next]!.end! <= start) next++;
      if (next === busy.length || !busy[next]!.overlaps(meeting)) {
        starts.push(start.toMillis() / 60_000);
      }
      start = start.plus({ minutes: interval_minutes });
    }
  }
  return starts;
}

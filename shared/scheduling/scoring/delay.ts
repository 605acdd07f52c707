import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { SearchRequest } from "../input/search_request.ts";

/** After so many working days, half of what is given for an early start is left. */
const HALF_LIFE_DAYS = 1;

/** How early a start is: 1 for the first one, half as much a working day later, and so on. */
export type Earliness = (start: number) => number;

/**
 * Counts by working days, in the zone of the request: a day passes over its working hours, evenly, and a night, a weekend
 * or a holiday take no time. Where starts lie outside the working hours, the day is as long as they need. `starts` ascend.
 */
export function earlinessOf(search: SearchRequest, starts: Int32Array): Earliness {
  const { offsets, allowed_days, holidays, working_hours, duration } = search;
  const wallOf = (start: number) => start + offsetAt(offsets, start);
  const dayOf = (wall: number) => Math.floor(wall / MINUTES_PER_DAY);
  let day_begins = working_hours.start;
  let day_ends = working_hours.end;
  for (let i = 0; i < starts.length; i++) {
    const wall = wallOf(starts[i]!);
    const in_day = wall - dayOf(wall) * MINUTES_PER_DAY;
    if (in_day < day_begins) day_begins = in_day;
    if (in_day + duration > day_ends) day_ends = in_day + duration;
  }
  const first = wallOf(starts[0] ?? 0);
  const first_day = dayOf(first);
  /** Working days from the first day until each day. */
  const passed: number[] = [0];
  const isWorking = (day: number) => allowed_days[weekdayIndex(day)] === true && !holidays.has(day);
  const position = (wall: number) => {
    const day = dayOf(wall);
    for (let known = passed.length; known <= day - first_day; known++) {
      passed.push(passed[known - 1]! + (isWorking(first_day + known - 1) ? 1 : 0));
    }
    // A clock that is put back may show the day before once more.
    const whole = passed[Math.max(0, day - first_day)]!;
    if (!isWorking(day)) return whole;
    return whole + (wall - day * MINUTES_PER_DAY - day_begins) / (day_ends - day_begins);
  };
  const origin = position(first);
  return (start) => {
    const days = position(wallOf(start)) - origin;
    return days <= 0 ? 1 : 2 ** (-days / HALF_LIFE_DAYS);
  };
}

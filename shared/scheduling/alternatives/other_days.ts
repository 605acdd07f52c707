import { formatInstant, MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { intersect, type Interval, longest } from "@shared/time/intervals.ts";
import { weekdayIndex, WEEKDAYS } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { BusyMap } from "../availability/busy_map.ts";
import { commonOpenHours, freeStartsWithin } from "../availability/free_starts.ts";
import { layOutDays, type Person } from "../availability/person.ts";
import { SharedHours } from "../availability/shared_open_hours.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { formatStart, nameable } from "./suggested_start.ts";
import { firstFormatted, firstNameable, type Tried } from "./tried_change.ts";

const LENGTH_STEP_MINUTES = 5;
const SHORTEST_MINUTES = 10;
/** Of people whose days off alone are in the way; of a series all occurrences are looked at for each. */
const MOST_TRIED = 10;

/** The first weekday of the window that is not allowed and would do. */
export function otherDays({ search, people, series }: Tried): string | undefined {
  for (const day of weekdaysOf(search)) {
    if (search.allowed_days[day] === true) continue;
    const allowed_days = search.allowed_days.with(day, true);
    const said = firstFormatted(readAgain({ ...search, allowed_days }, people), series);
    if (said === undefined) continue;
    return search.texts.suggestions.other_day(WEEKDAYS[day]!, said);
  }
  return undefined;
}

/** The first slot that the window would have without its holidays. */
export function withoutHolidays({ search, people, series }: Tried): string | undefined {
  if (search.holidays.size === 0) return undefined;
  const changed = readAgain({ ...search, holidays: new Set() }, people);
  const first = firstNameable(changed, series);
  if (first === undefined) return undefined;
  const date = formatInstant(first, offsetAt(search.offsets, first)).slice(0, 10);
  return search.texts.suggestions.no_holiday(date, formatStart(changed, first, series));
}

/** The first person without whose days off there would be a slot. */
export function withoutDaysOff(
  { search, people, series }: Tried,
  map: BusyMap,
): string | undefined {
  const hours = new SharedHours(search);
  let tried = 0;
  for (const { person, others } of hoursWithoutOne(search, people)) {
    if (person.away.length === 0) continue;
    const open = hours.open({ ...person, away: [] });
    const common = intersect(others, open);
    if (longest(common) < search.duration) continue;
    const changed = {
      search,
      people: people.map((one): Person => one === person ? withoutExdates(one, open) : one),
    };
    const starts = freeStartsWithin(search, changed.people, common, map);
    if (starts.length === 0) continue;
    if (tried++ === MOST_TRIED) return undefined;
    const [first] = nameable(changed, starts, series);
    if (first === undefined) continue;
    return search.texts.suggestions.not_away(person.label, formatStart(changed, first, series));
  }
  return undefined;
}

/**
 * Each person who is needed, with when all others are open, from lists of what those before and after have in common: all
 * lists for each of hundreds would be tens of thousands.
 */
function* hoursWithoutOne(
  search: SearchRequest,
  people: readonly Person[],
): Iterable<{ person: Person; others: Interval[] }> {
  const needed = people.filter((person) => person.needed);
  const of_none = people.map((person): Person => ({ ...person, needed: false }));
  const after: Interval[][] = [commonOpenHours(search, of_none)];
  for (const { open } of needed.toReversed()) after.push(intersect(after.at(-1)!, open));
  let before = after[0]!;
  for (const [i, person] of needed.entries()) {
    yield { person, others: intersect(before, after[needed.length - 1 - i]!) };
    before = intersect(before, person.open);
  }
}

/** The longest meeting that fits, where much less than the length asked for does. */
export function shortEnough(
  { search, people, series }: Tried,
  map: BusyMap,
): string | undefined {
  let fits = 0;
  let too_long = Math.ceil(search.duration / LENGTH_STEP_MINUTES);
  const startOf = (steps: number) => {
    const changed = { search: { ...search, duration: steps * LENGTH_STEP_MINUTES }, people };
    return firstFormatted(changed, series, map);
  };
  while (too_long - fits > 1) {
    const between = (fits + too_long) >> 1;
    if (startOf(between) === undefined) too_long = between;
    else fits = between;
  }
  const minutes = fits * LENGTH_STEP_MINUTES;
  if (minutes < SHORTEST_MINUTES) return undefined;
  const said = startOf(fits);
  return said && search.texts.suggestions.short_enough(minutes, search.duration, said);
}

/** Holidays and allowed days are part of everybody's hours. */
function readAgain(search: SearchRequest, people: readonly Person[]) {
  return { search, people: layOutDays(people, search) };
}

function withoutExdates(person: Person, open: readonly Interval[]): Person {
  const { exdates: _, ...participant } = person.participant;
  return { ...person, participant, away: [], open };
}

/** The weekdays of the window in their order, by index of WEEKDAYS. */
function weekdaysOf({ earliest_start, to, offsets }: SearchRequest): Set<number> {
  const days = new Set<number>();
  for (let at = earliest_start; at < to && days.size < 7; at += MINUTES_PER_DAY) {
    days.add(weekdayIndex(Math.floor((at + offsetAt(offsets, at)) / MINUTES_PER_DAY)));
  }
  if (earliest_start < to) {
    const last = to - 1;
    days.add(weekdayIndex(Math.floor((last + offsetAt(offsets, last)) / MINUTES_PER_DAY)));
  }
  return days;
}

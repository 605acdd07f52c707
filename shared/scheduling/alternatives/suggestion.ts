import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { BusyMap } from "../availability/busy_map.ts";
import { busyMap, freeStarts } from "../availability/free_starts.ts";
import { layOutAgain, type Person, readPeople } from "../availability/person.ts";
import { quorumAt } from "../availability/quorum.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { newTrials } from "../input/trials.ts";
import { hoursNeeded, leastWidening } from "./hours_needed.ts";
import { type NearMiss, nearMisses } from "./near_miss.ts";
import { formatStart, nameable, type SeriesGoal } from "./suggested_start.ts";
import { otherDays, shortEnough, withoutDaysOff, withoutHolidays } from "./other_days.ts";
import { laterWindow } from "./later_window.ts";
import { type EmptySearch, firstFormatted, type Tried } from "./tried_change.ts";
import { withoutGroup } from "./without_group.ts";

const FINER_GRIDS_MINUTES = [30, 15, 10, 5];
const SMALLER_BUFFERS_MINUTES = [30, 15, 10, 5, 0];
const SHORTER_BY_MINUTES = [5, 10, 15];
const SHORTEST_MINUTES = 10;
const WIDER_STEP_MINUTES = 30;

/**
 * The smallest change that yields a slot, as a sentence that names it and the first slot it gives; where none does, what
 * else would have to change. Every change was tried, of a series at every occurrence; only where no change makes all of them possible, one
 * that gives the series a beginning is named, with how many are. Of large searches not everything is tried (see Trials). Small means: what costs no one anything first (grid, notice), then tentative time,
 * buffers, a shorter meeting, hours up to an hour wider, one person or group fewer, more of the same, and only then other days, holidays, days off, any
 * shorter meeting and a later window.
 */
export function suggestChange(empty: EmptySearch): string {
  return tryEach(empty, smallestChange) ?? laterWindow(empty);
}

function smallestChange(tried: Tried): string | undefined {
  const misses = nearMisses(tried.search, tried.people);
  const map = busyMap(tried.search, tried.people);
  return lowerQuorum(tried, map) ?? finerGrid(tried, map) ?? lessNotice(tried, map) ??
    overTentative(tried) ?? smallerBuffers(tried) ?? shorterMeeting(tried, map) ??
    widerHours(tried, map, 30, 60) ?? withoutPeople(tried, misses(1)) ??
    withoutGroup(tried) ?? widerHours(tried, map, 90, 240) ?? withoutPeople(tried, misses(3)) ??
    otherDays(tried) ?? withoutHolidays(tried) ?? withoutDaysOff(tried, map) ??
    shortEnough(tried, map);
}

function tryEach(
  empty: EmptySearch,
  attempt: (tried: Tried) => string | undefined,
): string | undefined {
  const { rule, search, on_grid } = empty;
  const attemptWith = (series: SeriesGoal) =>
    attempt({ ...empty, search: { ...search, trials: newTrials(on_grid) }, series });
  if (rule === undefined) return attemptWith(undefined);
  return attemptWith({ rule, whole: true }) ?? attemptWith({ rule, whole: false });
}

/** The first slot that the search would have if unknown people were ignored. */
export function suggestIgnoring(empty: EmptySearch): string | undefined {
  return tryEach(empty, ({ search, people, series }) => {
    const said = firstFormatted({ search: { ...search, on_unknown: "ignore" }, people }, series);
    return said && search.texts.suggestions.ignoring(said);
  });
}

function lowerQuorum({ search, people, series }: Tried, map: BusyMap): string | undefined {
  const { minimum_attendee_percentage } = search;
  const { starts } = freeStarts({ ...search, minimum_attendee_percentage: 0 }, people, map);
  if (minimum_attendee_percentage === 0 || starts.length === 0) return undefined;
  const { counted, comingAt } = quorumAt(search, people);
  const most = comingAt(starts).reduce((a, b) => Math.max(a, b), 0);
  const percentage = Math.floor(100 * most / counted);
  const changed = { ...search, minimum_attendee_percentage: percentage };
  const said = firstFormatted({ search: changed, people }, series, map);
  return said &&
    search.texts.suggestions.lower_quorum(percentage, minimum_attendee_percentage, said);
}

function finerGrid({ search, people, series }: Tried, map: BusyMap): string | undefined {
  return firstOf(
    FINER_GRIDS_MINUTES.filter((minutes) => minutes < search.interval),
    (minutes) => {
      const said = firstFormatted(
        { search: { ...search, interval: minutes }, people },
        series,
        map,
      );
      return said && search.texts.suggestions.finer_grid(minutes, search.interval, said);
    },
  );
}

function lessNotice(
  { search, people, now_minute, series }: Tried,
  map: BusyMap,
): string | undefined {
  const earliest_start = Math.max(search.from, now_minute);
  if (earliest_start === search.earliest_start) return undefined;
  const changed = { search: { ...search, earliest_start }, people };
  const first = firstOfLastDay(
    search,
    nameable(changed, freeStarts(changed.search, people, map).starts, series),
  );
  return first === undefined ? undefined : search.texts.suggestions.less_notice(
    Math.max(0, first - now_minute),
    formatStart(changed, first, series),
  );
}

/** The last day asks for the least shorter notice, and its first start is not the end of it. */
function firstOfLastDay({ offsets }: SearchRequest, starts: Int32Array): number | undefined {
  const dayOf = (start = 0) => Math.floor((start + offsetAt(offsets, start)) / MINUTES_PER_DAY);
  const last_day = dayOf(starts.at(-1));
  return starts.find((start) => dayOf(start) === last_day);
}

function overTentative({ search, people, series }: Tried): string | undefined {
  if (!search.tentative_as_busy) return undefined;
  const changed = { ...search, tentative_as_busy: false };
  const asked_again = readPeople(people.map((p) => p.participant), changed);
  const said = firstFormatted({ search: changed, people: asked_again }, series);
  return said && search.texts.suggestions.over_tentative(said);
}

function smallerBuffers({ search, people, series }: Tried): string | undefined {
  const largest = Math.max(...people.map(({ buffer }) => Math.max(buffer.before, buffer.after)));
  return firstOf(SMALLER_BUFFERS_MINUTES.filter((minutes) => minutes < largest), (minutes) => {
    const less = people.map((person): Person => ({
      ...person,
      buffer: {
        before: Math.min(person.buffer.before, minutes),
        after: Math.min(person.buffer.after, minutes),
      },
    }));
    const said = firstFormatted({ search, people: less }, series);
    return said && search.texts.suggestions.smaller_buffers(minutes, largest, said);
  });
}

function shorterMeeting({ search, people, series }: Tried, map: BusyMap): string | undefined {
  return firstOf(SHORTER_BY_MINUTES, (less) => {
    const duration = search.duration - less;
    if (duration < SHORTEST_MINUTES) return undefined;
    const said = firstFormatted({ search: { ...search, duration }, people }, series, map);
    return said && search.texts.suggestions.shorter(duration, search.duration, said);
  });
}

function widerHours(
  { search, people, series }: Tried,
  map: BusyMap,
  least: number,
  most: number,
): string | undefined {
  for (let wider = least; wider <= most; wider += WIDER_STEP_MINUTES) {
    const changed = {
      search,
      people: layOutAgain(people, search, wider, true),
      widened: { minutes: wider, entitled: people },
    };
    const { starts } = freeStarts(search, changed.people, map);
    const start = leastWidening(search, people, nameable(changed, starts, series));
    if (start === undefined) continue;
    return search.texts.suggestions.wider_hours(
      hoursByText(search, people, start),
      formatStart(changed, start, series),
    );
  }
  return undefined;
}

function hoursByText(search: SearchRequest, people: readonly Person[], start: number) {
  const needed = people.flatMap((person) => {
    const hours = hoursNeeded(search, person, start);
    return hours === undefined ? [] : [{ label: person.label, text: hours.text }];
  });
  return [...Map.groupBy(needed, ({ text }) => text)]
    .map(([hours, members]) => ({ people: members.map(({ label }) => label), hours }));
}

function withoutPeople(
  { search, people, series }: Tried,
  miss: NearMiss | undefined,
): string | undefined {
  if (miss === undefined) return undefined;
  const optional = people.map((person): Person =>
    miss.blockers.includes(person)
      ? { ...person, needed: false, participant: { ...person.participant, type: "optional" } }
      : person
  );
  const said = firstFormatted({ search, people: optional }, series);
  const names = miss.blockers.map(({ label }) => label);
  return said && search.texts.suggestions.without_people(names, said);
}

function firstOf(
  values: readonly number[],
  attempt: (value: number) => string | undefined,
): string | undefined {
  for (const value of values) {
    const found = attempt(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

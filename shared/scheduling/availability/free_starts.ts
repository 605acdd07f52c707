import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { intersect, type Interval, subtract, unite } from "@shared/time/intervals.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { ParticipantGroup, SchedulingRequest } from "../input/scheduling_request.ts";
import { readSearchRequest, type SearchRequest } from "../input/search_request.ts";
import { BusyMap } from "./busy_map.ts";
import { gridStarts, startsWhere } from "./grid.ts";
import { openIntervals } from "./open_hours.ts";
import { type Person, readPeople } from "./person.ts";
import { tryStarts } from "../input/trials.ts";
import { chooseMembers, groupsFilled, isRequired } from "./group_choice.ts";
import { leastComing, quorumAt } from "./quorum.ts";
import { workingHours } from "./shared_open_hours.ts";

/** Starts in minutes since 1970, and how many starts lay within everybody's hours before busy time was looked at. */
export interface FreeStarts {
  starts: Int32Array;
  on_grid: number;
}

/**
 * Availability alone: every start, in minutes since 1970 and ascending, at which all needed participants are free
 * with their buffers and enough of the others come. Throws SchedulingInputError.
 */
export function findFreeStarts({ constraints, participants, now }: SchedulingRequest): Int32Array {
  const search = readSearchRequest(constraints, now);
  return freeStarts(search, readPeople(participants, search)).starts;
}

/** The same for a search that was read. `map` is the busyMap of the same people, if it is at hand. */
export function freeStarts(
  search: SearchRequest,
  people: readonly Person[],
  map: BusyMap = busyMap(search, people),
): FreeStarts {
  const { offsets, interval, duration } = search;
  const in_hours = gridStarts(commonOpenHours(search, people), offsets, interval, duration);
  const grid = onDaysOfSeries(search, in_hours);
  return { starts: freeAmong(search, people, grid, map), on_grid: grid.length };
}

/** The starts of freeStarts() of people who have these hours in common. */
export function freeStartsWithin(
  search: SearchRequest,
  people: readonly Person[],
  common: readonly Interval[],
  map: BusyMap,
): Int32Array {
  const { offsets, interval, duration } = search;
  const grid = onDaysOfSeries(search, gridStarts(common, offsets, interval, duration));
  return freeAmong(search, people, grid, map);
}

/** Of starts (ascending) within everybody's hours, those at which no one who is needed is busy and enough people come. */
function freeAmong(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
  map: BusyMap,
): Int32Array {
  const clear = startsWhere(starts, (start) => map.isClear(start, start + search.duration));
  const tried = tryStarts(search.trials, clear, lookedAt(search, people));
  return enoughPeople(search, people, groupsFilled(search, people, tried));
}

/**
 * For each required group, the starts at which it alone has too few members who can come, before the share of people who
 * come is counted. Groups without any are left out.
 */
export function startsMissingOneGroup(
  search: SearchRequest,
  people: readonly Person[],
): Map<ParticipantGroup, Int32Array> {
  const { offsets, interval, duration } = search;
  const in_hours = gridStarts(commonOpenHours(search, people), offsets, interval, duration);
  const map = busyMap(search, people);
  const clear = startsWhere(
    onDaysOfSeries(search, in_hours),
    (start) => map.isClear(start, start + duration),
  );
  const missing = new Uint16Array(clear.length);
  const last_missing = new Uint16Array(clear.length);
  const choices = chooseMembers(search, people, clear).filter(isRequired);
  for (const [k, { group, seated }] of choices.entries()) {
    for (let i = 0; i < clear.length; i++) {
      if (seated[i]! >= group.count) continue;
      missing[i]!++;
      last_missing[i] = k;
    }
  }
  const found = new Map<ParticipantGroup, Int32Array>();
  for (const [k, { group }] of choices.entries()) {
    const starts = startsWhere(clear, (_, i) => missing[i] === 1 && last_missing[i] === k);
    if (starts.length > 0) found.set(group, starts);
  }
  return found;
}

/** How many people have to be looked at start by start, to fill groups or to count who comes. */
export function lookedAt(search: SearchRequest, people: readonly Person[]): number {
  const counts_all = search.minimum_attendee_percentage > 0 ||
    !people.some(({ needed }) => needed);
  return 1 + people.filter(({ group }) => counts_all || group !== undefined).length;
}

/** Of any starts (ascending) in the window, those at which the meeting can be held. */
export function possibleAmong(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const clear = clearAmong(search, people, starts);
  return enoughPeople(search, people, groupsFilled(search, people, clear));
}

/** Of any starts (ascending) in the window, those at which everyone who is needed is open and not busy. */
export function clearAmong(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const open = commonOpenHours(search, people);
  const map = busyMap(search, people);
  let block = 0;
  return startsWhere(starts, (start) => {
    const end = start + search.duration;
    while (block < open.length && open[block]![1] < end) block++;
    const hours = open[block];
    return hours !== undefined && hours[0] <= start && map.isClear(start, end);
  });
}

/** Marks those of `starts` (ascending) that are among `some` of them: 1 for each, 0 for the others. */
export function marksOf(starts: Int32Array, some: Int32Array): Uint8Array {
  const marks = new Uint8Array(starts.length);
  for (let i = 0, k = 0; k < some.length; i++) {
    if (starts[i] !== some[k]) continue;
    marks[i] = 1;
    k++;
  }
  return marks;
}

/** The minutes of the window in which a person who is needed is busy, buffers included. Unknown people mark nothing. */
export function busyMap(search: SearchRequest, people: readonly Person[]): BusyMap {
  const map = new BusyMap(search.from, search.to);
  for (const { needed, busy: { starts, ends }, buffer: { before, after } } of people) {
    if (!needed) continue;
    for (let i = 0; i < starts.length; i++) map.mark(starts[i]! - after, ends[i]! + before);
  }
  return map;
}

/**
 * When everyone who is needed is open, from the earliest start on. A meeting that needs only resources keeps to the
 * request's own working hours, or it would be put at night.
 */
export function commonOpenHours(search: SearchRequest, people: readonly Person[]): Interval[] {
  const { from, to, earliest_start, holidays, timezone, excluded } = search;
  let common = subtract(earliest_start < to ? [[earliest_start, to]] : [], excluded);
  const seen = new Set<readonly Interval[]>();
  for (const { needed, open } of people) {
    if (!needed || seen.has(open)) continue;
    seen.add(open);
    common = intersect(common, open);
  }
  if (people.some(({ participant }) => participant.type === "required")) return common;
  return intersect(common, openIntervals(workingHours(search, timezone), from, to, holidays));
}

/**
 * The starts on the grid at which at least one of the people required (or else invited) is open: what could be had if
 * they all agreed.
 */
export function conceivableStarts(search: SearchRequest, people: readonly Person[]): Int32Array {
  const { earliest_start, to, offsets, interval, duration } = search;
  if (earliest_start >= to) return new Int32Array(0);
  const required = people.filter(({ participant }) => participant.type === "required");
  const invited = people.filter(({ participant }) => participant.type !== "resource");
  const hours = new Set((required.length > 0 ? required : invited).map(({ open }) => open));
  const open = intersect(unite([...hours].flat()), [[earliest_start, to]]);
  return onDaysOfSeries(search, gridStarts(open, offsets, interval, duration));
}

/** Drops the starts on local days on which the recurrence does not begin. */
function onDaysOfSeries(search: SearchRequest, starts: Int32Array): Int32Array {
  const { may_start_on, offsets } = search;
  if (may_start_on === undefined) return starts;
  return startsWhere(
    starts,
    (start) => may_start_on(Math.floor((start + offsetAt(offsets, start)) / MINUTES_PER_DAY)),
  );
}

/** Drops the starts (ascending) at which no one comes, or fewer than the request's share of the people invited. */
export function enoughPeople(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const quorum = quorumAt(search, people);
  const least = leastComing(search, quorum);
  if (least === 0) return starts;
  const coming = quorum.comingAt(starts);
  return startsWhere(starts, (_, i) => coming[i]! >= least);
}

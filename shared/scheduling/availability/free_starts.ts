import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { intersect, type Interval, unite } from "@shared/time/intervals.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { SchedulingRequest } from "../input/scheduling_request.ts";
import { type Question, readQuestion } from "../input/search_request.ts";
import { BusyMap } from "./busy_map.ts";
import { gridStarts } from "./grid.ts";
import { openTime } from "./open_hours.ts";
import { type Person, readPeople } from "./person.ts";
import { countComing, countedPeople } from "./quorum.ts";
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
  const question = readQuestion(constraints, now);
  return freeStarts(question, readPeople(participants, question)).starts;
}

/** The same for a question that was read. `map` is the busyMap of the same people, if it is at hand. */
export function freeStarts(
  question: Question,
  people: readonly Person[],
  map: BusyMap = busyMap(question, people),
): FreeStarts {
  const { offsets, interval, duration } = question;
  const in_hours = gridStarts(commonOpenTime(question, people), offsets, interval, duration);
  const grid = onDaysOfSeries(question, in_hours);
  return { starts: freeAmong(question, people, grid, map), on_grid: grid.length };
}

/** Of starts (ascending) within everybody's hours, those at which nobody needed is taken and enough people come. */
function freeAmong(
  question: Question,
  people: readonly Person[],
  starts: Int32Array,
  map: BusyMap,
): Int32Array {
  const clear = starts.filter((start) => map.isClear(start, start + question.duration));
  return enoughPeople(question, people, clear);
}

/** Of any starts (ascending) in the window, those at which the meeting can be held. */
export function possibleAmong(
  question: Question,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const open = commonOpenTime(question, people);
  let block = 0;
  const in_hours = starts.filter((start) => {
    while (block < open.length && open[block]![1] < start + question.duration) block++;
    const hours = open[block];
    return hours !== undefined && hours[0] <= start;
  });
  return freeAmong(question, people, in_hours, busyMap(question, people));
}

/** The minutes of the window that somebody needed has taken, buffers included. Unknown people mark nothing. */
export function busyMap(question: Question, people: readonly Person[]): BusyMap {
  const map = new BusyMap(question.from, question.to);
  for (const { needed, busy: { starts, ends }, buffer: { before, after } } of people) {
    if (!needed) continue;
    for (let i = 0; i < starts.length; i++) map.mark(starts[i]! - after, ends[i]! + before);
  }
  return map;
}

/**
 * When everybody needed is open, from the earliest start on. A meeting that needs nobody but resources keeps to the
 * request's own working hours, or it would be put at night.
 */
export function commonOpenTime(question: Question, people: readonly Person[]): Interval[] {
  const { from, to, earliest_start, holidays, timezone } = question;
  let common: Interval[] = earliest_start < to ? [[earliest_start, to]] : [];
  const seen = new Set<readonly Interval[]>();
  for (const { needed, open } of people) {
    if (!needed || seen.has(open)) continue;
    seen.add(open);
    common = intersect(common, open);
  }
  if (people.some(({ participant }) => participant.type === "required")) return common;
  return intersect(common, openTime(workingHours(question, timezone), from, to, holidays));
}

/**
 * The starts on the grid at which at least one of the people required (or else invited) is open: what could be had if
 * they all agreed.
 */
export function conceivableStarts(question: Question, people: readonly Person[]): Int32Array {
  const { earliest_start, to, offsets, interval, duration } = question;
  if (earliest_start >= to) return new Int32Array(0);
  const required = people.filter(({ participant }) => participant.type === "required");
  const invited = people.filter(({ participant }) => participant.type !== "resource");
  const hours = new Set((required.length > 0 ? required : invited).map(({ open }) => open));
  const open = intersect(unite([...hours].flat()), [[earliest_start, to]]);
  return onDaysOfSeries(question, gridStarts(open, offsets, interval, duration));
}

/** Drops the starts on local days on which the recurrence does not begin. */
function onDaysOfSeries(question: Question, starts: Int32Array): Int32Array {
  const { may_start_on, offsets } = question;
  if (may_start_on === undefined) return starts;
  return starts.filter((start) =>
    may_start_on(Math.floor((start + offsetAt(offsets, start)) / MINUTES_PER_DAY))
  );
}

/** Drops the starts at which nobody comes, or fewer than the request's share of the people invited. */
function enoughPeople(
  question: Question,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const counted = countedPeople(question, people);
  const least = Math.max(1, question.minimum_attendee_percentage * counted.length / 100);
  const certain = counted.filter(({ needed, unknown }) => needed && !unknown).length;
  if (certain >= least || counted.length === 0) return starts;
  const coming = countComing(question, counted, starts);
  return starts.filter((_, i) => coming[i]! >= least);
}

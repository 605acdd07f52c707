import { parseInstant } from "@shared/time/instants.ts";
import type { Interval } from "@shared/time/intervals.ts";
import { SchedulingInputError } from "../input/scheduling_input_error.ts";
import type { BusyInterval } from "../input/scheduling_request.ts";
import { blocksOf } from "./open_blocks.ts";

/** Intervals of one person as whole minutes since 1970, sorted by start; they may overlap. */
export interface BusyIntervals {
  starts: Int32Array;
  ends: Int32Array;
}

/**
 * Stores the busy intervals of all people in one array, for at most `intervals` intervals together: to allocate two arrays
 * for each of them takes longer than to read a short calendar.
 */
export class IntervalStorage {
  readonly #minutes: Int32Array;
  #taken = 0;

  constructor(intervals: number) {
    this.#minutes = new Int32Array(2 * intervals);
  }

  /** The next stretch of the array. */
  take(length: number): Int32Array {
    const from = this.#taken;
    this.#taken += length;
    return this.#minutes.subarray(from, this.#taken);
  }
}

export const NO_BUSY_INTERVALS: BusyIntervals = {
  starts: new Int32Array(0),
  ends: new Int32Array(0),
};

/**
 * Reads busy intervals, tentative ones apart. Seconds round outwards, so a meeting never touches a started minute;
 * an interval of no length takes no time. `path` is where the intervals stand in the request, for the error.
 */
export function readBusyIntervals(
  intervals: readonly BusyInterval[],
  tentative_as_busy: boolean,
  path: string,
  storage: IntervalStorage,
): { busy: BusyIntervals; tentative: BusyIntervals } {
  const { length } = intervals;
  const busy = newList(storage.take(length), storage.take(length));
  let tentative: List | undefined;
  for (let i = 0; i < intervals.length; i++) {
    const interval = intervals[i]!;
    const from = parseInstant(interval.start);
    const to = parseInstant(interval.end);
    // Written so that NaN ends up in the error too.
    if (!(from < to)) {
      if (from === to) continue;
      throw unreadable(interval, `${path}[${i}]`);
    }
    const start = Math.floor(from);
    const end = Math.ceil(to);
    if (interval.tentative === true && !tentative_as_busy) {
      tentative ??= newList(new Int32Array(length), new Int32Array(length));
      append(tentative, start, end);
    } else {
      append(busy, start, end);
    }
  }
  return {
    busy: sorted(busy),
    tentative: tentative === undefined ? NO_BUSY_INTERVALS : sorted(tentative),
  };
}

/** Minutes of `time` that lie within sorted, disjoint intervals, overlaps counted once. */
export function minutesWithin(
  time: BusyIntervals,
  intervals: readonly Interval[],
): number {
  let minutes = 0;
  let at = 0;
  let counted_until = 0;
  const { starts, ends } = time;
  const { opens, closes } = blocksOf(intervals);
  const blocks = opens.length;
  for (let i = 0; i < starts.length; i++) {
    const start = i > 0 && starts[i]! < counted_until ? counted_until : starts[i]!;
    const end = ends[i]!;
    if (start >= end) continue;
    while (at < blocks && closes[at]! <= start) at++;
    for (let j = at; j < blocks && opens[j]! < end; j++) {
      const from = opens[j]!;
      const to = closes[j]!;
      minutes += (end < to ? end : to) - (start > from ? start : from);
    }
    counted_until = end;
  }
  return minutes;
}

interface List extends BusyIntervals {
  length: number;
  in_order: boolean;
}

function newList(starts: Int32Array, ends: Int32Array): List {
  return { starts, ends, length: 0, in_order: true };
}

function append(list: List, start: number, end: number): void {
  const at = list.length++;
  if (at > 0 && start < list.starts[at - 1]!) list.in_order = false;
  list.starts[at] = start;
  list.ends[at] = end;
}

function sorted(list: List): BusyIntervals {
  const is_full = list.length === list.starts.length;
  if (list.in_order && is_full) return { starts: list.starts, ends: list.ends };
  const starts = list.starts.subarray(0, list.length);
  const ends = list.ends.subarray(0, list.length);
  if (list.in_order) return { starts, ends };
  const order = Array.from(starts.keys()).sort((a, b) => starts[a]! - starts[b]!);
  return {
    starts: Int32Array.from(order, (i) => starts[i]!),
    ends: Int32Array.from(order, (i) => ends[i]!),
  };
}

function unreadable({ start, end }: BusyInterval, path: string): SchedulingInputError {
  const field = Number.isNaN(parseInstant(start)) ? "start" : "end";
  const text = field === "start" ? start : end;
  if (Number.isNaN(parseInstant(text))) {
    return new SchedulingInputError(
      `${path}.${field}`,
      `Write a date-time with offset such as 2030-01-07T09:00:00Z, not ${JSON.stringify(text)}`,
    );
  }
  return new SchedulingInputError(
    `${path}.end`,
    `Let the interval end after it starts: ${end} is not later than ${start}`,
  );
}

/** Minutes from `[0]` until `[1]`, exclusive. A list of them is sorted, disjoint, and never touches itself. */
export type Interval = readonly [from: number, to: number];

/** Sorts intervals and joins those that overlap or touch. */
export function unite(intervals: Interval[]): Interval[] {
  const sorted = intervals.toSorted((a, b) => a[0] - b[0]);
  const united: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = united.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  return united;
}

/** What lies in both lists. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i]!;
    const right = b[j]!;
    const from = Math.max(left[0], right[0]);
    const to = Math.min(left[1], right[1]);
    if (from < to) both.push([from, to]);
    if (left[1] < right[1]) i++;
    else j++;
  }
  return both;
}

/** What lies in `a` and not in `b`. */
export function subtract(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const rest: Interval[] = [];
  for (const [from, to] of a) {
    let open = from;
    for (const [taken_from, taken_to] of b) {
      if (taken_to <= open || taken_from >= to) continue;
      if (taken_from > open) rest.push([open, taken_from]);
      open = taken_to;
    }
    if (open < to) rest.push([open, to]);
  }
  return rest;
}

/** Whether any minute lies in both lists. */
export function overlap(a: readonly Interval[], b: readonly Interval[]): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i]!;
    const right = b[j]!;
    if (left[0] < right[1] && right[0] < left[1]) return true;
    if (left[1] < right[1]) i++;
    else j++;
  }
  return false;
}

/** The index of the first of the intervals (ascending, none over another) that ends after `minute`. */
export function firstEndingAfter(intervals: readonly Interval[], minute: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (intervals[middle]![1] <= minute) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the minutes from `from` until `to` (exclusive) lie in none of the intervals, which ascend and do not overlap. */
export function minutesOutside(intervals: readonly Interval[], from: number, to: number): number {
  let minutes = to - from;
  for (
    let i = firstEndingAfter(intervals, from);
    i < intervals.length && intervals[i]![0] < to;
    i++
  ) {
    const [opens, closes] = intervals[i]!;
    minutes -= Math.min(to, closes) - Math.max(from, opens);
  }
  return minutes;
}

/** Length of the longest interval in minutes; 0 for none. */
export function longest(intervals: readonly Interval[]): number {
  return intervals.reduce((most, [from, to]) => Math.max(most, to - from), 0);
}

/** Length of all intervals together in minutes. */
export function totalLength(intervals: readonly Interval[]): number {
  return intervals.reduce((minutes, [from, to]) => minutes + to - from, 0);
}

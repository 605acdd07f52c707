import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import type { Interval } from "@shared/time/intervals.ts";
import type { OffsetSegment } from "@shared/time/zones.ts";

/**
 * The starts, ascending, at which the local wall clock shows a multiple of `interval` minutes after midnight and from
 * which `duration` minutes fit into one of the intervals. `offsets` are those of the request's zone and cover the
 * intervals. A repeated hour has its starts twice, a skipped one has none.
 */
export function gridStarts(
  intervals: readonly Interval[],
  offsets: readonly OffsetSegment[],
  interval: number,
  duration: number,
): Int32Array {
  const starts: number[] = [];
  for (const [from, to] of intervals) {
    const last = to - duration;
    for (const segment of offsets) {
      if (segment.to <= from) continue;
      if (segment.from > last) break;
      const end = Math.min(last, segment.to - 1);
      let start = nextStart(Math.max(from, segment.from), segment.offset, interval);
      while (start <= end) {
        starts.push(start);
        start = nextStart(start + 1, segment.offset, interval);
      }
    }
  }
  return Int32Array.from(starts);
}

/** The starts that are kept, by start and index. Int32Array.filter() would first collect them in a list of numbers. */
export function startsWhere(
  starts: Int32Array,
  keeps: (start: number, index: number) => boolean,
): Int32Array {
  const kept = new Int32Array(starts.length);
  let length = 0;
  for (let i = 0; i < starts.length; i++) {
    if (keeps(starts[i]!, i)) kept[length++] = starts[i]!;
  }
  return kept.subarray(0, length);
}

/** The first minute from `minute` on whose wall clock is on the grid; the grid begins again every midnight. */
function nextStart(minute: number, offset: number, interval: number): number {
  const wall = minute + offset;
  const midnight = Math.floor(wall / MINUTES_PER_DAY) * MINUTES_PER_DAY;
  const in_day = Math.ceil((wall - midnight) / interval) * interval;
  return midnight + Math.min(in_day, MINUTES_PER_DAY) - offset;
}

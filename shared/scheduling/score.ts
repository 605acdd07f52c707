import { attendance, attends, FREE, newAttendance } from "./attendance.ts";
import { comfortAt, MOST_COMFORT } from "./comfort.ts";
import type { Person } from "./person.ts";
import type { Question } from "./question.ts";
import type { ScoreBreakdown } from "./types.ts";

/** Another meeting further away than this disturbs nobody. */
export const CLEAR_MINUTES = 60;

/** The most each factor gives, in points. */
export const WEIGHTS: Readonly<ScoreBreakdown> = {
  availability: 35,
  preference: 25,
  conflict_proximity: 20,
  fragmentation: 15,
  optimization: 5,
};

const WHOLE = 1_000;

/**
 * Sums over the people who come, start by start. They are integers, so that the order of the participants can never
 * change a score by a rounding.
 */
export interface Sums {
  invited: number;
  coming: Int32Array;
  /** Two for each person who is free, one for each who is free but for something tentative. */
  halves: Int32Array;
  comfort: Int32Array;
  least_comfort: Int32Array;
  clear: Int32Array;
  whole: Int32Array;
}

/** Adds up what the score needs, one sweep a person; resources have no say in it. `starts` ascend. */
export function sumUp(question: Question, people: readonly Person[], starts: Int32Array): Sums {
  const { duration } = question;
  const count = starts.length;
  const invited = people.filter(({ participant }) => participant.type !== "resource");
  const sums: Sums = {
    invited: invited.length,
    coming: new Int32Array(count),
    halves: new Int32Array(count),
    comfort: new Int32Array(count),
    least_comfort: new Int32Array(count).fill(MOST_COMFORT),
    clear: new Int32Array(count),
    whole: new Int32Array(count),
  };
  const { coming, halves, comfort, least_comfort, clear, whole } = sums;
  const scratch = newAttendance(count);
  for (const person of invited) {
    attendance(person, starts, duration, scratch);
    for (let i = 0; i < count; i++) {
      const status = scratch.status[i]!;
      if (!attends(status)) continue;
      coming[i]!++;
      halves[i]! += status === FREE ? 2 : 1;
      clear[i]! += Math.min(scratch.clear_before[i]!, scratch.clear_after[i]!, CLEAR_MINUTES);
      whole[i]! += wholeness(scratch.room_before[i]!, scratch.room_after[i]!);
      const comfortable = comfortAt(person, starts[i]!, duration);
      comfort[i]! += comfortable;
      if (comfortable < least_comfort[i]!) least_comfort[i] = comfortable;
    }
  }
  return sums;
}

/**
 * Points of one start, in tenths of a point:
 * availability: the share of the invited who come, the tentative counting half, the unknown not at all;
 * preference: how comfortable the hour is, half by the average and half by whom it suits least;
 * conflict proximity: the average time clear of other meetings, an hour at most;
 * fragmentation: how much of the free time around it stays in one piece;
 * optimization: how early in the window it is.
 */
export function pointsAt(
  question: Question,
  sums: Sums,
  starts: Int32Array,
  i: number,
): ScoreBreakdown {
  const coming = sums.coming[i]!;
  const tenths = (factor: keyof ScoreBreakdown, part: number, of: number) =>
    of === 0 ? 0 : Math.round(WEIGHTS[factor] * 10 * part / of);
  const first = question.earliest_start;
  const last = question.to - question.duration;
  return {
    availability: tenths("availability", sums.halves[i]!, 2 * sums.invited),
    preference: tenths(
      "preference",
      sums.comfort[i]! + sums.least_comfort[i]! * coming,
      2 * MOST_COMFORT * coming,
    ),
    conflict_proximity: tenths("conflict_proximity", sums.clear[i]!, CLEAR_MINUTES * coming),
    fragmentation: tenths("fragmentation", sums.whole[i]!, WHOLE * coming),
    optimization: last > first
      ? tenths("optimization", last - starts[i]!, last - first)
      : WEIGHTS.optimization * 10,
  };
}

/** The sum of a breakdown, in its own unit. */
export function total(points: ScoreBreakdown): number {
  return points.availability + points.preference + points.conflict_proximity +
    points.fragmentation + points.optimization;
}

/** 1,000 when one side of the meeting keeps all the free time that is left, 0 when it is cut in the middle. */
function wholeness(before: number, after: number): number {
  return before + after === 0
    ? WHOLE
    : Math.round(WHOLE * Math.abs(before - after) / (before + after));
}

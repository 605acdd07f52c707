import type { SearchRequest } from "../input/search_request.ts";
import { UNFRAGMENTED } from "./scales.ts";

/** Free time between two meetings is of full use from an hour on, and of none up to half an hour. */
export const USABLE_MINUTES = 60;
/** So many minutes of use lost earn nothing. */
const MOST_LOST = 60;
/** A longer stretch of free time is not better for focus. */
const LONGEST_FOCUS = 8 * 60;

/** How much free time stays of use, from 0 to UNFRAGMENTED, with a meeting between two pieces of free time. */
export type FragmentationMeasure = (
  /** Minutes until the neighbouring meeting or the end of the open hours, and whether it is a meeting. */
  before: number,
  follows_meeting: boolean,
  after: number,
  precedes_meeting: boolean,
  duration: number,
) => number;

export function fragmentationMeasure({ keeps_focus }: SearchRequest): FragmentationMeasure {
  return keeps_focus ? longestTimeKept : usableTimeKept;
}

/**
 * The use of free time that is lost beyond the meeting itself. Only what lies between two meetings can become too short:
 * what is left at the edge of a day stays of use, so that the edge is no prize.
 */
export function usableTimeKept(
  before: number,
  follows_meeting: boolean,
  after: number,
  precedes_meeting: boolean,
  duration: number,
): number {
  let lost = 0;
  if (follows_meeting && before < USABLE_MINUTES) lost = unusable(before);
  if (precedes_meeting && after < USABLE_MINUTES) lost += unusable(after);
  if (lost === 0) return UNFRAGMENTED;
  // What was too short already is not lost by this meeting.
  if (follows_meeting && precedes_meeting) lost -= unusable(before + duration + after);
  return lost <= 0 ? UNFRAGMENTED : (UNFRAGMENTED * (MOST_LOST - lost) / MOST_LOST + 0.5) | 0;
}

/** Of a piece of free time, the minutes that are of no use: all up to half an hour, from there on fewer again. */
function unusable(minutes: number): number {
  if (minutes >= USABLE_MINUTES) return 0;
  return minutes <= USABLE_MINUTES / 2 ? minutes : USABLE_MINUTES - minutes;
}

/** A piece of free time counts by its square, so that one long piece is worth more than two short ones. */
function longestTimeKept(
  before: number,
  _follows_meeting: boolean,
  after: number,
  _precedes_meeting: boolean,
  duration: number,
): number {
  const lost = focus(before + duration + after) - focus(before) - focus(after);
  return lost <= 0
    ? UNFRAGMENTED
    : (UNFRAGMENTED * (1 - lost / (LONGEST_FOCUS * LONGEST_FOCUS)) + 0.5) | 0;
}

function focus(minutes: number): number {
  const counted = minutes < LONGEST_FOCUS ? minutes : LONGEST_FOCUS;
  return counted * counted;
}

import type { ParsedPreferences } from "./preferences.ts";
import { CELLS, type Profile } from "./profile.ts";
import type { DaySpan } from "./time_of_day.ts";

/** Hours of a person or a request that are longer are possible hours; what is convenient is then the usual day. */
const LONGEST_DAY_MINUTES = 9 * 60;
const USUAL_DAY: DaySpan = { start: 9 * 60, end: 17 * 60 };
/** Preferred hours of at most this length are asked for on purpose, whatever else is there. */
const DEFINITE_MINUTES = 4 * 60;

/** Less between two meetings is back to back for those who would rather avoid that. */
export const PREFERRED_GAP_MINUTES = 15;
const SHORT_GAP = 300;
const SHORT_GAP_BY_HABIT = 100;
const DECLINED = 300;
/** So few answers show no habit. */
const FEWEST_MEETINGS = 10;
/** An unseen half-hour is taken for the person's average, with the weight of this many answers. */
const PRIOR_ANSWERS = 4;

/** Inconvenience without `minutes` clear on both sides of a meeting. */
export interface PreferredGap {
  minutes: number;
  costs: number;
}

/** The hours of a person on a day, of which only 09:00 to 17:00 count where they are longer than nine hours. */
export function usualHours(day: DaySpan | undefined): DaySpan {
  return day === undefined || day.end - day.start > LONGEST_DAY_MINUTES ? USUAL_DAY : day;
}

/**
 * The minutes of a day that are convenient: the preferred ones, else the usual ones. A preference for one end leaves
 * the other as it was, or open if they would cross.
 */
export function convenientHours(
  { hours }: ParsedPreferences,
  day: DaySpan | undefined,
): DaySpan {
  const usual = usualHours(day);
  if (hours === undefined) return usual;
  // Asked about every person at every start: the object at hand is returned where it is the answer.
  if (isWhole(hours)) return hours;
  const start = hours.start ?? usual.start;
  const end = hours.end ?? usual.end;
  if (start < end) return { start, end };
  return hours.start === undefined ? { start: 0, end } : { start, end: Infinity };
}

function isWhole(hours: NonNullable<ParsedPreferences["hours"]>): hours is DaySpan {
  return hours.start !== undefined && hours.end !== undefined && hours.start < hours.end;
}

/** Whether a person asks for hours so definite that lunch or the edge of the day are no reason against them. */
export function asksForHours({ hours }: ParsedPreferences): boolean {
  return hours?.start !== undefined && hours.end !== undefined &&
    hours.end - hours.start <= DEFINITE_MINUTES;
}

/** The pause that a person asks for, or keeps by habit; undefined for neither. */
export function preferredGap(
  preferences: ParsedPreferences,
  profile: Profile | undefined,
): PreferredGap | undefined {
  if (preferences.avoid_back_to_back === true) {
    return { minutes: PREFERRED_GAP_MINUTES, costs: SHORT_GAP };
  }
  if (preferences.avoid_back_to_back === false || profile === undefined) return undefined;
  if (profile.meetings < FEWEST_MEETINGS || profile.typical_gap_minutes === 0) return undefined;
  const minutes = Math.min(profile.typical_gap_minutes, PREFERRED_GAP_MINUTES);
  return { minutes, costs: SHORT_GAP_BY_HABIT };
}

/** What each half-hour of the week costs by the answers given to meetings then; undefined without history. */
export function historyCosts(profile: Profile | undefined): Uint16Array | undefined {
  if (profile === undefined || profile.meetings === 0) return undefined;
  const usually = PRIOR_ANSWERS * profile.declined_percentage / 100;
  const costs = new Uint16Array(CELLS);
  for (let cell = 0; cell < CELLS; cell++) {
    const declined = profile.declined[cell]!;
    const answers = profile.accepted[cell]! + declined;
    costs[cell] = Math.round(DECLINED * (declined + usually) / (answers + PRIOR_ANSWERS));
  }
  return costs;
}

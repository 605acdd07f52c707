/** The names of the days in the order of ISO 8601, Monday first. */
export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

export type Weekday = typeof WEEKDAYS[number];

/** Index into WEEKDAYS of a day counted from 1970-01-01, which was a Thursday. */
export function weekdayIndex(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** For each index of WEEKDAYS, whether that day is among `days`. */
export function weekdayMask(days: readonly Weekday[]): boolean[] {
  return WEEKDAYS.map((weekday) => days.includes(weekday));
}

import { dayOf, wallOf, wallOfDay } from "@shared/time/wall_time.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The first and the last day of the next working week after `now`, in `timezone`. */
export function nextWorkingWeek(now: Date, timezone: string): { from: string; to: string } {
  const today = wallOfDay(dayOf(wallOf(now.valueOf(), timezone)));
  const weekday = (new Date(today).getUTCDay() + 6) % 7;
  const monday = today + (7 - weekday) * DAY_MS;
  return { from: day(monday), to: day(monday + 4 * DAY_MS) };
}

/** Every day from `from` to `to`, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) days.push(day(at));
  return days;
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

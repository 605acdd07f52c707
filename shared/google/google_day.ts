import { formatInTimeZone, fromZonedTime } from "date-fns-tz";

/** Google's daily quotas begin anew at midnight there. */
const ZONE = "America/Los_Angeles";
const DAY_MS = 86_400_000;

/** Seconds from `now` to the end of Google's day: 25 hours at most, where clocks are put back. */
export function secondsToNextGoogleDay(now: Date): number {
  const today = Date.parse(`${formatInTimeZone(now, ZONE, "yyyy-MM-dd")}T00:00:00Z`);
  const tomorrow = new Date(today + DAY_MS).toISOString().slice(0, 10);
  const midnight = fromZonedTime(`${tomorrow}T00:00:00`, ZONE);
  return Math.ceil((midnight.getTime() - now.getTime()) / 1000);
}

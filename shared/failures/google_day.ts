import { DAY_MS, instantOf, timeOfDay, wallOf } from "@shared/time/wall_time.ts";

/** Google resets daily quotas at midnight in this zone. */
const ZONE = "America/Los_Angeles";

/** Seconds from `now` to the end of Google's day: 25 hours at most, where clocks are put back. */
export function secondsToNextGoogleDay(now: Date): number {
  const wall = wallOf(now.getTime(), ZONE);
  const midnight = instantOf(wall - timeOfDay(wall) + DAY_MS, ZONE);
  return Math.ceil((midnight - now.getTime()) / 1000);
}

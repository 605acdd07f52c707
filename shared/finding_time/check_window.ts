import type { LeasedSearch } from "@shared/database/schedulings.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import type { GivenConstraints } from "@shared/schemas/constraints.ts";
import { ownWindow } from "./move_window.ts";

/** Other times are at most so far from the time that is checked. */
export const ALTERNATIVE_DAYS = 7;

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** What a search may ask for; longer meetings are checked, and get no other times. */
const MINUTES = { least: 5, most: 1440 };

/**
 * The constraints under which a named time is checked and others are found: a week before it and after, not in the past, and
 * within the meeting's own dates, where the named time is within them too.
 */
export function constraintsAround(
  { constraints, timezone, starts_at, ends_at }: Pick<
    LeasedSearch,
    "constraints" | "timezone" | "starts_at" | "ends_at"
  >,
  now: Date,
): GivenConstraints | { path: string; message: string } {
  const parsed = CONSTRAINTS.safeParse(constraints);
  if (!parsed.success) return { path: "constraints", message: "Expected valid constraints" };
  const given = { ...parsed.data, timezone: parsed.data.timezone ?? timezone ?? "UTC" };
  const [start, end] = [Date.parse(starts_at ?? ""), Date.parse(ends_at ?? "")];
  const around = ALTERNATIVE_DAYS * DAY_MS;
  const own = ownWindow(given, start, around);
  const is_within = own.from <= start && own.to >= end;
  const from = Math.max(start - around, now.valueOf(), is_within ? own.from : -Infinity);
  const to = Math.min(end + around, is_within ? own.to : Infinity);
  const minutes = Math.ceil((end - start) / MINUTE_MS);
  return {
    ...given,
    duration_minutes: Math.min(Math.max(minutes, MINUTES.least), MINUTES.most),
    earliest_date: new Date(Math.min(from, start)).toISOString(),
    latest_date: new Date(Math.max(to, end)).toISOString(),
  };
}

/** Whether a search can find other times of this length. */
export function hasAlternatives(starts_at: string, ends_at: string): boolean {
  const minutes = (Date.parse(ends_at) - Date.parse(starts_at)) / MINUTE_MS;
  return Number.isInteger(minutes) && minutes >= MINUTES.least && minutes <= MINUTES.most;
}

import type { LeasedSearch, MoveSearch } from "@shared/database/schedulings.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import type { GivenConstraints } from "@shared/schemas/constraints.ts";
import { readTimeWindow, TimeWindowError } from "@shared/time/time_window.ts";

const HOUR_MS = 3_600_000;

/** Between the search and its settlement the freeze comes closer; a lease is shorter. */
const SETTLEMENT_MS = 5 * 60_000;

/**
 * The constraints of a meeting that is to move: at most `window_days` from the declined time, not
 * before the freeze ends, and within its own dates where it has any. With a time that the organizer
 * accepted, that time alone.
 */
export function constraintsWithin(
  { constraints, timezone }: Pick<LeasedSearch, "constraints" | "timezone">,
  { starts_at, ends_at, accepted_starts_at, freeze_hours, window_days }: MoveSearch,
  now: Date,
): GivenConstraints | { path: string; message: string } {
  const parsed = CONSTRAINTS.safeParse(constraints);
  if (!parsed.success) return { path: "constraints", message: "Expected valid constraints" };
  const given = { ...parsed.data, timezone: parsed.data.timezone ?? timezone ?? "UTC" };
  const length = Date.parse(ends_at) - Date.parse(starts_at);
  const start = Date.parse(accepted_starts_at ?? starts_at);
  const days = accepted_starts_at === null ? window_days * 24 * HOUR_MS : 0;
  const own = ownWindow(given, start, days);
  const from = Math.max(
    start - days,
    own.from,
    now.valueOf() + freeze_hours * HOUR_MS + (accepted_starts_at === null ? SETTLEMENT_MS : 0),
  );
  const to = Math.min(start + length + days, own.to);
  if (to - from < length) {
    return { path: "constraints.latest_date", message: "No time is left in which it may move" };
  }
  return {
    ...given,
    duration_minutes: length / 60_000,
    earliest_date: new Date(from).toISOString(),
    latest_date: new Date(to).toISOString(),
  };
}

/** The dates of the meeting's own constraints; those that it does not name are open. */
export function ownWindow(
  { earliest_date, latest_date, timezone }: GivenConstraints & { timezone: string },
  start: number,
  days: number,
): { from: number; to: number } {
  const far = (by: number) => new Date(start + Math.sign(by) * days + by).toISOString();
  try {
    const { from, to } = readTimeWindow({
      earliest_date: earliest_date ?? far(-24 * HOUR_MS),
      latest_date: latest_date ?? far(48 * HOUR_MS),
      timezone,
    });
    return { from: from * 60_000, to: to * 60_000 };
  } catch (thrown) {
    if (!(thrown instanceof TimeWindowError)) throw thrown;
    return { from: Infinity, to: -Infinity };
  }
}

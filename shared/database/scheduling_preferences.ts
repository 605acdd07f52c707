import { call } from "./call.ts";
import type { Database } from "./call.ts";

/** What a person has said about their time; hours of the day, minutes, IANA zones. Absent: nothing was said. */
export interface PersonPreferences {
  timezone?: string;
  open_hours?: { days: string[]; start: string; end: string; timezone?: string }[];
  lunch?: { start: string; end: string };
  /** False: no lunch. */
  has_lunch: boolean;
  buffer_before_minutes?: number;
  buffer_after_minutes?: number;
  minimum_notice_minutes?: number;
  holiday_calendar?: string;
  /** Dates of their own holidays and absences. */
  days_off: string[];
  preferred_days?: string[];
  preferred_hours_start?: number;
  preferred_hours_end?: number;
}

/** Preferences by address in lower case, and the dates of the calendars of holidays that they name. */
export interface StoredPreferences {
  people: Readonly<Record<string, PersonPreferences>>;
  holidays: Readonly<Record<string, readonly string[]>>;
}

export const NO_STORED_PREFERENCES: StoredPreferences = { people: {}, holidays: {} };

/** A calendar of holidays whose dates are to be computed, leased. */
export interface LeasedCalendar {
  calendar: string;
  lease_token: string;
}

/** Leases calendars of holidays whose dates are due. */
export function claimHolidays(database: Database, limit: number): Promise<LeasedCalendar[]> {
  return call(database, "claim_holidays", { p_limit: limit });
}

/** Stores the dates of a leased calendar up to `known_until`, or why there are none. False: the lease was lost. */
export function settleHolidays(
  database: Database,
  { calendar, lease_token }: LeasedCalendar,
  found: { days: { day: string; name: string }[]; known_until: string } | { error: string },
): Promise<boolean> {
  return call(database, "settle_holidays", {
    p_calendar: calendar,
    p_lease_token: lease_token,
    p_days: "error" in found ? [] : found.days,
    p_known_until: "error" in found ? null : found.known_until,
    p_error: "error" in found ? found.error : null,
  });
}

import type { Weekday } from "@shared/time/weekday.ts";
import type { Preferences } from "./preferences.ts";
import type { Profile } from "./profile.ts";
import type { GivenWeights, Priority } from "./weights.ts";

/** Time in which a person is busy, RFC 3339 with offset; `end` is exclusive. Order and overlaps do not matter. */
export interface BusyInterval {
  start: string;
  end: string;
  tentative?: boolean;
}

/** When a person can be met, by the wall clock of `timezone` (default: the participant's). `end` may be "24:00". */
export interface OpenHours {
  days: Weekday[];
  start: string;
  end: string;
  timezone?: string;
}

/** The time of day at which a person eats, in their own zone. */
export interface LunchTime {
  start: string;
  end: string;
}

/**
 * People or rooms of whom any `count` take part: its members are participants with this same object.
 * `required` and `resource`: the meeting cannot be held without `count` of them; `optional`: at most `count` come.
 * `index` is its place in the caller's list, which the answer names.
 */
export interface ParticipantGroup {
  index: number;
  name?: string;
  count: number;
  type: "required" | "optional" | "resource";
}

/**
 * A person or a resource that the meeting needs. `busy: "unknown"` is a calendar that could not be read: it never
 * counts as free. `buffer` is in minutes and replaces the request's: `before` is kept free before the meeting,
 * `after` after it. Without `open_hours` the request's working hours hold in the participant's own zone, except for
 * a resource, which is then open at all hours. `timezone` defaults to the request's. On `exdates` (YYYY-MM-DD, in their
 * own zone) they are away. `lunch` replaces the request's, null for no lunch. `profile` is what their history shows, `past_inconvenience` the points that earlier meetings of the same
 * people have cost them; both may be absent, and nothing is invented then. A member of a `group` takes part only where
 * chosen: first who `was_chosen` before, then who is free, then who has had the fewest `turns`, then in the given order.
 */
export interface Participant {
  email: string;
  name?: string;
  type: "required" | "optional" | "resource";
  timezone?: string;
  open_hours?: OpenHours[];
  buffer?: { before: number; after: number };
  busy: readonly BusyInterval[] | "unknown";
  unknown_reason?: string;
  is_organizer?: boolean;
  exdates?: readonly string[];
  lunch?: LunchTime | null;
  preferences?: Preferences;
  profile?: Profile;
  past_inconvenience?: number;
  group?: ParticipantGroup;
  was_chosen?: boolean;
  turns?: number;
}

/**
 * When the meeting may be. `earliest_date` and `latest_date` are either dates, meaning the whole local day in `timezone` with
 * `latest_date` included, or RFC 3339 instants with offset. `working_hours_*` are hours of the day from 0 to 24 and
 * may be fractional (8.5 is 08:30). `allowed_days` and `holiday_dates` (YYYY-MM-DD) are read in each participant's
 * own zone. Starts lie on multiples of `interval_minutes` after local midnight in `timezone`.
 *
 * `on_unknown`: "refuse" gives no slot when a required participant is unknown, and counts an unknown optional person as
 * absent; "ignore_optional" leaves unknown optional people out of `minimum_attendee_percentage`; "ignore" does so
 * with everybody unknown, required people included.
 *
 * `priority` chooses weights ("balanced" when left out), and with "focus" what fragmentation measures; `weights` of the
 * request replace both. `lunch` is 12:00 to 13:00 on each person's own clock when left out, null for none.
 */
export interface Constraints {
  duration_minutes: number;
  earliest_date: string;
  latest_date: string;
  working_hours_start: number;
  working_hours_end: number;
  allowed_days: Weekday[];
  buffer_minutes: number;
  timezone: string;
  max_candidates: number;
  holiday_dates: string[];
  event_category?: string;
  interval_minutes: number;
  minimum_notice_minutes: number;
  tentative_as_busy: boolean;
  minimum_attendee_percentage: number;
  on_unknown: "refuse" | "ignore_optional" | "ignore";
  priority?: Priority;
  lunch?: LunchTime | null;
}

/**
 * A meeting that repeats: `lines` of RFC 5545 are one RRULE by whole days, and EXDATE and RDATE lines, all in the zone of
 * the request where they name no other. A slot is judged by its first `horizon` occurrences (default 12), within a year.
 */
export interface RecurrenceRequest {
  lines: readonly string[];
  horizon?: number;
}

/**
 * What to find slots for. `now` is an argument: this folder has no clock. `weights` are the most that each factor gives
 * and add up to 100; those left out share what the others leave. `locale` is the language of the answer, "en" when left
 * out. `busy_window` is the time whose busy intervals were read, RFC 3339; without it, what busyWindow()
 * says is taken as read. Nothing outside it is ever offered, and nothing that overlaps with `excluded`.
 */
export interface SchedulingRequest {
  constraints: Constraints;
  participants: Participant[];
  now: Date;
  weights?: GivenWeights;
  recurrence?: RecurrenceRequest;
  locale?: string;
  busy_window?: { start: string; end: string };
  excluded?: readonly BusyInterval[];
}

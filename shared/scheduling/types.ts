import type { Reason } from "./reasons.ts";
import type { Weekday } from "./weekday.ts";

/** Time somebody is taken, RFC 3339 with offset; `end` is exclusive. Order and overlaps do not matter. */
export interface BusyInterval {
  start: string;
  end: string;
  tentative?: boolean;
}

/** When somebody can be met, by the wall clock of `timezone` (default: the participant's). `end` may be "24:00". */
export interface OpenHours {
  days: Weekday[];
  start: string;
  end: string;
  timezone?: string;
}

/**
 * Somebody, or something, that the meeting needs. `busy: "unknown"` is a calendar that could not be read: it never
 * counts as free. `buffer` is in minutes and replaces the request's: `before` is kept free before the meeting,
 * `after` after it. Without `open_hours` the request's working hours hold in the participant's own zone, except for
 * a resource, which is then open at all hours. `timezone` defaults to the request's.
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
}

/**
 * The question. `earliest_date` and `latest_date` are either dates, meaning the whole local day in `timezone` with
 * `latest_date` included, or RFC 3339 instants with offset. `working_hours_*` are hours of the day from 0 to 24 and
 * may be fractional (8.5 is 08:30). `allowed_days` and `holiday_dates` (YYYY-MM-DD) are read in each participant's
 * own zone. Starts lie on multiples of `interval_minutes` after local midnight in `timezone`.
 *
 * `on_unknown`: "refuse" gives no slot when somebody required is unknown, and counts an unknown optional person as
 * absent; "ignore_optional" leaves unknown optional people out of `minimum_attendee_percentage`; "ignore" does so
 * with everybody unknown, required people included.
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
}

/** What to find slots for. `now` is an argument: this folder has no clock. */
export interface SchedulingRequest {
  constraints: Constraints;
  participants: Participant[];
  now: Date;
}

/** Points, each with one decimal; at most 35, 25, 20, 15 and 5. They add up to the candidate's score. */
export interface ScoreBreakdown {
  availability: number;
  preference: number;
  conflict_proximity: number;
  fragmentation: number;
  optimization: number;
}

export type AvailabilityStatus = "free" | "busy" | "tentative" | "unknown" | "outside_hours";

/** One participant at one candidate; `local_start` carries the offset of the participant's own zone. */
export interface ParticipantAvailability {
  email: string;
  name?: string;
  status: AvailabilityStatus;
  local_start: string;
}

/** A time at which the meeting can be held. Times carry the offset of the request's zone; `score` is 0 to 100. */
export interface Candidate {
  start_time: string;
  end_time: string;
  score: number;
  score_breakdown: ScoreBreakdown;
  reasons: Reason[];
  reasoning: string;
  participant_availability: ParticipantAvailability[];
}

/** Why there is no candidate, in the words of Microsoft Graph's findMeetingTimes. */
export type EmptyReason =
  | "attendeesUnavailable"
  | "organizerUnavailable"
  | "attendeesUnavailableOrUnknown"
  | "locationsUnavailable"
  | "unknown";

/** Somebody in the way: the share, 0 to 100, of the starts on the grid that they rule out, and mostly by what. */
export interface Blocking {
  email: string;
  name?: string;
  reason: "busy" | "outside_hours" | "unknown";
  blocked_percentage: number;
}

/**
 * `density`: the share, 0 to 1, of the known participants' open time that is taken. `conflict_rate`: the share,
 * 0 to 1, of the starts within everybody's hours at which somebody needed is taken or too few people come. The most
 * constrained participants are at most three e-mail addresses, the busiest first.
 */
export interface Analytics {
  participants: number;
  unknown: number;
  density: number;
  conflict_rate: number;
  most_constrained_participants: string[];
}

/**
 * The answer: candidates best first, and always who is `unknown` (e-mail addresses). Without candidates it says why,
 * who is in the way and, if one was found by trying it, the smallest change that would yield a slot.
 * `total_candidates_evaluated` counts the starts that were possible and were scored.
 */
export interface SchedulingResult {
  candidates: Candidate[];
  total_candidates_evaluated: number;
  empty_reason?: EmptyReason;
  blocking: Blocking[];
  suggestion?: string;
  message: string;
  unknown: string[];
  analytics: Analytics;
}

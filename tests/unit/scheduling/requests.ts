import type {
  Constraints,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";

/** A Monday in a week without clock changes. */
export const MONDAY = "2030-01-07";
export const NOW = new Date("2029-12-01T00:00:00Z");

/** One working day in UTC, 09-17, half an hour, everything else switched off; `changes` say what a test is about. */
export function constraints(changes: Partial<Constraints> = {}): Constraints {
  return {
    duration_minutes: 30,
    earliest_date: MONDAY,
    latest_date: MONDAY,
    working_hours_start: 9,
    working_hours_end: 17,
    allowed_days: ["monday", "tuesday", "wednesday", "thursday", "friday"],
    buffer_minutes: 0,
    timezone: "UTC",
    max_candidates: 10,
    holiday_dates: [],
    interval_minutes: 30,
    minimum_notice_minutes: 0,
    tentative_as_busy: true,
    minimum_attendee_percentage: 0,
    on_unknown: "refuse",
    ...changes,
  };
}

/** A required participant with busy time such as "09:00-10:30" on the Monday, in UTC. */
export function person(
  name: string,
  busy: string[] | "unknown" = [],
  changes: Partial<Participant> = {},
): Participant {
  return {
    email: `${name.toLowerCase()}@convene.example`,
    name,
    type: "required",
    busy: busy === "unknown" ? busy : busy.map((span) => onMonday(span)),
    ...changes,
  };
}

/** A request as of NOW. */
export function request(
  participants: Participant[],
  changes: Partial<Constraints> = {},
): SchedulingRequest {
  return { constraints: constraints(changes), participants, now: NOW };
}

/** "09:00-10:30" as a busy interval on the Monday, in UTC. */
export function onMonday(span: string): { start: string; end: string } {
  const [start, end] = span.split("-");
  return { start: `${MONDAY}T${start}:00Z`, end: `${MONDAY}T${end}:00Z` };
}

import type {
  Constraints,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { MINUTES_PER_DAY, parseDate } from "@shared/time/instants.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { instantAt, offsetSegments } from "@shared/time/zones.ts";
import { constraints, MONDAY, NOW } from "./requests.ts";

/**
 * A question about a meeting time with what a thoughtful assistant would answer. Spans such as "mon 09:00-12:00" are
 * read in the zone of the request in the week of 7 January 2030; "+mon" is the Monday after, "-sun" the Sunday before.
 */
export interface Question {
  id: string;
  why: string;
  people: Participant[];
  asked?: Partial<Constraints>;
  weights?: SchedulingRequest["weights"];
  /** Lines of RFC 5545. */
  recurrence?: string[];
  /** The organizer has an empty calendar in Europe/Paris, unless this says otherwise. */
  organizer?: Partial<Participant>;
  now?: Date;
  expected: Expected;
}

export interface Expected {
  /** The whole best time lies in one of these spans. */
  best?: string[];
  /** The best time overlaps none of these. */
  not?: string[];
  /** The sentence of the best time says this. */
  says?: RegExp;
  /** So many of the first times overlap each other nowhere. */
  choices?: number;
  /** The first five lie in at least so many half-days. */
  half_days?: number;
  /** This very span is among the first `within`. */
  among?: { span: string; within: number };
}

export const ZONE = "Europe/Paris";
const DAYS = WEEKDAYS.map((day) => day.slice(0, 3));

/** What findSlots() is asked: an ordinary working week, the organizer required. */
export function requestOf(
  { people, asked = {}, weights, recurrence, organizer = {}, now = NOW }: Question,
): SchedulingRequest {
  return {
    constraints: constraints({
      timezone: ZONE,
      latest_date: "2030-01-11",
      interval_minutes: 15,
      ...asked,
    }),
    participants: [
      {
        email: "olga@convene.example",
        name: "Olga",
        type: "required",
        is_organizer: true,
        timezone: ZONE,
        busy: [],
        ...organizer,
      },
      ...people,
    ],
    now,
    ...(weights === undefined ? {} : { weights }),
    ...(recurrence === undefined ? {} : { recurrence: { lines: recurrence } }),
  };
}

/** Someone required, with busy spans. A span without a day, "09:00-10:00", holds from Monday to Friday. */
export function guest(
  name: string,
  busy: string[] = [],
  { zone = ZONE, ...changes }: Partial<Participant> & { zone?: string } = {},
): Participant {
  const spans = busy.flatMap((span) =>
    /^\d/.test(span) ? DAYS.slice(0, 5).map((day) => `${day} ${span}`) : [span]
  );
  return {
    email: `${name.toLowerCase()}@convene.example`,
    name,
    type: "required",
    busy: spans.map((span) => {
      const { from, to } = instants(span, zone);
      return { start: iso(from), end: iso(to) };
    }),
    ...changes,
  };
}

/** Hours from Monday to Friday, or on the days named. */
export function open(start: string, end: string, days = WEEKDAYS.slice(0, 5)) {
  return { open_hours: [{ days: [...days], start, end }] };
}

/** The minutes since 1970 of a span in a zone. */
export function instants(span: string, zone: string): { from: number; to: number } {
  const match = /^([+-]?)(\w{3}) (\d\d:\d\d)-(\d\d:\d\d)$/.exec(span);
  const weekday = DAYS.indexOf(match?.[2] ?? "");
  if (match === null || weekday < 0) throw new Error(`No span: ${span}`);
  const week = match[1] === "+" ? 7 : match[1] === "-" ? -7 : 0;
  const midnight = (parseDate(MONDAY) + weekday + week) * MINUTES_PER_DAY;
  const offsets = offsetSegments(zone, midnight - 2 * MINUTES_PER_DAY, midnight + 3 * 1440);
  const at = (clock = "") =>
    instantAt(offsets, midnight + Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
  return { from: at(match[3]), to: at(match[4]) };
}

function iso(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}

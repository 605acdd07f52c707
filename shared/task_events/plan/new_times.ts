import { FailureError, rejection } from "@shared/failures/failure.ts";
import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import type { EventChange } from "./change_request.ts";
import { DAY_MS, googleTime, momentOf, readMoment } from "@shared/time/wall_time.ts";
import type { EventMoment } from "@shared/time/wall_time.ts";

export interface EventTimes {
  start: EventMoment;
  end: EventMoment;
}

/** When an event is now; refuses an event without times, which Google shows of private ones. */
export function timesOf(event: GoogleEvent): EventTimes {
  const start = momentOf(event.start, "UTC");
  const end = momentOf(event.end, start?.zone ?? "UTC");
  if (start === null || end === null) {
    throw new FailureError(
      rejection("google_rejected", "Google returned no time for this event."),
    );
  }
  return { start, end };
}

/**
 * When an event will be: a new start keeps the elapsed length, a new end keeps the start, a new zone
 * keeps both instants. Whole days that become times of day are in the calendar's zone unless
 * another one is named. Null when no time is asked for.
 */
export function newTimes(
  now: EventTimes,
  change: EventChange,
  calendar_zone: string | null,
): EventTimes | null {
  const { start_time, end_time, timeZone } = change;
  if (start_time === undefined && end_time === undefined && timeZone === undefined) return null;
  const zone = timeZone ?? now.start.zone ?? calendar_zone ?? "UTC";
  const start = start_time === undefined ? shownIn(now.start, zone) : readMoment(start_time, zone);
  const length = lengthOf(now);
  const kept = (start.zone === null) === (now.start.zone === null)
    ? length
    : start.zone === null
    ? Math.max(DAY_MS, Math.ceil(length / DAY_MS) * DAY_MS)
    : 3_600_000;
  const end = end_time === undefined
    ? { instant: start.instant + kept, zone: start.zone }
    : readMoment(end_time, zone);
  if ((start.zone === null) !== (end.zone === null)) {
    throw invalid("end_time", "Expected both times as dates or both as date-times");
  }
  if (end.instant <= start.instant) {
    throw invalid("end_time", "Expected an end after the start");
  }
  return { start, end };
}

/** Start and end as a patch takes them: a change between timed and whole-day deletes the other form. */
export function timePatch({ start, end }: EventTimes): EventPatch {
  const empty = start.zone === null ? { dateTime: null, timeZone: null } : { date: null };
  return { start: { ...empty, ...googleTime(start) }, end: { ...empty, ...googleTime(end) } };
}

export function sameTimes(a: EventTimes, b: EventTimes): boolean {
  return a.start.zone === b.start.zone && sameInstants(a, b);
}

/** The same, in whatever zone it is shown. */
export function sameInstants(a: EventTimes, b: EventTimes): boolean {
  return (a.start.zone === null) === (b.start.zone === null) &&
    a.start.instant === b.start.instant && a.end.instant === b.end.instant;
}

/** Elapsed milliseconds, whatever clocks do in between. */
export function lengthOf({ start, end }: EventTimes): number {
  return end.instant - start.instant;
}

/** The same instant, shown in another zone; a whole day is the same day everywhere. */
function shownIn(moment: EventMoment, zone: string): EventMoment {
  return moment.zone === null ? moment : { ...moment, zone };
}

export function invalid(path: string, message: string): FailureError {
  return new FailureError(rejection("invalid_request", `${path}: ${message}`), { path });
}

import { FailureError, rejection } from "@shared/failures/failure.ts";
import { readTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { calendarZone } from "./account.ts";
import type { Account } from "./account.ts";
import { findPlace } from "./locate_task_event.ts";
import type { EventChange } from "../plan/change_request.ts";
import { invalid, timesOf } from "../plan/new_times.ts";
import type { ChangeState, ChangeTarget } from "../plan/change_state.ts";
import { exceptionsOf, occurrenceOn, occurrencesOf } from "./read_series.ts";
import { originalStart } from "../plan/original_start.ts";
import { endsByCount, extraDates } from "../plan/split_series.ts";
import { seriesTimes } from "../plan/series_times.ts";
import { DAY_MS, instantIso, isDay, momentOn, wallTimeOf } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

/** Finds the event that a request means; the id of an occurrence means its series and that day. */
export async function findTarget(
  account: Account,
  calendar_id: string,
  request: Pick<EventChange, "event_id" | "update_scope" | "instance_date">,
): Promise<ChangeTarget> {
  const place = await findPlace(account, calendar_id, request.event_id);
  if (place === null) throw eventNotFound(request.event_id);
  const named = place.event;
  const target = await targetOf(account, place.calendar_id, named, request);
  if (target === null) throw eventNotFound(named.recurringEventId ?? named.id);
  return target;
}

/** What a request means that names this event; null when the series of an occurrence is gone. */
export async function targetOf(
  account: Account,
  calendar_id: string,
  named: GoogleEvent,
  request: Pick<EventChange, "update_scope" | "instance_date">,
): Promise<ChangeTarget | null> {
  if (named.recurringEventId === undefined) {
    const is_series = named.recurrence !== undefined;
    const instance_date = request.instance_date ?? null;
    if (!is_series && instance_date !== null && request.update_scope !== "all") {
      throw instanceNotFound(instance_date, "The event is no series.");
    }
    const scope = !is_series
      ? "single"
      : request.update_scope ?? (instance_date === null ? "all" : "single");
    if (is_series && scope !== "all" && instance_date === null) {
      throw invalid("instance_date", `Expected the occurrence that update_scope ${scope} means`);
    }
    return { calendar_id, event: named, scope, instance_date: is_series ? instance_date : null };
  }
  const series = await findPlace(account, calendar_id, named.recurringEventId);
  if (series === null) return null;
  const original = named.originalStartTime?.dateTime ?? named.originalStartTime?.date;
  return {
    calendar_id: series.calendar_id,
    event: series.event,
    scope: request.update_scope ?? "single",
    instance_date: request.instance_date ?? original ?? null,
  };
}

/** Everything a plan needs beside the event, read from Google now. `row`: what we last knew of the event. */
export async function readChangeState(
  account: Account,
  { calendar_id, event, scope, instance_date }: ChangeTarget,
  request: EventChange,
  row: TaskEventRow | null,
): Promise<ChangeState> {
  const calendar_zone = getsTimeOfDay(event, request)
    ? await calendarZone(account, calendar_id)
    : null;
  const none = {
    occurrence: null,
    exceptions: [],
    live: new Set<WallTime>(),
    last: null,
    calendar_zone,
  };
  if (event.recurrence === undefined) return { event, ...none, known: knownGuests(row, event) };
  const now = timesOf(event);
  const { start } = now;
  const occurrence = instance_date === null
    ? null
    : await occurrenceOn(account, calendar_id, event, start, instance_date);
  if (occurrence === null && instance_date !== null) {
    throw instanceNotFound(instance_date);
  }
  const changed = scope === "single" && occurrence !== null
    ? await readTaskEvent(account.database, {
      user_id: account.connection.user_id,
      calendar_id,
      calendar_event_id: occurrence.id,
    })
    : null;
  const known = knownGuests(changed ?? row, occurrence ?? event);
  if (scope === "single") return { event, ...none, occurrence, known };
  const exceptions = await exceptionsOf(account, calendar_id, event);
  const times = seriesTimes(request, occurrence, now, calendar_zone);
  return {
    event,
    calendar_zone,
    occurrence,
    exceptions,
    live: times === null
      ? none.live
      : await liveNear(account, calendar_id, event, exceptions, start, times.start),
    last: scope === "future" && endsByCount(event.recurrence)
      ? await lastOfRule(account, calendar_id, event, start)
      : null,
    known,
  };
}

/** Whether whole days become times of day, in a zone that the request does not name. */
function getsTimeOfDay(event: GoogleEvent, { start_time, timeZone }: EventChange): boolean {
  return event.start?.date !== undefined && timeZone === undefined && start_time !== undefined &&
    !isDay(start_time);
}

/** Original starts of occurrences that are not deleted, where a moved series has exceptions now. */
async function liveNear(
  account: Account,
  calendar_id: string,
  master: GoogleEvent,
  exceptions: readonly GoogleEvent[],
  from: EventMoment,
  to: EventMoment,
): Promise<Set<WallTime>> {
  const by = wallTimeOf(to).wall - wallTimeOf(from).wall;
  const sources = exceptions.flatMap((one) => originalStart(one, from) ?? [])
    .map((original) => original - by);
  if (sources.length === 0 || by === 0) return new Set();
  const shown = await occurrencesOf(account, calendar_id, master.id, {
    timeMin: instantIso(momentOn({ ...from, wall: Math.min(...sources) - DAY_MS })),
    timeMax: instantIso(momentOn({ ...from, wall: Math.max(...sources) + 2 * DAY_MS })),
  });
  // Those that were moved out of this time are among the exceptions.
  const live = [...shown, ...exceptions.filter(({ status }) => status !== "cancelled")];
  return new Set(live.flatMap((one) => originalStart(one, from) ?? []));
}

/** A row that was never read from Google has no guests to compare with. */
function knownGuests(row: TaskEventRow | null, present: GoogleEvent): readonly GoogleAttendee[] {
  return row === null || row.last_synced_at === null
    ? present.attendees ?? []
    : row.attendees as GoogleAttendee[] ?? [];
}

/** Counted by Google. Deleted occurrences after the last one that is left do not matter. */
async function lastOfRule(
  account: Account,
  calendar_id: string,
  event: GoogleEvent,
  series: EventMoment,
): Promise<WallTime | null> {
  const extra = new Set(extraDates(event.recurrence ?? [], wallTimeOf(series)));
  const all = await occurrencesOf(account, calendar_id, event.id, {});
  const starts = all.flatMap((one) => originalStart(one, series) ?? [])
    .filter((wall) => !extra.has(wall));
  return starts.length === 0 ? null : Math.max(...starts);
}

export function instanceNotFound(
  instance_date: string,
  message = `The series has no occurrence on ${instance_date}.`,
): FailureError {
  return new FailureError(
    rejection("instance_not_found", message),
    { instance_date },
  );
}

export function eventNotFound(event_id: string): FailureError {
  return new FailureError(rejection("event_not_found"), { event_id });
}

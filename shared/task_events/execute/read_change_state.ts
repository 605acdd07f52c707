import { FailureError, rejection } from "@shared/failures/failure.ts";
import { readTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { findEvent } from "./account.ts";
import type { Account } from "./account.ts";
import type { EventChange } from "../plan/change_request.ts";
import { invalid, timesOf } from "../plan/new_times.ts";
import type { ChangeState, ChangeTarget } from "../plan/change_state.ts";
import { exceptionsOf, occurrenceOn, occurrencesOf } from "./read_series.ts";
import { originalStart } from "../plan/original_start.ts";
import { endsByCount, extraDates } from "../plan/split_series.ts";
import { seriesTimes } from "../plan/series_times.ts";
import { DAY_MS, instantIso } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

/** Finds the event that a request means; the id of an occurrence means its series and that day. */
export async function findTarget(
  account: Account,
  calendar_id: string,
  request: Pick<EventChange, "event_id" | "update_scope" | "instance_date">,
): Promise<ChangeTarget> {
  const named = await findEvent(account, calendar_id, request.event_id);
  if (named === null) throw eventNotFound(request.event_id);
  const target = await targetOf(account, calendar_id, named, request);
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
    const scope = !is_series
      ? "single"
      : request.update_scope ?? (instance_date === null ? "all" : "single");
    if (is_series && scope !== "all" && instance_date === null) {
      throw invalid("instance_date", `Expected the occurrence that update_scope ${scope} means`);
    }
    return { event: named, scope, instance_date: is_series ? instance_date : null };
  }
  const series = await findEvent(account, calendar_id, named.recurringEventId);
  if (series === null) return null;
  const original = named.originalStartTime?.dateTime ?? named.originalStartTime?.date;
  return {
    event: series,
    scope: request.update_scope ?? "single",
    instance_date: request.instance_date ?? original ?? null,
  };
}

/** Everything a plan needs, read from Google now. `row`: what we last knew of the event. */
export async function readChangeState(
  account: Account,
  calendar_id: string,
  { event, scope, instance_date }: ChangeTarget,
  request: EventChange,
  row: TaskEventRow | null,
): Promise<ChangeState> {
  const none = { occurrence: null, exceptions: [], live: new Set<WallTime>(), last: null };
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
  const times = seriesTimes(request, occurrence, now);
  return {
    event,
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

/** Original starts of occurrences that are not deleted, where a moved series has exceptions now. */
async function liveNear(
  account: Account,
  calendar_id: string,
  master: GoogleEvent,
  exceptions: readonly GoogleEvent[],
  from: EventMoment,
  to: EventMoment,
): Promise<Set<WallTime>> {
  const by = to.wall - from.wall;
  const sources = exceptions.flatMap((one) => originalStart(one, from) ?? [])
    .map((original) => original - by);
  if (sources.length === 0 || by === 0) return new Set();
  const shown = await occurrencesOf(account, calendar_id, master.id, {
    timeMin: instantIso({ ...from, wall: Math.min(...sources) - DAY_MS }),
    timeMax: instantIso({ ...from, wall: Math.max(...sources) + 2 * DAY_MS }),
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
  const extra = new Set(extraDates(event.recurrence ?? [], series));
  const all = await occurrencesOf(account, calendar_id, event.id, {});
  const starts = all.flatMap((one) => originalStart(one, series) ?? [])
    .filter((wall) => !extra.has(wall));
  return starts.length === 0 ? null : Math.max(...starts);
}

export function instanceNotFound(instance_date: string): FailureError {
  return new FailureError(
    rejection("instance_not_found", `The series has no occurrence on ${instance_date}.`),
    { instance_date },
  );
}

export function eventNotFound(event_id: string): FailureError {
  return new FailureError(rejection("event_not_found"), { event_id });
}

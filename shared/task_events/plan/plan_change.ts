import type { ChangeState } from "./change_state.ts";
import { escapeHtml } from "@shared/google/description.ts";
import type { EventPatch, GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { migrateExceptions, withoutOccurrences } from "./migrate_exceptions.ts";
import type { MigratedExceptions } from "./migrate_exceptions.ts";
import type { ChangeScope, EventChange } from "./change_request.ts";
import { tailSeriesBody } from "./tail_series.ts";
import { asInput, mergeTaskGuests } from "./merge_task_guests.ts";
import { invalid, newTimes, sameTimes, timePatch, timesOf } from "./new_times.ts";
import type { EventTimes } from "./new_times.ts";
import { changeMark } from "@shared/calendar_events/own_event.ts";
import { sendUpdatesOf } from "./ownership.ts";
import type { ChangePlan, MigratedException } from "./change_plan.ts";
import { freeOccupied } from "./occupied_places.ts";
import { originalStart } from "./original_start.ts";
import { placed, seriesTimes } from "./series_times.ts";
import { shiftSeries } from "./shift_series.ts";
import { splitSeries } from "./split_series.ts";
import { instantIso, rfc3339 } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

/** Decides everything that a change will send; pure. Throws FailureError and RecurrenceError. */
export function planChange(
  change_id: string,
  tail_key: string,
  scope: ChangeScope,
  request: EventChange,
  state: ChangeState,
): ChangePlan {
  const patched = scope === "single" ? state.occurrence ?? state.event : state.event;
  const common = {
    kind: "change" as const,
    change_id,
    scope,
    request,
    event_id: patched.id,
    if_match: patched.etag ?? null,
    sendUpdates: sendUpdatesOf(request.sendUpdates, state.event, [
      ...patched.attendees ?? [],
      ...state.known,
      ...request.attendees ?? [],
    ]),
  };
  if (scope === "future") {
    return { ...common, ...planFuture(change_id, tail_key, request, state) };
  }
  if (scope === "all" && state.event.recurrence !== undefined) {
    return { ...common, ...planAll(change_id, request, state) };
  }
  if (request.recurrence !== undefined && state.occurrence !== null) {
    throw invalid(
      "recurrence",
      "One occurrence has no rule of its own; use update_scope all or future",
    );
  }
  const times = newTimes(timesOf(patched), request);
  return {
    ...common,
    patch: {
      ...contentPatch(request, patched, state.known),
      ...(times === null ? {} : timePatch(times)),
      ...(request.recurrence === undefined ? {} : { recurrence: linesOf(request) }),
      ...changeMark(change_id),
    },
    tail: null,
    undo: null,
    migrated: [],
    cancelled: [],
    replaced: [],
  };
}

function planAll(change_id: string, request: EventChange, state: ChangeState) {
  const master = state.event;
  const now = timesOf(master);
  const times = seriesTimes(request, state.occurrence, now);
  const moves = times !== null && !sameTimes(times, now);
  const given = request.recurrence === undefined ? null : linesOf(request);
  const content = contentPatch(request, master, state.known);
  const named = namedForTime(request, state, now.start);
  const kept: MigratedExceptions = given !== null
    ? { migrated: [], cancelled: [] }
    : moves
    ? migrateExceptions(state.exceptions, master, now.start, times.start, named)
    : { migrated: backToItsPlace(state.exceptions, now, named), cancelled: [] };
  const migrated = given === null && moves
    ? freeOccupied(kept.migrated, {
      from: now,
      to: times,
      exceptions: state.exceptions,
      live: state.live,
      content: { ...contentOf(master), ...content },
    })
    : kept.migrated;
  const lines = given ??
    (moves
      ? withoutOccurrences(
        shiftSeries(master.recurrence ?? [], now.start, times.start),
        kept.cancelled,
        times.start,
      )
      : null);
  const to = times?.start ?? now.start;
  return {
    patch: {
      ...content,
      ...(moves ? timePatch(times) : {}),
      ...(lines === null ? {} : { recurrence: lines.length === 0 ? null : lines }),
      ...changeMark(change_id),
    },
    tail: null,
    undo: null,
    migrated,
    cancelled: kept.cancelled.map((wall) => rfc3339({ ...to, wall })),
    replaced: moves || given !== null ? liveIds(state.exceptions) : [],
  };
}

function planFuture(
  change_id: string,
  event_key: string,
  request: EventChange,
  state: ChangeState,
) {
  const master = state.event;
  const now = timesOf(master);
  const at = state.occurrence === null ? null : originalStart(state.occurrence, now.start);
  if (at === null) {
    throw invalid("instance_date", "Expected the occurrence from which the change counts");
  }
  const here = placed(now, at);
  const times = newTimes(here, request) ?? here;
  const { before, after } = splitSeries(master.recurrence ?? [], now.start, at, state.last);
  const later = state.exceptions.filter((exception) =>
    (originalStart(exception, now.start) ?? -Infinity) >= at
  );
  const named = namedForTime(request, state, now.start);
  const kept: MigratedExceptions = request.recurrence === undefined
    ? migrateExceptions(later, master, here.start, times.start, named)
    : { migrated: [], cancelled: [] };
  const recurrence = request.recurrence === undefined
    ? withoutOccurrences(
      shiftSeries(after, here.start, times.start),
      kept.cancelled,
      times.start,
    )
    : linesOf(request);
  return {
    patch: { recurrence: before, ...changeMark(change_id) },
    tail: {
      event_key,
      body: tailSeriesBody(event_key, request, master, state.known, times, recurrence),
    },
    undo: { recurrence: master.recurrence ?? [] },
    migrated: kept.migrated,
    cancelled: kept.cancelled.map((wall) => rfc3339({ ...times.start, wall })),
    replaced: liveIds(later),
  };
}

/** The same of an event as it is, all of it. */
function contentOf({ summary, description, location, attendees }: GoogleEvent): EventPatch {
  return {
    summary: summary ?? null,
    description: description ?? null,
    location: location ?? null,
    attendees: asInput(attendees ?? []),
  };
}

function liveIds(exceptions: readonly GoogleEvent[]): string[] {
  return exceptions.flatMap(({ id, status }) => status === "cancelled" ? [] : [id]);
}

/** The original start of the occurrence for which a time is asked; null where none is. */
function namedForTime(
  request: EventChange,
  { occurrence }: ChangeState,
  series: EventMoment,
): WallTime | null {
  return occurrence === null || request.start_time === undefined
    ? null
    : originalStart(occurrence, series);
}

/** A moved occurrence whose requested time is that of its series. */
function backToItsPlace(
  exceptions: readonly GoogleEvent[],
  now: EventTimes,
  named: WallTime | null,
): MigratedException[] {
  return exceptions.flatMap((exception) => {
    if (named === null || originalStart(exception, now.start) !== named) return [];
    const place = placed(now, named);
    if (exception.status === "cancelled" || sameTimes(timesOf(exception), place)) return [];
    const original_start = rfc3339(place.start);
    return [{
      old_id: exception.id,
      was: original_start,
      original_start,
      patch: timePatch(place),
      is_own: true,
    }];
  });
}

/** Texts and guests; a list of guests is always sent whole, with what they answered. */
function contentPatch(
  request: EventChange,
  event: GoogleEvent,
  known: readonly GoogleAttendee[],
): EventPatch {
  return {
    ...(request.summary === undefined ? {} : { summary: request.summary }),
    ...(request.description === undefined ? {} : { description: escapeHtml(request.description) }),
    ...(request.location === undefined ? {} : { location: request.location }),
    ...(request.attendees === undefined
      ? {}
      : { attendees: mergeTaskGuests(known, event.attendees ?? [], request.attendees) }),
  };
}

function linesOf({ recurrence }: EventChange): string[] {
  if (recurrence === undefined || recurrence === null) return [];
  return typeof recurrence === "string" ? [recurrence] : recurrence;
}

/** Whether a divided series would begin with the very first occurrence, so that nothing stays before it. */
export function isFirstOccurrence(state: ChangeState): boolean {
  const { start }: { start: EventMoment } = timesOf(state.event);
  const at = state.occurrence === null ? null : originalStart(state.occurrence, start);
  return at !== null && instantIso({ ...start, wall: at }) <= instantIso(start);
}

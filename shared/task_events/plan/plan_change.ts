import type { ChangeState } from "./change_state.ts";
import { escapeHtml } from "@shared/google/description.ts";
import type { EventPatch, GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { migrateExceptions, withoutOccurrences } from "./migrate_exceptions.ts";
import type { MigratedExceptions } from "./migrate_exceptions.ts";
import type { ChangeScope, EventChange } from "./change_request.ts";
import { tailSeries } from "./tail_series.ts";
import { asInput, mergeTaskGuests } from "./merge_task_guests.ts";
import { invalid, newTimes, sameTimes, timePatch, timesOf } from "./new_times.ts";
import type { EventTimes } from "./new_times.ts";
import { changeMark } from "@shared/calendar_events/own_event.ts";
import { requireAllGuests, sendUpdatesOf } from "./ownership.ts";
import type { ChangePlan, MigratedException } from "./change_plan.ts";
import { freeOccupied } from "./occupied_places.ts";
import { originalStart } from "./original_start.ts";
import { placed, seriesTimes } from "./series_times.ts";
import { shiftSeries } from "./shift_series.ts";
import { splitSeries } from "./split_series.ts";
import { isSameGuests, isVisible } from "./visible_change.ts";
import { occurrenceStart, rfc3339, wallTimeOf } from "@shared/time/wall_time.ts";
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
    return unannounced(patched, { ...common, ...planAll(change_id, request, state) });
  }
  if (request.recurrence !== undefined && state.occurrence !== null) {
    throw invalid(
      "recurrence",
      "One occurrence has no rule of its own; use update_scope all or future",
    );
  }
  const times = newTimes(timesOf(patched), request, state.calendar_zone);
  return unannounced(patched, {
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
  });
}

/** The plan without mail where people would see no difference. */
function unannounced(event: GoogleEvent, plan: ChangePlan): ChangePlan {
  const is_seen = plan.tail !== null || plan.migrated.length > 0 || isVisible(event, plan.patch);
  return is_seen ? plan : { ...plan, sendUpdates: "none" };
}

function planAll(change_id: string, request: EventChange, state: ChangeState) {
  const master = state.event;
  const now = timesOf(master);
  const times = seriesTimes(request, state.occurrence, now, state.calendar_zone);
  const moves = times !== null && !sameTimes(times, now);
  const given = request.recurrence === undefined ? null : linesOf(request);
  const content = contentPatch(request, master, state.known);
  const named = namedForTime(request, state, now.start);
  const kept: MigratedExceptions = given !== null
    ? { migrated: [], cancelled: [] }
    : moves
    ? migrateExceptions(state.exceptions, master, {
      from: now.start,
      to: times.start,
      by: wallTimeOf(times.start).wall - wallTimeOf(now.start).wall,
      named,
    })
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
        shiftSeries(
          master.recurrence ?? [],
          wallTimeOf(now.start),
          wallTimeOf(times.start),
        ),
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
    cancelled: kept.cancelled.map((wall) => rfc3339(occurrenceStart(to, wall))),
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
  const times = newTimes(here, request, state.calendar_zone) ?? here;
  const from = { wall: at, zone: now.start.zone };
  const to = wallTimeOf(times.start);
  if (times.start.instant === here.start.instant && wallTimeOf(here.start).wall !== at) {
    throw invalid(
      "instance_date",
      "A clock change skips the time of day of this occurrence, so no series can begin with it. " +
        "Name the next occurrence, or a start_time",
    );
  }
  const { before, after } = splitSeries(
    master.recurrence ?? [],
    wallTimeOf(now.start),
    at,
    state.last,
  );
  const later = state.exceptions.filter((exception) =>
    (originalStart(exception, now.start) ?? -Infinity) >= at
  );
  const named = namedForTime(request, state, now.start);
  const kept: MigratedExceptions = request.recurrence === undefined
    ? migrateExceptions(later, master, {
      from: now.start,
      to: times.start,
      by: to.wall - at,
      named,
    })
    : { migrated: [], cancelled: [] };
  const recurrence = request.recurrence === undefined
    ? withoutOccurrences(
      shiftSeries(after, from, to),
      kept.cancelled,
      times.start,
    )
    : linesOf(request);
  return {
    patch: { recurrence: before, ...changeMark(change_id) },
    tail: tailSeries(event_key, request, master, state.known, times, recurrence),
    undo: { recurrence: master.recurrence ?? [] },
    migrated: kept.migrated,
    cancelled: kept.cancelled.map((wall) => rfc3339(occurrenceStart(times.start, wall))),
    replaced: liveIds(later),
  };
}

/** The same of an event as it is, all of it; an incomplete list of guests stays as it is. */
function contentOf(event: GoogleEvent): EventPatch {
  const { summary, description, location, attendees, attendeesOmitted } = event;
  return {
    summary: summary ?? null,
    description: description ?? null,
    location: location ?? null,
    ...(attendeesOmitted === true ? {} : { attendees: asInput(attendees ?? []) }),
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

/** Texts and guests. A list of guests is sent whole, with what they answered, and only if it changes. */
function contentPatch(
  request: EventChange,
  event: GoogleEvent,
  known: readonly GoogleAttendee[],
): EventPatch {
  return {
    ...(request.summary === undefined ? {} : { summary: request.summary }),
    ...(request.description === undefined ? {} : { description: escapeHtml(request.description) }),
    ...(request.location === undefined ? {} : { location: request.location }),
    ...guestPatch(request, event, known),
  };
}

function guestPatch(
  request: EventChange,
  event: GoogleEvent,
  known: readonly GoogleAttendee[],
): EventPatch {
  if (request.attendees === undefined) return {};
  requireAllGuests(event);
  const present = event.attendees ?? [];
  const attendees = mergeTaskGuests(known, present, request.attendees);
  return isSameGuests(present, attendees) ? {} : { attendees };
}

function linesOf({ recurrence }: EventChange): string[] {
  return recurrence ?? [];
}

/** Whether a divided series would begin with the very first occurrence, so that nothing stays before it. */
export function isFirstOccurrence(state: ChangeState): boolean {
  const { start }: { start: EventMoment } = timesOf(state.event);
  const at = state.occurrence === null ? null : originalStart(state.occurrence, start);
  return at !== null && occurrenceStart(start, at).instant <= start.instant;
}

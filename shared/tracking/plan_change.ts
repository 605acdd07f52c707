import type { EventPatch, GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { carryExceptions, withoutOccurrences } from "./carry_exceptions.ts";
import type { Carried } from "./carry_exceptions.ts";
import type { ChangeScope, EventChange } from "./change_request.ts";
import { followingBody } from "./following_body.ts";
import { mergeGuests } from "./merge_guests.ts";
import { invalid, newTimes, sameTimes, timePatch, timesOf } from "./new_times.ts";
import type { EventTimes } from "./new_times.ts";
import { changeMark, escapeHtml } from "./own_event.ts";
import { otherGuests, whomToTell } from "./ownership.ts";
import type { PlannedChange } from "./planned_change.ts";
import { originalStart } from "./series_state.ts";
import { shiftSeries } from "./shift_series.ts";
import { splitSeries } from "./split_series.ts";
import { instantIso, rfc3339 } from "./wall_time.ts";
import type { EventMoment, WallTime } from "./wall_time.ts";

/** An event and what of its series a change needs to know, as Google has it now. */
export interface ChangeState {
  /** A single event, or a series. */
  event: GoogleEvent;
  /** The occurrence that is meant; null for a whole series and for a single event. */
  occurrence: GoogleEvent | null;
  exceptions: readonly GoogleEvent[];
  /** The last occurrence that the rule gives, where it ends by COUNT. */
  last: WallTime | null;
  /** The guests that we last knew, on which the request is based. */
  known: readonly GoogleAttendee[];
}

/** Decides everything that a change will send; pure. Throws Refusal and RecurrenceError. */
export function planChange(
  change_id: string,
  following_key: string,
  scope: ChangeScope,
  request: EventChange,
  state: ChangeState,
): PlannedChange {
  const patched = scope === "single" ? state.occurrence ?? state.event : state.event;
  const common = {
    kind: "change" as const,
    change_id,
    scope,
    request,
    event_id: patched.id,
    if_match: patched.etag ?? null,
    sendUpdates: whomToTell(request.sendUpdates, state.event, [
      ...patched.attendees ?? [],
      ...state.known,
      ...request.attendees ?? [],
    ]),
  };
  if (scope === "future") {
    return { ...common, ...planFuture(change_id, following_key, request, state) };
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
    following: null,
    undo: null,
    carried: [],
    cancelled: [],
  };
}

function planAll(change_id: string, request: EventChange, state: ChangeState) {
  const master = state.event;
  const now = timesOf(master);
  const times = seriesTimes(request, state, now);
  const moves = times !== null && !sameTimes(times, now);
  const given = request.recurrence === undefined ? null : linesOf(request);
  const kept: Carried = moves && given === null
    ? carryExceptions(state.exceptions, master, now.start, times.start)
    : { carried: [], cancelled: [] };
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
      ...contentPatch(request, master, state.known),
      ...(moves ? timePatch(times) : {}),
      ...(lines === null ? {} : { recurrence: lines.length === 0 ? null : lines }),
      ...changeMark(change_id),
    },
    following: null,
    undo: null,
    carried: kept.carried,
    cancelled: kept.cancelled.map((wall) => rfc3339({ ...to, wall })),
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
  const later = state.exceptions.filter((exception) => {
    const original = originalStart(exception, now.start);
    // The occurrence itself takes the time that is asked for.
    return original !== null && original >= at &&
      !(original === at && request.start_time !== undefined);
  });
  const kept: Carried = request.recurrence === undefined
    ? carryExceptions(later, master, here.start, times.start)
    : { carried: [], cancelled: [] };
  const recurrence = request.recurrence === undefined
    ? withoutOccurrences(
      shiftSeries(after, here.start, times.start),
      kept.cancelled,
      times.start,
    )
    : linesOf(request);
  return {
    patch: { recurrence: before, ...changeMark(change_id) },
    following: {
      event_key,
      body: followingBody(event_key, request, master, state.known, times, recurrence),
    },
    undo: { recurrence: master.recurrence ?? [] },
    carried: kept.carried,
    cancelled: kept.cancelled.map((wall) => rfc3339({ ...times.start, wall })),
  };
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
      : { attendees: mergeGuests(known, event.attendees ?? [], request.attendees) }),
  };
}

/** With an occurrence named, times are meant for it and move the series along with it. */
function seriesTimes(
  request: EventChange,
  { occurrence }: ChangeState,
  now: EventTimes,
): EventTimes | null {
  const at = occurrence === null ? null : originalStart(occurrence, now.start);
  if (at === null) return newTimes(now, request);
  const here = placed(now, at);
  const times = newTimes(here, request);
  if (times === null) return null;
  const start = { ...times.start, wall: now.start.wall + (times.start.wall - here.start.wall) };
  return { start, end: { ...times.end, wall: start.wall + (times.end.wall - times.start.wall) } };
}

/** The times of the occurrence that stands at `at`, unmoved. */
function placed({ start, end }: EventTimes, at: WallTime): EventTimes {
  return { start: { ...start, wall: at }, end: { ...end, wall: at + (end.wall - start.wall) } };
}

function linesOf({ recurrence }: EventChange): string[] {
  if (recurrence === undefined || recurrence === null) return [];
  return typeof recurrence === "string" ? [recurrence] : recurrence;
}

/** What a change would do, for a person to confirm. Nothing in it is internal. */
export function previewOf(plan: PlannedChange, state: ChangeState) {
  const moment = (given: { dateTime?: string | null; date?: string | null } | null | undefined) =>
    given?.dateTime ?? given?.date ?? null;
  return {
    update_scope: plan.scope,
    event_id: plan.event_id,
    changes: Object.keys(plan.patch).filter((name) => name !== "extendedProperties"),
    sendUpdates: plan.sendUpdates,
    guests: otherGuests(state.event.attendees ?? []).flatMap(({ email }) => email ?? []),
    following: plan.following === null ? null : {
      start_time: moment(plan.following.body.start),
      end_time: moment(plan.following.body.end),
      recurrence: plan.following.body.recurrence ?? [],
    },
    recurrence: plan.patch.recurrence ?? state.event.recurrence ?? null,
    carried_exceptions: plan.carried.map(({ was, original_start }) => ({ was, original_start })),
    cancelled_occurrences: plan.cancelled,
  };
}

/** Whether a divided series would begin with the very first occurrence, so that nothing stays before it. */
export function isFirstOccurrence(state: ChangeState): boolean {
  const { start }: { start: EventMoment } = timesOf(state.event);
  const at = state.occurrence === null ? null : originalStart(state.occurrence, start);
  return at !== null && instantIso({ ...start, wall: at }) <= instantIso(start);
}

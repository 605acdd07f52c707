import type { TaskRow } from "@shared/database/task_events.ts";
import type { Conflict } from "@shared/database/conflicts.ts";
import { spansOfSeries } from "@shared/finding_time/changed_series.ts";
import type { GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { checkTaskTime } from "@shared/task_events/execute/check_task_time.ts";
import type { TaskConflicts } from "@shared/task_events/execute/check_task_time.ts";
import type { Interval } from "@shared/task_events/execute/read_conflicts.ts";
import type { EventChange } from "@shared/task_events/plan/change_request.ts";
import { recurrenceOfTask, startOfTask } from "@shared/task_events/plan/compose_task_event.ts";
import type { WantedEvent } from "@shared/task_events/plan/compose_task_event.ts";
import { newTimes, sameInstants, timesOf } from "@shared/task_events/plan/new_times.ts";
import type { EventTimes } from "@shared/task_events/plan/new_times.ts";
import type { ChangeTarget } from "@shared/task_events/plan/change_state.ts";
import { occurrenceStart, readMoment, timeOfDay, wallTimeOf } from "@shared/time/wall_time.ts";
import type { EventMoment } from "@shared/time/wall_time.ts";
import type { HandlerDependencies } from "./route.ts";
import { proposeWith } from "./team_search.ts";

type OnConflict = "warn" | "ignore" | undefined;

/** Conflicts at the time that a request names for a task without event (of a series: at its occurrences); nothing where none is to be checked. */
export async function checkNewTask(
  dependencies: HandlerDependencies,
  task: TaskRow,
  wanted: WantedEvent,
  on_conflict: OnConflict,
): Promise<Partial<TaskConflicts>> {
  const people = (wanted.assignees ?? []).map(({ email, optional }) => ({
    email,
    type: optional === true ? "optional" as const : "required" as const,
  }));
  if (!isChecked(on_conflict, people) || wanted.start_time === undefined) return {};
  const given = readMoment(wanted.start_time, wanted.timeZone ?? "UTC");
  const { instant, zone } = startOfTask(task, wanted, given);
  // Whole days take no time of anybody's day.
  if (zone === null) return {};
  const minutes = wanted.duration_minutes ?? task.duration_minutes;
  return await checkTaskTime(dependencies, {
    user_id: task.user_id,
    timezone: zone,
    people,
    at: occurrences(
      { start: instant, end: instant + minutes * 60_000 },
      recurrenceOfTask(task, wanted, given),
      zone,
    ),
    present: [],
  }, proposeWith(dependencies));
}

/**
 * Conflicts at the time to which a change moves an event, or the series that it changes, or the rest of one; nothing where none is
 * to be checked.
 */
export async function checkMovedEvent(
  dependencies: HandlerDependencies,
  user_id: string,
  { target, change, on_conflict }: {
    target: ChangeTarget;
    change: Omit<EventChange, "event_id">;
    on_conflict: OnConflict;
  },
): Promise<Partial<TaskConflicts>> {
  const { event, scope } = target;
  const people = guestsOf(change.attendees ?? event.attendees ?? []);
  if (!isChecked(on_conflict, people)) return {};
  const series = timesOf(event);
  const repeats = event.recurrence !== undefined && scope !== "single";
  const now = event.recurrence === undefined ? series : timesMeant(target, series);
  const request = { ...change, event_id: event.id };
  const named = newTimes(now, request, null);
  const is_other_rule = repeats && change.recurrence !== undefined;
  const times = named ?? (is_other_rule ? now : null);
  if (times === null || times.start.zone === null) return {};
  if (!is_other_rule && sameInstants(times, now)) return {};
  const lines = !repeats ? null : linesOf(change.recurrence, event.recurrence ?? []);
  const moved = scope === "all" && repeats ? movedSeries(series, now, times) : intervalOf(times);
  return await checkTaskTime(dependencies, {
    user_id,
    timezone: times.start.zone,
    people,
    at: scope === "future" && change.recurrence === undefined
      ? occurrences(moved, lines, times.start.zone).slice(0, occurrencesLeft(event, series, now))
      : occurrences(moved, lines, times.start.zone),
    present: presentTimes(event, series, now),
  }, proposeWith(dependencies));
}

/** An event without guests is checked only on request: it costs the user a request more. */
function isChecked(on_conflict: OnConflict, people: readonly unknown[]): boolean {
  return on_conflict === "warn" || on_conflict === undefined && people.length > 0;
}

function guestsOf(
  attendees: readonly Partial<GoogleAttendee>[],
): Pick<Conflict, "email" | "type">[] {
  return attendees
    .filter(({ self, responseStatus }) => self !== true && responseStatus !== "declined")
    .flatMap(({ email, optional, resource }) =>
      email === undefined ? [] : [{
        email,
        type: resource === true ? "resource" : optional === true ? "optional" : "required",
      }]
    );
}

/** The occurrence that is named, of a series the first one where none is. */
function timesMeant({ instance_date }: ChangeTarget, series: EventTimes): EventTimes {
  if (instance_date === null) return series;
  const { zone } = series.start;
  const given = readMoment(instance_date, zone ?? "UTC");
  const start = given.zone === null ? occurrenceStart(series.start, dayIn(series, given)) : given;
  const length = series.end.instant - series.start.instant;
  return { start: { ...start, zone }, end: { instant: start.instant + length, zone } };
}

/** The wall time of the occurrence on a day. */
function dayIn({ start }: EventTimes, day: EventMoment): number {
  return day.instant + timeOfDay(wallTimeOf(start).wall);
}

/** What the event takes now, from the start of its series and from the occurrence that is meant on. */
function presentTimes(event: GoogleEvent, series: EventTimes, now: EventTimes): Interval[] {
  const { zone } = series.start;
  if (zone === null) return [];
  return [series, now].flatMap((times) =>
    occurrences(intervalOf(times), event.recurrence ?? null, zone)
  );
}

/** How many occurrences a series that ends by COUNT has from one on; as many as it likes where that is unknown. */
function occurrencesLeft(event: GoogleEvent, series: EventTimes, now: EventTimes): number {
  const { recurrence = [] } = event;
  const [, count] = /COUNT=(\d+)/.exec(recurrence.join("\n")) ?? [];
  if (count === undefined || series.start.zone === null) return Infinity;
  const before = occurrences(intervalOf(series), recurrence, series.start.zone)
    .filter(({ start }) => start < now.start.instant);
  return Math.max(1, Number(count) - before.length);
}

/** The whole series moves with the occurrence that is named: by what its clock moves, close enough for a warning. */
function movedSeries(series: EventTimes, now: EventTimes, times: EventTimes): Interval {
  const start = series.start.instant + (times.start.instant - now.start.instant);
  return { start, end: start + (times.end.instant - times.start.instant) };
}

function linesOf(
  given: string | readonly string[] | null | undefined,
  present: readonly string[],
): readonly string[] | null {
  if (given === undefined) return present;
  return typeof given === "string" ? [given] : given;
}

/** The times of an event, of a series those of its occurrences up to the horizon of a search. */
function occurrences(
  { start, end }: Interval,
  recurrence: readonly string[] | null,
  timezone: string,
): Interval[] {
  return spansOfSeries(
    { start: new Date(start).toISOString(), end: new Date(end).toISOString() },
    { recurrence, timezone },
  );
}

function intervalOf({ start, end }: EventTimes): Interval {
  return { start: start.instant, end: end.instant };
}

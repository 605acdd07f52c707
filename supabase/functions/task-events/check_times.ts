import type { TaskRow } from "@shared/database/task_events.ts";
import type { Conflict } from "@shared/database/conflicts.ts";
import type { GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { checkTaskTime } from "@shared/task_events/execute/check_task_time.ts";
import type { TaskConflicts } from "@shared/task_events/execute/check_task_time.ts";
import type { Interval } from "@shared/task_events/execute/read_conflicts.ts";
import type { EventChange } from "@shared/task_events/plan/change_request.ts";
import { startOfTask } from "@shared/task_events/plan/compose_task_event.ts";
import type { WantedEvent } from "@shared/task_events/plan/compose_task_event.ts";
import { newTimes, sameInstants, timesOf } from "@shared/task_events/plan/new_times.ts";
import type { EventTimes } from "@shared/task_events/plan/new_times.ts";
import { readMoment } from "@shared/time/wall_time.ts";
import type { HandlerDependencies } from "./route.ts";
import { proposeWith } from "./team_search.ts";

type OnConflict = "warn" | "ignore" | undefined;

/** Conflicts at the time that a request names for a task without event (of a series: at its first occurrence); nothing where none is to be checked. */
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
    at: { start: instant, end: instant + minutes * 60_000 },
    present: null,
  }, proposeWith(dependencies));
}

/** Conflicts at the time to which a change moves an event that is no series; nothing where none is to be checked. */
export async function checkMovedEvent(
  dependencies: HandlerDependencies,
  user_id: string,
  { event, change, on_conflict }: {
    event: GoogleEvent;
    change: Omit<EventChange, "event_id">;
    on_conflict: OnConflict;
  },
): Promise<Partial<TaskConflicts>> {
  const people = guestsOf(change.attendees ?? event.attendees ?? []);
  if (!isChecked(on_conflict, people) || event.recurrence !== undefined) return {};
  const now = timesOf(event);
  const times = newTimes(now, { ...change, event_id: event.id }, null);
  if (times === null || times.start.zone === null || sameInstants(times, now)) return {};
  return await checkTaskTime(dependencies, {
    user_id,
    timezone: times.start.zone,
    people,
    at: intervalOf(times),
    present: now.start.zone === null ? null : intervalOf(now),
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

function intervalOf({ start, end }: EventTimes): Interval {
  return { start: start.instant, end: end.instant };
}

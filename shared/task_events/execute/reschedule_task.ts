import { CODES, responseCode } from "@shared/failures/codes.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { FailureError, rejection } from "@shared/failures/failure.ts";
import { issueText } from "@shared/failures/issues.ts";
import { STORED_TASK } from "@shared/schemas/task.ts";
import { beginEventChange, isUnwritten, settleTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow, TaskRow } from "@shared/database/task_events.ts";
import type { GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { openAccount } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { startOfTask, WANTED_EVENT } from "../plan/compose_task_event.ts";
import { shownCalendarTime } from "@shared/time/shown_time.ts";
import { instantIso, readMoment, rfc3339 } from "@shared/time/wall_time.ts";
import { eventColumns } from "./event_columns.ts";
import { findClashes } from "./find_clashes.ts";
import type { ClashCheck, Clashes } from "./find_clashes.ts";
import { otherGuests, ownershipOf } from "../plan/ownership.ts";
import { rescheduleDecision } from "../plan/reschedule_decision.ts";
import type { RescheduleDecision } from "../plan/reschedule_decision.ts";
import { findPlace, followMove } from "./locate_task_event.ts";
import { scheduleTask } from "./schedule_task.ts";
import { eventNotFound } from "./read_change_state.ts";
import { updateEvent } from "./update_event.ts";

export interface RescheduledTask {
  task_id: string;
  status: "created" | "updated" | "skipped" | "failed";
  /** Why, as a code and as a sentence. */
  code: string;
  message: string;
  event_id?: string;
  event_link?: string | null;
  start_time?: string;
  end_time?: string;
  sendUpdates?: string;
  warnings?: Clashes["warnings"];
  alternatives?: Clashes["alternatives"];
}

const SENTENCES = {
  not_organizer: "Another account organizes this event, so it was left unchanged.",
  organizer_unknown: CODES.organizer_unknown.message,
  recurring_with_guests: CODES.recurring_with_guests.message,
} as const;

/** Moves a task's event to the task's time, if that is allowed; the result has the reason. */
export async function rescheduleTask(
  dependencies: TaskEventDependencies,
  { task, event }: { task: TaskRow; event: TaskEventRow | null },
  requested: { start_time?: string | undefined; duration_minutes?: number | undefined },
  /** Null: conflicts are ignored, and no calendar is read for them. */
  check: ClashCheck | null,
): Promise<RescheduledTask> {
  const stored = STORED_TASK.safeParse(task);
  if (!stored.success) return failed(task, rejection("invalid_request", issueText(stored.error)));
  const start_time = requested.start_time ?? task.start_date;
  if (start_time === null) {
    return failed(task, rejection("invalid_request", "The task has no start_date."));
  }
  const duration_minutes = requested.duration_minutes ?? task.duration_minutes;
  try {
    let known = event;
    let decision = decide(task, known, false);
    if (decision.action === "read_organizer" && known !== null) {
      known = await readOwnership(dependencies, known);
      decision = decide(task, known, true);
    }
    switch (decision.action) {
      case "create":
        return await create(dependencies, task, { start_time, duration_minutes });
      case "skip":
        return skipped(task, decision.code, known);
      default:
        return await move(dependencies, task, known, { start_time, duration_minutes }, check);
    }
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    if (isSkip(thrown.code)) return skipped(task, thrown.code, event);
    return failed(task, thrown.code === "event_not_found" ? deletedOnGoogle() : thrown.failure);
  }
}

function decide(task: TaskRow, event: TaskEventRow | null, was_read: boolean): RescheduleDecision {
  return rescheduleDecision({
    // A row that waits for its event is finished by scheduling it.
    has_event: event !== null && !isUnwritten(event),
    ownership: ownershipOf(event?.organizer_self ?? null),
    was_read,
    is_recurring: task.task_type === "recurring" || event?.is_master_event === true,
    has_other_guests: otherGuests((event?.attendees ?? []) as GoogleAttendee[]).length > 0,
  });
}

async function create(
  dependencies: TaskEventDependencies,
  task: TaskRow,
  wanted: { start_time: string; duration_minutes: number },
): Promise<RescheduledTask> {
  const { event } = await scheduleTask(
    dependencies,
    task.id,
    { kind: "user", user_id: task.user_id },
    wanted,
  );
  return {
    task_id: task.id,
    status: "created",
    code: "created",
    message: "The task had no event, so one was created.",
    ...named(event),
  };
}

async function move(
  dependencies: TaskEventDependencies,
  task: TaskRow,
  event: TaskEventRow | null,
  { start_time, duration_minutes }: { start_time: string; duration_minutes: number },
  /** Null: conflicts are ignored, and no calendar is read for them. */
  check: ClashCheck | null,
): Promise<RescheduledTask> {
  if (event === null) throw eventNotFound("");
  const zone = event.timezone ?? "UTC";
  const times = timesFor(task, event, start_time, duration_minutes);
  // Before the event moves: afterwards the guests would be busy with itself.
  const clashes = times.end_time === undefined || check === null
    ? { warnings: [], alternatives: [] }
    : await findClashes(dependencies, event, { ...times, end_time: times.end_time }, check);
  const changed = await updateEvent(dependencies, task.user_id, {
    event_id: event.calendar_event_id,
    calendar_id: event.calendar_id,
    ...times,
    ...(event.is_all_day ? {} : { timeZone: zone }),
    update_scope: "all",
  }, { guard: refuseSharedSeries, only_if_moved: true });
  if (changed.kind === "unchanged") {
    return {
      task_id: task.id,
      status: "skipped",
      code: "unchanged",
      message: "The event is at the time of its task already. Nothing was changed.",
      event_id: changed.event.id,
      event_link: changed.event.htmlLink ?? null,
      ...timesShown(changed.event),
    };
  }
  if (changed.kind !== "changed") throw new Error("A change without preview was previewed");
  const { plan, result } = changed;
  return {
    task_id: task.id,
    status: "updated",
    code: "rescheduled",
    message: plan.sendUpdates === "none"
      ? "The event was moved. It has no other guests."
      : "The event was moved, and its guests are notified.",
    event_id: result.event.id,
    event_link: result.event.htmlLink ?? null,
    ...timesShown(result.event),
    sendUpdates: plan.sendUpdates,
    ...(clashes.warnings.length === 0 ? {} : clashes),
  };
}

function timesFor(
  task: TaskRow,
  event: TaskEventRow,
  start_time: string,
  duration_minutes: number,
): { start_time: string; end_time?: string } {
  const given = event.is_all_day ? start_time.slice(0, 10) : start_time;
  const wanted = WANTED_EVENT.safeParse(event.wanted ?? {}).data ?? {};
  const moment = readMoment(given, event.timezone ?? "UTC");
  const start = event.is_master_event ? startOfTask(task, wanted, moment) : moment;
  if (start.zone === null) return { start_time: rfc3339(start) };
  return {
    start_time: instantIso(start),
    end_time: instantIso({ ...start, instant: start.instant + duration_minutes * 60_000 }),
  };
}

function timesShown({ start, end }: GoogleEvent) {
  const [start_time, end_time] = [shownCalendarTime(start), shownCalendarTime(end)];
  return {
    ...(start_time === null ? {} : { start_time }),
    ...(end_time === null ? {} : { end_time }),
  };
}

/** Our row may not know yet whom others have invited. */
function refuseSharedSeries(event: GoogleEvent): void {
  if (event.recurrence === undefined || otherGuests(event.attendees ?? []).length === 0) return;
  throw new FailureError(rejection("recurring_with_guests"));
}

/** Asks Google once whose event it is, and keeps the answer. */
async function readOwnership(
  dependencies: TaskEventDependencies,
  row: TaskEventRow,
): Promise<TaskEventRow> {
  const account = await openAccount(dependencies, row.user_id);
  const place = await findPlace(account, row.calendar_id, row.calendar_event_id);
  if (place === null) throw eventNotFound(row.calendar_event_id);
  const { calendar_id } = place;
  await followMove(account, row, calendar_id);
  const columns = eventColumns(place.event, dependencies.now());
  const begun = await beginEventChange(dependencies.database, { ...row, calendar_id });
  if (begun.decision === "claimed" && begun.event !== null) {
    await settleTaskEvent(dependencies.database, begun.event, {
      columns,
      // An unfinished change of this event stays due.
      ...(begun.event.pending_change === null
        ? {}
        : { due_again: { verdict: "defer", not_before_seconds: 0 } }),
    });
  }
  return { ...row, ...columns, calendar_id };
}

function named(event: TaskEventRow | null): Pick<RescheduledTask, "event_id" | "event_link"> {
  return event === null ? {} : { event_id: event.calendar_event_id, event_link: event.event_link };
}

function isSkip(code: string): code is keyof typeof SENTENCES {
  return Object.hasOwn(SENTENCES, code);
}

function skipped(
  task: TaskRow,
  code: keyof typeof SENTENCES,
  event: TaskEventRow | null,
): RescheduledTask {
  return {
    task_id: task.id,
    status: "skipped",
    code,
    message: SENTENCES[code],
    ...named(event),
  };
}

/** A person deleted the event, so it is not created again automatically. */
function deletedOnGoogle(): Failure {
  return rejection(
    "event_not_found",
    "The task's event is no longer on Google Calendar. Schedule the task again to create a new event.",
  );
}

function failed(task: TaskRow, { code, message }: Failure): RescheduledTask {
  return { task_id: task.id, status: "failed", code: responseCode(code), message };
}

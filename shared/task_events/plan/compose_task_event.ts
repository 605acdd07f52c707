import * as z from "zod/mini";
import type { TaskRow } from "@shared/database/task_events.ts";
import { escapeHtml } from "@shared/google/description.ts";
import type { EventInput } from "@shared/google/event.ts";
import { INVITED_ASSIGNEES } from "@shared/schemas/assignees.ts";
import { DAY_OR_INSTANT, idOf, minutes, TIMEZONE } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { DESCRIPTION } from "@shared/schemas/description.ts";
import { RECURRENCE_PATTERNS, taskSeries } from "./task_series.ts";
import type { RecurrencePattern, TaskSeries } from "./task_series.ts";
import {
  DAY_MS,
  googleTime,
  occurrenceStart,
  readMoment,
  wallTimeOf,
} from "@shared/time/wall_time.ts";
import type { EventMoment } from "@shared/time/wall_time.ts";

/**
 * What a task's event is to be, under the names that callers use. What is absent is the task's own, but `assignees`, who
 * are named by their addresses here.
 */
export const WANTED_EVENT = z.strictObject({
  start_time: z.optional(DAY_OR_INSTANT),
  duration_minutes: z.optional(minutes(1, 525_600)),
  calendar_id: z.optional(idOf(LIMITS.event_id_characters)),
  description: z.optional(DESCRIPTION),
  color_id: z.optional(
    z.string().check(z.regex(/^\d{1,2}$/, "Expected the id of a Google Calendar colour, e.g. 9")),
  ),
  timeZone: z.optional(TIMEZONE),
  recurrence_pattern: z.optional(z.enum(RECURRENCE_PATTERNS)),
  recurrence_ends: z.optional(DAY_OR_INSTANT),
  assignees: z.optional(INVITED_ASSIGNEES),
});

export type WantedEvent = z.output<typeof WANTED_EVENT>;

/** The event of a task as Google takes it, without id; null when it has no start. */
export function composeTaskEvent(
  task: TaskRow,
  wanted: WantedEvent,
  organizer_email: string,
): EventInput | null {
  const starts = wanted.start_time ?? task.start_date;
  if (starts === null || starts === undefined) return null;
  const given = readMoment(starts, wanted.timeZone ?? "UTC");
  const length_ms = (wanted.duration_minutes ?? task.duration_minutes) * 60_000;
  const series = seriesOf(task, wanted, given);
  const start = startOfTask(task, wanted, given);
  const description = wanted.description ?? task.description;
  return {
    summary: task.title,
    ...(description === null ? {} : { description: escapeHtml(description) }),
    ...(wanted.color_id === undefined ? {} : { colorId: wanted.color_id }),
    start: googleTime(start),
    end: googleTime(endOf(start, length_ms)),
    ...(series === null ? {} : { recurrence: series.recurrence }),
    ...attendeesOf(wanted, organizer_email),
  };
}

/** The task's user organizes the event and is not invited to it. */
function attendeesOf(
  { assignees = [] }: WantedEvent,
  organizer_email: string,
): Pick<EventInput, "attendees"> {
  const attendees = assignees
    .filter(({ email }) => email.toLowerCase() !== organizer_email.toLowerCase())
    .map(({ email, name, optional }) => ({
      email,
      ...(name === undefined ? {} : { displayName: name }),
      ...(optional === true ? { optional } : {}),
    }));
  return attendees.length === 0 ? {} : { attendees };
}

/** When the event of a task starts: at the time that was given, or on the first day after it that its pattern has. */
export function startOfTask(task: TaskRow, wanted: WantedEvent, given: EventMoment): EventMoment {
  const series = seriesOf(task, wanted, given);
  return series === null ? given : occurrenceStart(given, series.start.wall);
}

/** The RRULE of a task that repeats, from the time that was given on; null: it does not. */
export function recurrenceOfTask(
  task: TaskRow,
  wanted: WantedEvent,
  given: EventMoment,
): string[] | null {
  return seriesOf(task, wanted, given)?.recurrence ?? null;
}

/** How the task repeats, if it does: the wall clock of its zone then matters. */
export function patternOf(task: TaskRow, wanted: WantedEvent): RecurrencePattern | undefined {
  return wanted.recurrence_pattern ??
    RECURRENCE_PATTERNS.find((known) => known === task.recurrence_pattern);
}

/** What an application's own table may say of a single task where ours has null. */
const NO_PATTERN: readonly (string | null)[] = [null, "", "none", "never", "once"];

/** The pattern of a task that is none of ours: an application's own table may have others. */
export function unknownPattern(task: TaskRow, wanted: WantedEvent): string | null {
  if (patternOf(task, wanted) !== undefined) return null;
  const { recurrence_pattern, task_type } = task;
  // An adopted table may lack the columns.
  const pattern = recurrence_pattern ?? null;
  return task_type !== "recurring" && NO_PATTERN.includes(pattern) ? null : pattern;
}

/** The day or instant after which the series of a task has no occurrence. */
export function endOfSeries(task: TaskRow, wanted: WantedEvent): string | null {
  return wanted.recurrence_ends ?? task.recurrence_ends ?? null;
}

function seriesOf(task: TaskRow, wanted: WantedEvent, given: EventMoment): TaskSeries | null {
  const pattern = patternOf(task, wanted);
  if (pattern === undefined) return null;
  return taskSeries(pattern, wallTimeOf(given), endOfSeries(task, wanted));
}

/** `end.date` is exclusive, and a whole day is the least. */
function endOf({ instant, zone }: EventMoment, length_ms: number): EventMoment {
  const length = zone === null ? Math.max(1, Math.ceil(length_ms / DAY_MS)) * DAY_MS : length_ms;
  return { instant: instant + length, zone };
}

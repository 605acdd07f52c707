import * as z from "zod/mini";
import type { TaskRow } from "@shared/database/task_events.ts";
import { escapeHtml } from "@shared/google/description.ts";
import type { EventInput } from "@shared/google/event.ts";
import { DAY_OR_INSTANT, minutes, TIMEZONE } from "@shared/schemas/fields.ts";
import { RECURRENCE_PATTERNS, taskSeries } from "./task_series.ts";
import type { RecurrencePattern } from "./task_series.ts";
import { DAY_MS, googleTime, readMoment } from "@shared/time/wall_time.ts";
import type { EventMoment } from "@shared/time/wall_time.ts";

export const TEXT = z.string().check(z.maxLength(8000, "Expected at most 8000 characters"));

/** What a task's event is to be, under the names that callers use. What is absent is the task's own. */
export const WANTED_EVENT = z.strictObject({
  start_time: z.optional(DAY_OR_INSTANT),
  duration_minutes: z.optional(minutes(1, 525_600)),
  calendar_id: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
  description: z.optional(TEXT),
  color_id: z.optional(
    z.string().check(z.regex(/^\d{1,2}$/, "Expected the id of a Google Calendar colour, e.g. 9")),
  ),
  timeZone: z.optional(TIMEZONE),
  recurrence_pattern: z.optional(z.enum(RECURRENCE_PATTERNS)),
  recurrence_ends: z.optional(DAY_OR_INSTANT),
});

export type WantedEvent = z.output<typeof WANTED_EVENT>;

/** The event of a task as Google takes it, without id; null when it has no start. */
export function composeTaskEvent(task: TaskRow, wanted: WantedEvent): EventInput | null {
  const starts = wanted.start_time ?? task.start_date;
  if (starts === null || starts === undefined) return null;
  const wished = readMoment(starts, wanted.timeZone ?? "UTC");
  const length_ms = (wanted.duration_minutes ?? task.duration_minutes) * 60_000;
  const pattern = patternOf(task, wanted);
  const series = pattern === undefined
    ? { start: wished, recurrence: [] }
    : taskSeries(pattern, wished, wanted.recurrence_ends ?? task.recurrence_ends);
  const description = wanted.description ?? task.description;
  return {
    summary: task.title,
    ...(description === null ? {} : { description: escapeHtml(description) }),
    ...(wanted.color_id === undefined ? {} : { colorId: wanted.color_id }),
    start: googleTime(series.start),
    end: googleTime(endOf(series.start, length_ms)),
    ...(series.recurrence.length === 0 ? {} : { recurrence: series.recurrence }),
  };
}

/** How the task repeats, if it does: the wall clock of its zone then matters. */
export function patternOf(task: TaskRow, wanted: WantedEvent): RecurrencePattern | undefined {
  return wanted.recurrence_pattern ??
    RECURRENCE_PATTERNS.find((known) =>
      task.task_type === "recurring" && known === task.recurrence_pattern
    );
}

/** The pattern of a recurring task that is none of ours: an application's own table may have others. */
export function unknownPattern(task: TaskRow, wanted: WantedEvent): string | null {
  const is_unknown = task.task_type === "recurring" && patternOf(task, wanted) === undefined;
  return is_unknown ? task.recurrence_pattern : null;
}

/** `end.date` is exclusive, and a whole day is the least. */
function endOf({ wall, zone }: EventMoment, length_ms: number): EventMoment {
  const length = zone === null ? Math.max(1, Math.ceil(length_ms / DAY_MS)) * DAY_MS : length_ms;
  return { wall: wall + length, zone };
}

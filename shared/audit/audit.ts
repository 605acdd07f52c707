import {
  listAuditableCalendars,
  listAuditableMeetings,
  listAuditableTaskEvents,
  listFailedSearches,
} from "@shared/database/audits.ts";
import type { FailedSearch } from "@shared/database/audits.ts";
import { auditCalendar } from "./audit_calendar.ts";
import { auditMeeting } from "./audit_meeting.ts";
import { auditTaskEvent } from "./audit_task_event.ts";
import { toDecide } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { looker } from "./look.ts";
import type { AuditDependencies } from "./look.ts";

/** Google allows a user 600 requests a minute for everything; this leaves room for the meetings themselves. */
const CONCURRENT = 8;
/** No slice is begun later than this; a function has 150 s in all. */
const LAST_SLICE_MS = 90_000;

export interface AuditRequest {
  /** Meetings, and on a first page also calendars, to compare. */
  limit: number;
  /** The `next_after` of the page before. */
  after: string | null;
  /** Only these. */
  meeting_ids: readonly string[] | null;
  repair: boolean;
  /** Events that are deleted on Google Calendar if they are orphaned. */
  delete_orphaned: readonly string[];
}

export interface Audit {
  findings: Finding[];
  meetings_checked: number;
  /** Null: this was the last page. */
  next_after: string | null;
  /** Calendars that were searched for orphaned events; null for a later page or given meetings. */
  calendars: { checked: number; of: number } | null;
}

/**
 * Compares a page of rows with Google Calendar, and with the first page the calendars with the rows.
 * With `repair` rows are updated with what Google returns of their events, and what was given up goes
 * back into the queue. Only `delete_orphaned` writes to Google.
 */
export async function audit(
  dependencies: AuditDependencies,
  { limit, after, meeting_ids, repair, delete_orphaned }: AuditRequest,
): Promise<Audit> {
  const { database, now } = dependencies;
  const look = looker(dependencies);
  const end = now().getTime() + LAST_SLICE_MS;
  const hasTime = () => now().getTime() < end;

  const rows = await listAuditableMeetings(database, { limit, after, meeting_ids });
  const meetings = await inSlices(
    rows,
    hasTime,
    (row) => auditMeeting(dependencies, look, row, repair),
  );
  const last = rows[meetings.done - 1];
  const isLast = meetings.done === rows.length && rows.length < limit;

  const isFirst = after === null && meeting_ids === null;
  const listed = isFirst ? await listAuditableCalendars(database, limit) : [];
  const calendars = await inSlices(
    listed,
    hasTime,
    (one) => auditCalendar(dependencies, look, one, new Set(delete_orphaned)),
  );
  const searches = isFirst ? await listFailedSearches(database, limit) : [];
  return {
    findings: [...meetings.results, ...searches.map(searchFailed), ...calendars.results],
    meetings_checked: meetings.done,
    next_after: isLast || meeting_ids !== null ? null : last?.meeting_id ?? null,
    calendars: isFirst ? { checked: calendars.done, of: listed[0]?.calendars ?? 0 } : null,
  };
}

export interface TaskAudit {
  findings: Finding[];
  task_events_checked: number;
  /** Null: this was the last page. */
  next_after: string | null;
}

export interface TaskAuditRequest extends Pick<AuditRequest, "limit" | "after" | "repair"> {
  /** Only these rows of task_calendar_events. */
  ids: readonly string[] | null;
}

/** Compares a page of the rows of tasks' events with Google Calendar, to which it writes nothing. */
export async function auditTasks(
  dependencies: AuditDependencies,
  { limit, after, ids, repair }: TaskAuditRequest,
): Promise<TaskAudit> {
  const { database, now } = dependencies;
  const look = looker(dependencies);
  const end = now().getTime() + LAST_SLICE_MS;
  const rows = await listAuditableTaskEvents(database, { limit, after, ids });
  const { results, done } = await inSlices(
    rows,
    () => now().getTime() < end,
    (row) => auditTaskEvent(dependencies, look, row, repair),
  );
  const isLast = done === rows.length && rows.length < limit;
  return {
    findings: results,
    task_events_checked: done,
    next_after: isLast || ids !== null ? null : rows[done - 1]?.id ?? null,
  };
}

function searchFailed(search: FailedSearch): Finding {
  const { meeting_id, title, scheduling_error, scheduling_reason } = search;
  return toDecide("search_failed", {
    meeting_id,
    title,
    google_calendar_id: "-",
    event_ids: [],
    message: `The search for a time failed (${scheduling_error ?? "unknown"}). ${
      scheduling_reason ?? ""
    }`.trim(),
  });
}

/** A few at a time, until all are done or time is up. */
async function inSlices<T>(
  items: readonly T[],
  hasTime: () => boolean,
  examine: (item: T) => Promise<Finding[]>,
): Promise<{ results: Finding[]; done: number }> {
  const results: Finding[] = [];
  let done = 0;
  while (done < items.length && hasTime()) {
    const slice = items.slice(done, done + CONCURRENT);
    results.push(...(await Promise.all(slice.map(examine))).flat());
    done += slice.length;
  }
  return { results, done };
}

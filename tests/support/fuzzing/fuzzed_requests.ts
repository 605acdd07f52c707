import { MONDAY, WEEK } from "../meetings.ts";
import type { Json } from "./hostile_body.ts";

/** One thing that a caller can ask for, with a body (or query) that would be accepted. */
export interface FuzzedRequest {
  /** How often among all: bodies that reach a search or Google cost more. */
  weight: number;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the address of the project: functions/v1/... or rest/v1/... */
  path: string;
  /** Sent as the body, or for GET and DELETE without one as the query. */
  template: Json;
  in_query?: boolean;
  as: "user" | "key";
}

/** What the attacker has, and may name of the victim. */
export interface Known {
  user_id: string;
  email: string;
  meeting_id: string;
  task_id: string;
  event_id: string;
  target_id: string;
  sharing_id: string;
  victim: { user_id: string; email: string; meeting_id: string; task_id: string; event_id: string };
}

const BUSY = { start: `${MONDAY}T10:00:00Z`, end: `${MONDAY}T11:00:00+00:00`, tentative: true };
const PERSON = {
  email: "ana@north.example",
  name: "Ana",
  type: "optional",
  timezone: "Europe/Paris",
  calendar_ids: ["primary"],
  open_hours: [{ days: ["monday"], start: "09:00", end: "17:00", timezone: "UTC" }],
  buffer: { before: 5, after: 5 },
  busy: [BUSY],
  exdates: ["2035-01-09"],
  lunch: { start: "12:00", end: "13:00" },
  preferences: {
    preferred_days: ["monday"],
    preferred_hours_start: 9,
    preferred_hours_end: 12.5,
    morning_person_score: 0.5,
    event_categories: { review: { preferred_days: ["friday"] } },
  },
};
const SUMMARY = {
  email: "ben@north.example",
  is_required: false,
  calendar_summary: {
    user_id: "ben",
    timezone: "UTC",
    busy_slots: [BUSY],
    preference_patterns: { preferred_days: ["monday"], buffer_minutes: 5 },
    peak_meeting_hours: [10],
  },
};
const CONSTRAINTS = {
  ...WEEK,
  allowed_days: ["monday", "tuesday"],
  buffer_minutes: 5,
  max_candidates: 3,
  holiday_dates: ["2035-01-10"],
  event_category: "review",
  interval_minutes: 30,
  minimum_notice_minutes: 10,
  minimum_attendee_percentage: 50,
  on_unknown: "ignore",
  priority: "soonest",
  lunch: null,
  recurrence_horizon: 4,
};

/** Everything that a caller can send a body to: every function and every table that users write. */
export function fuzzedRequests(known: Known): readonly FuzzedRequest[] {
  const { victim } = known;
  const meeting = {
    participants: [PERSON, SUMMARY],
    constraints: CONSTRAINTS,
    recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"],
    weights: { availability: 40 },
    title: "Review",
    description: "Of the plan",
    location: "Room 1",
    conference: "meet",
    reminders: [{ method: "email", minutes: 10 }],
    guests_can_modify: false,
  };
  const columns = { ...meeting, target_calendar_id: "primary" };
  const slot = {
    starts_at: `${MONDAY}T10:00:00Z`,
    ends_at: `${MONDAY}T10:30:00Z`,
    timezone: "UTC",
  };
  const dry = { ...meeting, dry_run: true };
  const task = {
    title: "Report",
    description: "Write it",
    start_date: `${MONDAY}T09:00:00Z`,
    duration_minutes: 30,
    task_type: "recurring",
    recurrence_pattern: "weekly",
    recurrence_ends: "2035-03-01",
    status: "backlog",
  };
  const change = {
    event_id: known.event_id,
    calendar_id: "primary",
    start_time: `${MONDAY}T09:00:00Z`,
    end_time: `${MONDAY}T10:00:00Z`,
    summary: "Report",
    attendees: [{ email: "ana@north.example", displayName: "Ana", optional: true }],
    timeZone: "UTC",
    recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
    update_scope: "all",
    instance_date: MONDAY,
    sendUpdates: "none",
    preview: true,
  };
  const wanted = {
    task_id: known.task_id,
    start_time: `${MONDAY}T09:00:00Z`,
    duration_minutes: 30,
    calendar_id: "primary",
    color_id: "9",
    timeZone: "UTC",
    recurrence_pattern: "weekly",
    recurrence_ends: "2035-03-01",
  };
  const target = { kind: "slack", address: "https://hooks.north.example/x", events: ["created"] };
  const sharing = { grantee_kind: "person", grantee: "ana@north.example", level: "busy" };
  const post = (path: string, template: Json, weight: number): FuzzedRequest => ({
    weight,
    method: "POST",
    path,
    template,
    as: "user",
  });
  const query = (
    method: "GET" | "DELETE" | "PATCH",
    path: string,
    template: Json,
    weight: number,
  ): FuzzedRequest => ({ weight, method, path, template, in_query: true, as: "user" });
  const byKey = (path: string, template: Json, weight: number): FuzzedRequest => ({
    ...post(path, template, weight),
    as: "key",
  });
  return [
    post("functions/v1/schedule", dry, 14),
    post("functions/v1/schedule", { ...dry, meeting_id: known.meeting_id, reschedule: true }, 4),
    post("functions/v1/schedule", { ...meeting, meeting_id: victim.meeting_id }, 3),
    post("functions/v1/schedule", { participant_emails: [known.email], constraints: WEEK }, 3),
    post(
      "functions/v1/schedule/alternatives",
      { meeting_id: victim.meeting_id, max_candidates: 3 },
      3,
    ),
    post("functions/v1/write-back", { meeting_id: victim.meeting_id }, 3),
    post("functions/v1/write-back", { batch: true, limit: 1 }, 1),
    {
      ...post("functions/v1/meetings", { ...columnsOfChange(victim.meeting_id), ...slot }, 4),
      method: "PATCH",
    },
    query("DELETE", "functions/v1/meetings", { meeting_id: victim.meeting_id }, 3),
    post("functions/v1/meetings/requeue", { meeting_id: victim.meeting_id }, 3),
    post(
      "functions/v1/meetings/moves",
      { meeting_id: victim.meeting_id, decision: "accept", start_time: slot.starts_at },
      3,
    ),
    query("GET", "functions/v1/status", { meeting_id: victim.meeting_id, attempts: "true" }, 3),
    query("GET", "functions/v1/status", { limit: "5", cursor: "WyIyMDM1IiwieCJd" }, 3),
    query("GET", "functions/v1/write-back", { meeting_id: victim.meeting_id }, 2),
    post("functions/v1/sync-organizer", { event_ids: [victim.event_id] }, 3),
    post("functions/v1/sync-organizer", { backfill: true, limit: 5 }, 1),
    post("functions/v1/task-events/sync-organizer", { task_ids: [victim.task_id] }, 2),
    post("functions/v1/task-events/schedule", wanted, 5),
    post("functions/v1/task-events/schedule", { ...wanted, task_id: victim.task_id }, 2),
    { ...post("functions/v1/task-events/update", change, 5), method: "PATCH" },
    post("functions/v1/task-events/update", { ...change, event_id: victim.event_id }, 2),
    post("functions/v1/task-events/delete", { event_id: victim.event_id, update_scope: "all" }, 2),
    query("DELETE", "functions/v1/task-events", { event_id: victim.event_id, calendar_id: "x" }, 3),
    post("functions/v1/task-events/reschedule", {
      tasks: [{ task_id: known.task_id, start_time: `${MONDAY}T09:00:00Z`, duration_minutes: 30 }],
    }, 3),
    post("functions/v1/task-events/reschedule", { task_ids: [victim.task_id, known.task_id] }, 2),
    query("GET", "functions/v1/task-events/events", {
      timeMin: MONDAY,
      timeMax: "2035-01-12",
      q: "report",
    }, 3),
    post("functions/v1/google-auth/initiate", { return_url: "http://127.0.0.1/app" }, 2),
    post("functions/v1/google-auth/complete", { code: "x" }, 2),
    post("functions/v1/google-auth/sharing", sharing, 4),
    query("DELETE", "functions/v1/google-auth/sharing", { id: known.sharing_id }, 2),
    query("GET", "functions/v1/google-auth", { check: "false" }, 1),
    post("functions/v1/mcp", {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "meeting_status", arguments: { meeting_id: victim.meeting_id } },
    }, 3),
    byKey("functions/v1/operations/requeue", { kind: "write", id: "unknown" }, 2),
    byKey("functions/v1/schedule", { ...dry, participants: [PERSON] }, 3),
    byKey("functions/v1/schedule", { batch: true, limit: 2 }, 1),
    byKey("functions/v1/write-back", { batch: true, limit: 2 }, 1),
    byKey("functions/v1/write-back", { audit: true, limit: 1, after: "z" }, 2),
    byKey("functions/v1/schedule/conflicts", { batch: true, limit: 1 }, 1),
    byKey("functions/v1/meetings/meet-links", { batch: true, limit: 1 }, 1),
    byKey("functions/v1/notify", { batch: true, limit: 1 }, 1),
    byKey("functions/v1/task-events", { batch: true, limit: 1 }, 1),
    byKey("functions/v1/schedule", {
      type: "INSERT",
      table: "meetings",
      schema: "public",
      record: { meeting_id: "unknown" },
    }, 1),
    post("rest/v1/meetings", columns, 12),
    post("rest/v1/meetings", { ...columns, ...slot, meeting_id: victim.meeting_id }, 4),
    post("rest/v1/meetings", [{ ...columns, organizer_user_id: victim.user_id }], 3),
    post("rest/v1/tasks", task, 6),
    post("rest/v1/tasks", { ...task, id: victim.task_id }, 3),
    { ...post(`rest/v1/tasks?id=eq.${known.task_id}`, task, 4), method: "PATCH" },
    { ...post(`rest/v1/tasks?id=eq.${victim.task_id}`, task, 2), method: "PATCH" },
    post("rest/v1/notification_targets", { ...target, enabled: false }, 4),
    {
      ...post(`rest/v1/notification_targets?target_id=eq.${known.target_id}`, target, 3),
      method: "PATCH",
    },
    post("rest/v1/availability_sharing", { ...sharing, expires_at: `${MONDAY}T00:00:00Z` }, 5),
    {
      ...post(`rest/v1/availability_sharing?id=eq.${known.sharing_id}`, {
        level: "habits",
        expires_at: `${MONDAY}T00:00:00Z`,
      }, 3),
      method: "PATCH",
    },
  ];
}

function columnsOfChange(meeting_id: string) {
  return { meeting_id, title: "Review", participants: [PERSON], expected_version: 1 };
}

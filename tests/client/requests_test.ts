import assert from "node:assert/strict";
import type * as z from "zod/mini";
import { ASSIGNEES } from "@shared/schemas/assignees.ts";
import { AUTO_RESCHEDULE } from "@shared/schemas/auto_reschedule.ts";
import { AVAILABILITY_SHARING } from "@shared/schemas/availability_sharing.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { GROUP } from "@shared/schemas/group.ts";
import { PARTICIPANT_INPUT } from "@shared/schemas/participant.ts";
import { PREFERENCES } from "@shared/schemas/preferences.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";
import { WANTED_EVENT } from "@shared/task_events/plan/compose_task_event.ts";
import { DELETION_REQUEST, EVENT_CHANGE } from "@shared/task_events/plan/change_request.ts";
import { SYNC_ORGANIZER_REQUEST } from "@shared/task_events/sync_organizer_request.ts";
import { CHANGE_REQUEST } from "../../supabase/functions/meetings/change_request.ts";
import { SCHEDULE_REQUEST } from "../../supabase/functions/schedule/request.ts";
import type {
  AutoReschedule,
  ChangeRequest,
  ChangeTaskEventRequest,
  Constraints,
  DeleteTaskEventRequest,
  Participant,
  ParticipantGroup,
  ParticipantPreferences,
  ScheduleRequest,
  ScheduleTaskRequest,
  SharingRequest,
  SyncOrganizerRequest,
  Weights,
} from "../../client/mod.ts";

/** Every field of a type, as a caller may send it. */
type Full<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

const ANN = "ann@north.example";

const CONSTRAINTS_SENT: Full<Constraints> = {
  duration_minutes: 45,
  earliest_date: "2035-01-08",
  latest_date: "2035-01-12",
  working_hours_start: 8.5,
  working_hours_end: 18,
  allowed_days: ["monday", "friday"],
  buffer_minutes: 10,
  timezone: "Europe/Paris",
  max_candidates: 5,
  holiday_dates: ["2035-01-10"],
  event_category: "review",
  interval_minutes: 15,
  minimum_notice_minutes: 60,
  tentative_as_busy: false,
  minimum_attendee_percentage: 50,
  on_unknown: "ignore_optional",
  priority: "focus",
  lunch: { start: "12:00", end: "13:00" },
  recurrence_horizon: 4,
};

const PREFERENCES_SENT: Full<ParticipantPreferences> = {
  preferred_days: ["tuesday"],
  preferred_hours_start: 10,
  preferred_hours_end: 16,
  avoid_back_to_back: true,
  morning_person_score: 0.7,
  event_categories: { review: { preferred_days: ["thursday"] } },
};

const PARTICIPANT_SENT: Full<Participant> = {
  email: ANN,
  name: "Ann",
  type: "optional",
  timezone: "Europe/Berlin",
  calendar_ids: ["primary"],
  open_hours: [{ days: ["monday"], start: "09:00", end: "24:00", timezone: "UTC" }],
  buffer: { before: 5, after: 10 },
  busy: [{ start: "2035-01-08T09:00:00Z", end: "2035-01-08T10:00:00Z", tentative: true }],
  exdates: ["2035-01-09"],
  lunch: null,
  preferences: PREFERENCES_SENT,
  is_required: false,
};

const GROUP_SENT: Full<ParticipantGroup> = {
  any_of: [ANN, { email: "ben@north.example" }],
  count: 1,
  name: "reviewers",
  type: "required",
  chosen: [ANN],
};

const WEIGHTS_SENT: Full<Weights> = {
  availability: 20,
  preference: 20,
  conflict_proximity: 20,
  fragmentation: 20,
  optimization: 20,
};

const AUTO_SENT: Full<Exclude<AutoReschedule, false>> = {
  on: "quorum_lost",
  quorum: 60,
  max_moves: 2,
  freeze_hours: 24,
  cooldown_minutes: 60,
  approve: true,
  window_days: 14,
};

const SCHEDULE_SENT: Full<ScheduleRequest> = {
  meeting_id: "m-1",
  participants: [ANN, PARTICIPANT_SENT],
  participant_emails: [ANN],
  constraints: CONSTRAINTS_SENT,
  recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
  weights: WEIGHTS_SENT,
  allow_concessions: true,
  auto_reschedule: AUTO_SENT,
  on_conflict: "reschedule",
  title: "Review",
  description: "Numbers",
  location: "Room 4",
  description_details: "none",
  locale: "de-AT",
  conference: "none",
  reminders: [{ method: "popup", minutes: 5 }],
  guests_can_modify: true,
  guests_can_invite_others: false,
  guests_can_see_other_guests: false,
  google_calendar_id: "primary",
  reschedule: true,
  organizer_user_id: "00000000-0000-4000-8000-000000000001",
};

const CHANGE_SENT: Full<ChangeRequest> = {
  meeting_id: "m-1",
  expected_version: 2,
  title: null,
  description: "Numbers",
  location: null,
  description_details: "full",
  participants: [ANN],
  participant_emails: [ANN],
  start_time: "2035-01-08T09:00:00Z",
  end_time: "2035-01-08T10:00:00Z",
  timezone: "UTC",
  conference: "meet",
  recurrence: null,
  constraints: CONSTRAINTS_SENT,
  weights: null,
  allow_concessions: false,
  locale: "de",
  google_calendar_id: "primary",
  reminders: null,
  auto_reschedule: false,
  on_conflict: "ignore",
  guests_can_modify: true,
  guests_can_invite_others: false,
  guests_can_see_other_guests: false,
};

const TASK_SENT: Full<ScheduleTaskRequest> = {
  task_id: "t-1",
  start_time: "2035-01-08",
  duration_minutes: 60,
  calendar_id: "primary",
  description: "Numbers",
  color_id: "9",
  timeZone: "Europe/Paris",
  recurrence_pattern: "biweekly",
  recurrence_ends: "2035-03-01",
  assignees: [ANN, { email: "ben@north.example", name: "Ben", optional: true }],
  constraints: CONSTRAINTS_SENT,
  on_conflict: "warn",
};

const TASK_CHANGE_SENT: Full<Extract<ChangeTaskEventRequest, { event_id: string }>> = {
  id: undefined as never,
  event_id: "e1",
  calendar_id: "primary",
  start_time: "2035-01-08T09:00:00Z",
  end_time: "2035-01-08T10:00:00Z",
  timeZone: "UTC",
  summary: "Report",
  description: "Numbers",
  location: "Room 4",
  attendees: [{ email: ANN, displayName: "Ann", optional: true, responseStatus: "accepted" }],
  recurrence: ["RRULE:FREQ=DAILY"],
  update_scope: "future",
  instance_date: "2035-01-09",
  sendUpdates: "externalOnly",
  confirm: true,
  on_conflict: "ignore",
  user_id: "00000000-0000-4000-8000-000000000001",
};

const DELETE_SENT: Full<Extract<DeleteTaskEventRequest, { event_id: string }>> = {
  id: undefined as never,
  event_id: "e1",
  calendar_id: "primary",
  update_scope: "single",
  instance_date: "2035-01-09T09:00:00Z",
  sendUpdates: "none",
  user_id: "00000000-0000-4000-8000-000000000001",
};

Deno.test("the client's requests of meetings have every field that the functions take, and no other", () => {
  sameFields(SCHEDULE_REQUEST, { ...SCHEDULE_SENT, dry_run: true });
  // The second spellings of starts and zones are for the origin's callers.
  sameFields(CHANGE_REQUEST, CHANGE_SENT, ["starts_at", "ends_at", "timeZone", "dry_run"]);
  sameFields(CONSTRAINTS, CONSTRAINTS_SENT);
  sameFields(optionOf(PARTICIPANT_INPUT, 1), PARTICIPANT_SENT, ["calendar_summary", "user_id"]);
  sameFields(GROUP, GROUP_SENT);
  sameFields(PREFERENCES, PREFERENCES_SENT);
  sameFields(WEIGHTS, WEIGHTS_SENT);
  sameFields(optionOf(AUTO_RESCHEDULE, 1), AUTO_SENT);
});

Deno.test("the client's requests of task events have every field that the functions take", () => {
  const { task_id: _, constraints: __, on_conflict: ____, ...wanted } = TASK_SENT;
  sameFields(WANTED_EVENT, wanted);
  sameFields(EVENT_CHANGE, withoutOwn(TASK_CHANGE_SENT));
  const { calendar_id: ___, ...deletion } = withoutOwn(DELETE_SENT);
  sameFields(DELETION_REQUEST, deletion);
});

Deno.test("the functions' schemas take the requests of the client", () => {
  const { participant_emails: _, ...schedule } = SCHEDULE_SENT;
  accepted(SCHEDULE_REQUEST, schedule);
  const { participant_emails: __, ...change } = CHANGE_SENT;
  accepted(CHANGE_REQUEST, change);
  accepted(GROUP, GROUP_SENT);
  const { task_id: ___, constraints, assignees, on_conflict: _____, ...wanted } = TASK_SENT;
  accepted(WANTED_EVENT, wanted);
  accepted(CONSTRAINTS, constraints);
  accepted(ASSIGNEES, assignees);
  accepted(EVENT_CHANGE, withoutOwn(TASK_CHANGE_SENT));
  const permissions: SharingRequest[] = [
    { grantee_kind: "person", grantee: ANN, level: "busy" },
    { grantee_kind: "domain", grantee: "north.example", level: "habits", expires_at: null },
    { grantee_kind: "everybody", expires_at: "2035-01-08T09:00:00Z" },
  ];
  for (const permission of permissions) accepted(AVAILABILITY_SHARING, permission);
  const synced: SyncOrganizerRequest[] = [
    { event_ids: ["e1"] },
    { task_ids: ["t-1"] },
    { meeting_id: "m-1" },
    { backfill: true, limit: 10 },
  ];
  for (const request of synced) accepted(SYNC_ORGANIZER_REQUEST, request);
});

/** Without the fields that the function takes off before the schema. */
function withoutOwn<
  T extends { id: unknown; user_id: string; confirm?: boolean; on_conflict?: string },
>(sent: T) {
  const { id: _, user_id: __, confirm: ___, on_conflict: ____, ...others } = sent;
  return others;
}

function accepted(schema: z.ZodMiniType, value: unknown): void {
  const parsed = schema.safeParse(value);
  assert.ok(parsed.success, JSON.stringify(parsed.error?.issues));
}

function sameFields(schema: z.ZodMiniType, sent: object, not_offered: string[] = []): void {
  const fields = Object.keys(shapeOf(schema)).filter((field) => !not_offered.includes(field));
  assert.deepEqual(Object.keys(sent).toSorted(), fields.toSorted());
}

/** The fields of an object's schema, also of one that is transformed afterwards. */
function shapeOf(schema: z.core.$ZodType): Record<string, unknown> {
  const { def } = schema._zod;
  if ("shape" in def) return def.shape as Record<string, unknown>;
  if ("in" in def) return shapeOf(def.in as z.core.$ZodType);
  throw new Error(`A schema of type ${def.type} has no fields`);
}

function optionOf(schema: z.core.$ZodType, index: number): z.ZodMiniType {
  return (schema._zod.def as unknown as { options: z.ZodMiniType[] }).options[index]!;
}

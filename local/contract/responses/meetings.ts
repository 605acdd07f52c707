import * as z from "zod/mini";
import { MEETING_STATES } from "@shared/database/meetings.ts";
import { component, described } from "../components.ts";
import { CONFLICT, conflictReport, OTHER_TIME } from "./conflicts.ts";
import { CANDIDATE } from "./scheduled.ts";
import { ATTENDEE } from "./task_events.ts";
import { ANY_OBJECT, COUNT, INSTANT, TIMES, upTo } from "./values.ts";

export const MEETING_STATUS = component("MeetingStatus", z.enum(MEETING_STATES));

export const STAGE = described(
  z.nullable(z.enum(["search", "write"])),
  "What is left to do, or was done last where it failed.",
);

/** Where the work at a meeting is. */
const STATE = {
  status: MEETING_STATUS,
  stage: STAGE,
  reason: described(z.nullable(z.string()), "Code of why it waits, is retried or failed."),
  until: described(z.nullable(INSTANT), "When the work continues; null: at once, or never."),
};

const SUMMARY = {
  meeting_id: z.string(),
  title: described(z.nullable(z.string()), "The title that the event has or will have."),
  ...STATE,
  writeback_status: z.nullable(z.enum(["pending", "created", "failed", "retrying"])),
  scheduling_status: z.enum(["pending", "retrying", "scheduled", "failed"]),
  start_time: z.nullable(INSTANT),
  end_time: z.nullable(INSTANT),
  timezone: z.nullable(z.string()),
  score: z.nullable(upTo(100)),
  google_event_id: z.nullable(z.string()),
  google_event_link: z.nullable(z.string()),
  meet_link: z.nullable(z.string()),
  error: described(z.nullable(z.string()), "`code: sentence`."),
  created_at: INSTANT,
  cancelled_at: z.nullable(INSTANT),
};

export const MOVE_FIELDS = {
  trigger: z.enum(["required_declined", "quorum_lost", "conflict"]),
  decision: z.enum(["searching", "proposed", "moved", "kept", "rejected"]),
  reason: z.nullable(z.string()),
  at: INSTANT,
  from: z.strictObject(TIMES),
  to: z.nullable(z.strictObject(TIMES)),
  conflicts: described(z.array(CONFLICT), "Of the trigger `conflict`."),
  alternatives: z.array(OTHER_TIME),
  expires_at: z.nullable(INSTANT),
  timezone: described(z.nullable(z.string()), "Of the times here."),
  moves: described(COUNT, "How often the meeting has moved automatically."),
};

const MOVE = component(
  "Move",
  z.strictObject(MOVE_FIELDS),
  "The last decision to move a meeting automatically, or not to.",
);

const RSVP = component(
  "Rsvp",
  z.strictObject({
    status: z.enum(["awaiting", "confirmed", "declined_by_required", "quorum_lost"]),
    accepted: COUNT,
    declined: COUNT,
    tentative: COUNT,
    needs_action: COUNT,
    awaiting: z.array(z.string()),
    declined_by: z.array(z.string()),
  }),
  "The replies of the guests.",
);

const LEDGER_STEP = component(
  "LedgerStep",
  z.strictObject({
    ledger_id: COUNT,
    meeting_id: z.string(),
    at: INSTANT,
    step: z.string(),
    lease_token: z.nullable(z.string()),
    request: described(z.unknown(), "What was asked of Google."),
    status: described(z.nullable(COUNT), "HTTP status of Google."),
    reason: z.nullable(z.string()),
    outcome: z.nullable(z.string()),
    decision: z.nullable(z.string()),
    duration_ms: z.nullable(COUNT),
    request_id: described(z.nullable(z.string()), "The request of Convene that made the step."),
  }),
);

export const MEETING_STATE = component(
  "MeetingState",
  z.strictObject({
    ...SUMMARY,
    waits_for: z.nullable(z.strictObject({
      limit: z.string(),
      allowed: z.number(),
      until: z.optional(z.nullable(INSTANT)),
    })),
    version: described(COUNT, "For `expected_version`."),
    reasoning: z.nullable(z.string()),
    retry_count: COUNT,
    attempted_at: z.nullable(INSTANT),
    succeeded_at: z.nullable(INSTANT),
    next_attempt_at: z.nullable(INSTANT),
    google_calendar_id: z.string(),
    meet_link_error: z.nullable(z.string()),
    organizer_email: z.nullable(z.string()),
    organizer_self: z.nullable(z.boolean()),
    attendees: z.nullable(z.array(ATTENDEE)),
    rsvp: described(z.nullable(RSVP), "Null before there is an event."),
    move: z.nullable(z.strictObject({ ...MOVE_FIELDS, message: z.nullable(z.string()) })),
    what_to_do: described(z.nullable(z.string()), "What to do about `error`; null: nothing."),
    candidates: described(z.optional(z.array(CANDIDATE)), "With `candidates=true`: at most ten."),
    scheduling_details: z.optional(z.nullable(ANY_OBJECT)),
    attempts: described(z.optional(z.array(LEDGER_STEP)), "With `attempts=true`: oldest first."),
  }),
);

export const MEETING_PAGE = component(
  "MeetingPage",
  z.strictObject({
    meetings: z.array(component("MeetingSummary", z.strictObject(SUMMARY))),
    counts: described(
      z.strictObject(
        Object.fromEntries(MEETING_STATES.map((state) => [state, z.optional(COUNT)])),
      ),
      "How many of the caller's meetings have each status.",
    ),
    success_rate: described(
      z.nullable(upTo(100)),
      "Percent of the meetings that ended which ended as an event.",
    ),
    next_cursor: described(z.nullable(z.string()), "Null: this is the last page."),
  }),
);

const CHANGED = {
  success: z.literal(true),
  message: z.string(),
  meeting_id: z.string(),
  version: COUNT,
  ...STATE,
  event_is_due: described(z.boolean(), "Whether the event is still to be written."),
  google_event_id: z.nullable(z.string()),
  meet_link: z.nullable(z.string()),
  title: z.nullable(z.string()),
  description: z.nullable(z.string()),
  location: z.nullable(z.string()),
  description_details: described(z.nullable(z.string()), "As the row has it."),
  participants: described(z.unknown(), "As the row has them: addresses, objects and groups."),
  start_time: z.nullable(INSTANT),
  end_time: z.nullable(INSTANT),
  timezone: z.nullable(z.string()),
  recurrence: z.nullable(z.array(z.string())),
  conference: described(z.string(), "`meet` or `none`, as the row has it."),
  error: z.nullable(z.string()),
  cancelled_at: z.nullable(INSTANT),
};

const CHANGE = { ...CHANGED, ...conflictReport(OTHER_TIME) };
const CANCELLATION = { ...CHANGED, already_cancelled: z.boolean() };

/** What a dry run says besides. */
const PREVIEW = {
  dry_run: z.literal(true),
  before: z.strictObject({
    title: CHANGED.title,
    description: CHANGED.description,
    location: CHANGED.location,
    participants: CHANGED.participants,
    timezone: CHANGED.timezone,
    recurrence: CHANGED.recurrence,
    conference: CHANGED.conference,
    start_time: CHANGED.start_time,
    end_time: CHANGED.end_time,
    version: COUNT,
  }),
  mail_recipients: described(z.array(z.string()), "Whom Google would notify."),
};

export const CHANGED_MEETING = component("ChangedMeeting", z.strictObject(CHANGE));

export const PREVIEWED_CHANGE = component(
  "PreviewedChange",
  z.strictObject({ ...CHANGE, ...PREVIEW }),
);

export const CANCELLED_MEETING = component("CancelledMeeting", z.strictObject(CANCELLATION));

export const PREVIEWED_CANCELLATION = component(
  "PreviewedCancellation",
  z.strictObject({ ...CANCELLATION, ...PREVIEW }),
);

export const REQUEUED_MEETING = component(
  "RequeuedMeeting",
  z.strictObject({
    ...CHANGED,
    requeued: described(z.boolean(), "False: there was nothing to requeue; `message` says why."),
  }),
);

export const REQUEUED_MEETINGS = component(
  "RequeuedRows",
  z.strictObject({
    success: z.literal(true),
    requeued: COUNT,
    not_requeued: described(z.record(z.string(), COUNT), "How many were left, by their state."),
    next_after: described(z.nullable(z.string()), "`after` of a further request; null: none."),
  }),
);

export const DECIDED_MOVE = component(
  "DecidedMove",
  z.strictObject({
    success: z.literal(true),
    meeting_id: z.string(),
    message: z.string(),
    move: MOVE,
  }),
);

export const MEET_LINKS = component(
  "FetchedMeetLinks",
  z.strictObject({ success: z.literal(true), looked_at: COUNT, found: COUNT }),
);

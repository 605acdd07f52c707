import * as z from "zod/mini";
import { FINDING_KINDS } from "@shared/audit/finding.ts";
import { component, described } from "../components.ts";
import { ERROR_FIELDS, FAILURE_CODE } from "./errors.ts";
import { MEETING_STATUS, STAGE } from "./meetings.ts";
import { COUNT, INSTANT } from "./values.ts";

const WRITTEN = component(
  "WrittenEvent",
  z.strictObject({
    meeting_id: z.string(),
    success: z.literal(true),
    google_event_id: z.string(),
    google_event_link: z.nullable(z.string()),
    already_exists: described(z.boolean(), "Whether an earlier attempt or call created the event."),
    warnings: z.optional(z.array(z.strictObject({
      code: z.literal("slot_taken"),
      message: z.string(),
    }))),
    overwritten: described(
      z.optional(z.array(z.strictObject({ field: z.string(), was: z.unknown() }))),
      "What people had set on Google and this change has replaced.",
    ),
  }),
);

const CANCELLED = component(
  "CancelledEvent",
  z.strictObject({
    meeting_id: z.string(),
    success: z.literal(true),
    cancelled: z.literal(true),
    google_event_id: described(z.nullable(z.string()), "Null: there never was an event."),
  }),
);

const NOT_WRITTEN = component(
  "NotWrittenEvent",
  z.strictObject({
    meeting_id: z.string(),
    success: z.literal(false),
    error: FAILURE_CODE,
    message: z.string(),
  }),
);

const one = <T extends z.ZodMiniType>(item: T) => z.array(item).check(z.length(1));

export const WRITTEN_BACK = component(
  "WrittenBack",
  z.strictObject({
    success: z.literal(true),
    message: z.string(),
    results: one(z.union([WRITTEN, CANCELLED])),
  }),
);

export const WRITTEN_BATCH = component(
  "WrittenBatch",
  z.strictObject({
    success: z.boolean(),
    message: z.string(),
    results: z.array(z.union([WRITTEN, CANCELLED, NOT_WRITTEN])),
    total_processed: COUNT,
    succeeded: COUNT,
    failed: COUNT,
    remaining: described(COUNT, "How many are still due."),
  }),
);

export const PENDING_WRITE = component(
  "PendingWrite",
  z.strictObject({
    success: z.literal(false),
    status: z.literal("pending"),
    message: z.string(),
    retry_after_seconds: COUNT,
    meeting_id: z.string(),
    results: one(z.strictObject({
      meeting_id: z.string(),
      success: z.literal(false),
      status: z.literal("pending"),
      message: z.string(),
    })),
  }),
  "Another worker is writing the event. Repeat the request.",
);

export const WRITE_ERROR = component(
  "WriteError",
  z.strictObject({ ...ERROR_FIELDS, success: z.literal(false), results: one(NOT_WRITTEN) }),
);

export const WRITE_STATUS = component(
  "WriteStatus",
  z.strictObject({
    meeting_id: z.string(),
    status: MEETING_STATUS,
    stage: STAGE,
    reason: z.nullable(z.string()),
    until: z.nullable(INSTANT),
    google_event_id: z.nullable(z.string()),
    google_event_link: z.nullable(z.string()),
    error: z.nullable(z.string()),
    retry_count: COUNT,
    succeeded_at: z.nullable(INSTANT),
  }),
);

const FINDING = component(
  "Finding",
  z.strictObject({
    finding: z.enum(FINDING_KINDS),
    meeting_id: z.nullable(z.string()),
    task_event_id: z.optional(z.string()),
    title: z.nullable(z.string()),
    google_calendar_id: z.string(),
    event_ids: z.array(z.string()),
    message: z.string(),
    repair: z.nullable(z.string()),
    what_to_do: z.nullable(z.string()),
    repaired: z.optional(z.boolean()),
  }),
  "One difference between a row and Google Calendar.",
);

const FOUND = {
  success: z.literal(true),
  findings: z.array(FINDING),
  next_after: described(z.nullable(z.string()), "`after` of the next page; null: the last one."),
  counts: z.strictObject(Object.fromEntries(FINDING_KINDS.map((kind) => [kind, COUNT]))),
};

export const AUDIT = component(
  "Audit",
  z.strictObject({
    ...FOUND,
    meetings_checked: COUNT,
    calendars: z.nullable(z.strictObject({ checked: COUNT, of: COUNT })),
  }),
);

export const TASK_AUDIT = component(
  "TaskAudit",
  z.strictObject({ ...FOUND, task_events_checked: COUNT }),
);

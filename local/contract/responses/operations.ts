import * as z from "zod/mini";
import { component, described } from "../components.ts";
import { ANY_OBJECT, COUNT, INSTANT, UUID } from "./values.ts";

export const ACCEPTED = component(
  "Accepted",
  z.strictObject({ success: z.literal(true), message: z.literal("Accepted") }),
  "The work continues after the response.",
);

const STATUS = z.enum(["ok", "degraded", "failing"]);

const AREAS = [
  "vault",
  "wake_ups",
  "jobs",
  "queue",
  "failed",
  "connections",
  "paused",
  "channels",
  "storage",
] as const;

const CHECK = {
  name: z.string(),
  reason: z.nullable(z.string()),
  status: STATUS,
  what_to_do: z.nullable(z.string()),
};

const HEALTH_CHECK = component(
  "HealthCheck",
  z.strictObject({
    ...CHECK,
    count: z.nullable(COUNT),
    since: z.nullable(INSTANT),
    details: ANY_OBJECT,
  }),
  "What count, since and details are depends on the area.",
);

export const HEALTH = component(
  "Health",
  z.strictObject({
    status: described(STATUS, "The worst status of all checks."),
    reasons: described(
      z.array(z.strictObject({ area: z.enum(AREAS), ...CHECK })),
      "The checks that are not ok.",
    ),
    checks: z.strictObject(
      Object.fromEntries(AREAS.map((area) => [area, z.optional(z.array(HEALTH_CHECK))])),
    ),
  }),
);

const PAUSE = component(
  "Pause",
  z.strictObject({
    kind: described(z.nullable(z.string()), "Null: every kind of work."),
    user_id: described(z.nullable(UUID), "Null: all users."),
    reason: z.string(),
    paused_by: z.string(),
    paused_at: INSTANT,
    until: z.nullable(INSTANT),
  }),
);

export const PAUSED = component(
  "PausedWork",
  z.strictObject({ success: z.literal(true), pauses: z.array(PAUSE) }),
  "All pauses that are in force.",
);

export const RESUMED = component(
  "ResumedWork",
  z.strictObject({ success: z.literal(true), resumed: COUNT, pauses: z.array(PAUSE) }),
);

export const REQUEUED_ROW = component(
  "RequeuedRow",
  z.strictObject({
    success: z.literal(true),
    kind: z.string(),
    id: z.string(),
    decision: z.string(),
    requeued: z.boolean(),
  }),
);

export const FAILED_WORK = component(
  "FailedWork",
  z.strictObject({
    success: z.literal(true),
    failed: z.array(z.strictObject({
      kind: z.string(),
      reason: z.nullable(z.string()),
      rows: COUNT,
    })),
  }),
  "What a dry run would requeue.",
);

export const NOTIFIED = component(
  "Notified",
  z.strictObject({
    success: z.boolean(),
    results: z.array(z.strictObject({
      notification_id: UUID,
      event: z.string(),
      kind: z.string(),
      success: z.boolean(),
      error: z.optional(z.string()),
      message: z.optional(z.string()),
    })),
    total_processed: COUNT,
    succeeded: COUNT,
    failed: COUNT,
  }),
);

export const SYNCED_CALENDARS = component(
  "SyncedCalendars",
  z.strictObject({
    success: z.boolean(),
    results: z.array(z.strictObject({
      sync_id: UUID,
      status: z.enum(["synced", "lost", "unreadable", "failed"]),
      changed: COUNT,
      error: z.optional(z.string()),
    })),
    total_processed: COUNT,
    synced: COUNT,
    changed: COUNT,
  }),
);

export const HOLIDAYS = component(
  "ComputedHolidays",
  z.strictObject({ success: z.literal(true), computed: COUNT, failed: COUNT }),
);

import * as z from "zod/mini";
import { DAY_OR_INSTANT, EMAIL, TIMEZONE } from "@shared/schemas/fields.ts";
import { RESPONSE_STATUSES } from "@shared/google/event_people.ts";

const LINE = z.string().check(
  z.regex(/^(RRULE|RDATE|EXDATE)[;:]/, "Expected a line such as RRULE:FREQ=WEEKLY"),
  z.maxLength(4000, "Expected at most 4000 characters"),
);

const GUEST = z.strictObject({
  email: EMAIL,
  displayName: z.optional(z.string().check(z.maxLength(200, "Expected at most 200 characters"))),
  optional: z.optional(z.boolean()),
  resource: z.optional(z.boolean()),
  responseStatus: z.optional(z.enum(RESPONSE_STATUSES)),
});

/** One event or one occurrence, a whole series, or a series from one occurrence on. */
export const CHANGE_SCOPES = ["single", "all", "future"] as const;
export type ChangeScope = (typeof CHANGE_SCOPES)[number];

export const ID = z.string().check(z.minLength(1), z.maxLength(1024));

export const SEND_UPDATES = z.enum(["all", "externalOnly", "none"]);

/** How an event is to change, under the names of the tracking document; what is absent stays. */
export const EVENT_CHANGE = z.strictObject({
  event_id: ID,
  calendar_id: z.optional(ID),
  start_time: z.optional(DAY_OR_INSTANT),
  end_time: z.optional(DAY_OR_INSTANT),
  summary: z.optional(z.string().check(z.maxLength(1000, "Expected at most 1000 characters"))),
  description: z.optional(z.string().check(z.maxLength(8000, "Expected at most 8000 characters"))),
  location: z.optional(z.string().check(z.maxLength(1000, "Expected at most 1000 characters"))),
  attendees: z.optional(
    z.array(GUEST).check(z.maxLength(200, "Expected at most 200 guests")),
  ),
  timeZone: z.optional(TIMEZONE),
  recurrence: z.optional(z.nullable(z.union([LINE, z.array(LINE)]))),
  update_scope: z.optional(z.enum(CHANGE_SCOPES)),
  instance_date: z.optional(DAY_OR_INSTANT),
  sendUpdates: z.optional(SEND_UPDATES),
});

/** What is to be deleted: an event or occurrence, a series, or its rest from one occurrence on. */
export const DELETION_REQUEST = z.strictObject({
  event_id: ID,
  update_scope: z.optional(z.enum(CHANGE_SCOPES)),
  instance_date: z.optional(DAY_OR_INSTANT),
  sendUpdates: z.optional(SEND_UPDATES),
});

export type DeletionRequest = z.output<typeof DELETION_REQUEST>;

export type EventChange = z.output<typeof EVENT_CHANGE>;

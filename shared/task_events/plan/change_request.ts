import * as z from "zod/mini";
import { DAY_OR_INSTANT, EMAIL, idOf, listOf, text, TIMEZONE } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { EVENT_RECURRENCE } from "@shared/schemas/recurrence.ts";
import { DESCRIPTION } from "@shared/schemas/description.ts";
import { RESPONSE_STATUSES } from "@shared/google/event_people.ts";

const GUEST = z.strictObject({
  email: EMAIL,
  displayName: z.optional(text(LIMITS.name_characters)),
  optional: z.optional(z.boolean()),
  resource: z.optional(z.boolean()),
  responseStatus: z.optional(z.enum(RESPONSE_STATUSES)),
});

/** One event or one occurrence, a whole series, or a series from one occurrence on. */
export const CHANGE_SCOPES = ["single", "all", "future"] as const;
export type ChangeScope = (typeof CHANGE_SCOPES)[number];

export const ID = idOf(LIMITS.event_id_characters);

export const SEND_UPDATES = z.enum(["all", "externalOnly", "none"]);

/** How an event is to change, under the names of the tracking document; what is absent stays. */
export const EVENT_CHANGE = z.strictObject({
  event_id: ID,
  calendar_id: z.optional(ID),
  start_time: z.optional(DAY_OR_INSTANT),
  end_time: z.optional(DAY_OR_INSTANT),
  summary: z.optional(text(LIMITS.title_characters)),
  description: z.optional(DESCRIPTION),
  location: z.optional(text(LIMITS.location_characters)),
  attendees: z.optional(
    listOf(GUEST, LIMITS.attendees, "guests"),
  ),
  timeZone: z.optional(TIMEZONE),
  recurrence: z.optional(z.nullable(EVENT_RECURRENCE)),
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

import * as z from "zod/mini";
import type { EventInput, EventPatch, GoogleEvent } from "@shared/google/event.ts";
import type { NotCarried } from "./carried_extras.ts";
import { CHANGE_SCOPES, DELETION_REQUEST, EVENT_CHANGE, SEND_UPDATES } from "./change_request.ts";

const object = <T extends object>() =>
  z.custom<T>((value) => typeof value === "object" && value !== null);

const MIGRATED = z.object({
  old_id: z.string(),
  was: z.string(),
  original_start: z.string(),
  patch: object<EventPatch>(),
  is_own: z.boolean(),
});

const CHANGE = z.object({
  kind: z.literal("change"),
  change_id: z.string(),
  scope: z.enum(CHANGE_SCOPES),
  request: EVENT_CHANGE,
  event_id: z.string(),
  if_match: z.nullable(z.string()),
  patch: object<EventPatch>(),
  sendUpdates: SEND_UPDATES,
  tail: z.nullable(z.object({
    event_key: z.string(),
    body: object<EventInput>(),
    not_carried: z.array(object<NotCarried>()),
  })),
  undo: z.nullable(object<EventPatch>()),
  migrated: z.array(MIGRATED),
  cancelled: z.array(z.string()),
  replaced: z.array(z.string()),
});

const DELETION = z.object({
  kind: z.literal("delete"),
  change_id: z.string(),
  scope: z.enum(CHANGE_SCOPES),
  request: DELETION_REQUEST,
  event_id: z.string(),
  if_match: z.nullable(z.string()),
  sendUpdates: SEND_UPDATES,
  patch: z.nullable(object<EventPatch>()),
  occurrence: z.nullable(object<GoogleEvent>()),
  removed: z.array(z.string()),
});

/** What `pending_change` holds. */
export const PENDING_CHANGE = z.discriminatedUnion("kind", [CHANGE, DELETION]);

/**
 * Everything a change will send to Google, decided before the first request and kept in the row, so
 * that another worker can complete it. The order is: patch, tail series, migrated exceptions; the
 * patch goes first because If-Match makes it the one request that shows an outdated plan. `undo`
 * puts the series back together when Google will never take the tail series. `replaced` are the
 * existing exceptions, which may have other ids afterwards.
 */
export type ChangePlan = z.output<typeof CHANGE>;

/**
 * A deletion under way: `event_id` is deleted, or, with a `patch`, the series that is shortened by
 * it, with which the changed occurrences in `removed` go away. `occurrence` is what is deleted of a
 * series that continues, as it was.
 */
export type DeletionPlan = z.output<typeof DELETION>;

/**
 * A later occurrence that is patched separately: its old time, and its new original start.
 * `is_own` false: only so that it does not show what another occurrence had.
 */
export type MigratedException = z.output<typeof MIGRATED>;

import * as z from "zod/mini";
import { AFTER, failedWorkFilter, FAILING_KINDS } from "@shared/schemas/failed_work.ts";
import { idOf, INSTANT, text } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";

/** The kinds of work that can be paused. */
const PAUSED_KINDS = [...FAILING_KINDS, "conflict_check", "holidays"] as const;
const KIND = z.enum(PAUSED_KINDS, `Expected ${PAUSED_KINDS.join(" or ")}`);
const USER_ID = z.guid("Expected a user id (UUID)");

/** One row by its kind and id, or all that a filter names; `dry_run` counts them and changes nothing. */
export const REQUEUE_REQUEST = z.strictObject({
  kind: z.optional(z.enum(FAILING_KINDS, `Expected ${FAILING_KINDS.join(" or ")}`)),
  id: z.optional(idOf(LIMITS.meeting_id_characters)),
  filter: z.optional(failedWorkFilter(FAILING_KINDS)),
  after: z.optional(AFTER),
  dry_run: z.optional(z.boolean()),
}).check(
  z.refine(({ id, filter }) => (id === undefined) !== (filter === undefined), {
    path: ["filter"],
    error: "Send either filter, or kind and id",
  }),
  z.refine(({ id, kind }) => (id === undefined) === (kind === undefined), {
    path: ["kind"],
    error: "Send kind and id together; of a filter it is filter.kind",
  }),
  z.refine(({ filter, after }) => filter !== undefined || after === undefined, {
    path: ["after"],
    error: "Only with filter",
  }),
  z.refine(({ filter, dry_run }) => filter !== undefined || dry_run === undefined, {
    path: ["dry_run"],
    error: "Only with filter",
  }),
);

/** What is paused (without kind and user_id: everything), why, and until when. */
export const PAUSE_REQUEST = z.strictObject({
  kind: z.optional(KIND),
  user_id: z.optional(USER_ID),
  reason: text(500).check(z.minLength(1, "Expected why it is paused")),
  until: z.optional(INSTANT),
  paused_by: z.optional(text(200)),
});

/** Whose pauses end; without both all. */
export const RESUME_REQUEST = z.strictObject({
  kind: z.optional(KIND),
  user_id: z.optional(USER_ID),
});

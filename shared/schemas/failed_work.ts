import * as z from "zod/mini";
import { ERROR_CODE, idOf, INSTANT } from "./fields.ts";
import { LIMITS } from "./limits.ts";

/** The kinds of work that can be given up, as `private.failed_work` has them. */
export const FAILING_KINDS = [
  "search",
  "write",
  "meet_link",
  "task_event",
  "notification",
  "sync",
] as const;

/** Which failed rows of some kinds; all fields must match, and one at least is named. */
export function failedWorkFilter<Kind extends string>(kinds: readonly [Kind, ...Kind[]]) {
  return z.strictObject({
    reason: z.optional(ERROR_CODE),
    user_id: z.optional(z.guid("Expected a user id (UUID)")),
    since: z.optional(INSTANT),
    before: z.optional(INSTANT),
    kind: z.optional(z.enum(kinds, `Expected ${kinds.join(" or ")}`)),
  }).check(
    z.refine((filter) => Object.values(filter).some((value) => value !== undefined), {
      error: "Name at least one of reason, user_id, since, before and kind",
    }),
  );
}

/** `next_after` of the page before: the id of a meeting, an event of a task, a notification or a calendar. */
export const AFTER = idOf(LIMITS.meeting_id_characters);

import * as z from "zod/mini";
import { wholeNumber } from "./fields.ts";
import { ofKind } from "./kinds.ts";

const whole = (least: number, most: number) =>
  z.optional(wholeNumber(least, most, `Expected a whole number from ${least} to ${most}`));

/**
 * Whether a meeting is moved to another time automatically when required people decline; false: never.
 * `quorum`: the percentage of required people who have not declined. The database checks the same
 * (private.auto_reschedule_problem) and has the defaults (private.move_defaults).
 */
export const AUTO_RESCHEDULE = ofKind(
  { type: "auto_reschedule" },
  z.union([
    z.literal(false),
    z.strictObject({
      on: z.enum(["required_declined", "quorum_lost"], "Expected required_declined or quorum_lost"),
      quorum: whole(1, 100),
      max_moves: whole(1, 20),
      freeze_hours: whole(0, 720),
      cooldown_minutes: whole(0, 10_080),
      approve: z.optional(z.boolean("Expected true or false")),
      window_days: whole(1, 60),
    }),
  ], "Expected false or an object with on"),
);

/** What becomes of a meeting when another event takes the time of one of its required people. */
export const ON_CONFLICT = z.enum(
  ["warn", "reschedule", "ignore"],
  "Expected warn, reschedule or ignore",
);

/** Whether a request that names the time of a task's event is warned of conflicts. */
export const TASK_ON_CONFLICT = z.enum(
  ["warn", "ignore"],
  "Expected warn or ignore: the event of a task is never moved because of a conflict. Leave start_time out, and the first time that suits all is found",
);

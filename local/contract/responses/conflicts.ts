import * as z from "zod/mini";
import { component, described } from "../components.ts";
import { FAILURE_CODE } from "./errors.ts";
import { TIMES, upTo } from "./values.ts";

export const CONFLICT = component(
  "Conflict",
  z.strictObject({
    email: z.string(),
    type: z.enum(["required", "optional", "resource"]),
    is_certain: described(z.boolean(), "False: it may be the meeting's own event."),
    busy: z.array(z.strictObject(TIMES)),
  }),
  "Who has something else at a time, as far as the organizer may know.",
);

export const OTHER_TIME = component(
  "OtherTime",
  z.strictObject({ ...TIMES, score: upTo(100), reasoning: z.string() }),
  "A time at which everybody is free.",
);

/** What a response says of conflicts at a time that the request names. */
export const conflictReport = <T extends z.ZodMiniType>(other_time: T) => ({
  conflicts: described(
    z.optional(z.nullable(z.array(CONFLICT))),
    "Null: the calendars could not be read (`conflict_check`).",
  ),
  alternatives: z.optional(z.array(other_time)),
  unchecked: described(
    z.optional(z.array(z.string())),
    "Addresses of people whose calendars could not be read.",
  ),
  conflict_check: z.optional(z.strictObject({ error: FAILURE_CODE, message: z.string() })),
});

import * as z from "zod/mini";
import { DESCRIPTION } from "./description.ts";
import { isInYears, text } from "./fields.ts";
import { LIMITS } from "./limits.ts";

/** A date or an instant as Postgres writes it, of a column that an application may have typed. */
const STORED_DATE = z.string().check(
  z.refine(
    (value) => isInYears(Date.parse(value)),
    `Expected a date from ${LIMITS.first_year} to ${LIMITS.last_year}`,
  ),
);

/** The limits of a stored task (private.tasks_check_limits); an adopted table may hold other rows, which are refused when used. */
export const STORED_TASK = z.object({
  title: text(LIMITS.title_characters),
  description: z.nullish(DESCRIPTION),
  start_date: z.nullish(STORED_DATE),
  recurrence_ends: z.nullish(STORED_DATE),
});

import * as z from "zod/mini";
import { wholeNumber } from "./fields.ts";
import { LIMITS } from "./limits.ts";

/** An e-mail a day before and a popup half an hour before. */
const DEFAULT_REMINDERS = [
  { method: "email" as const, minutes: 24 * 60 },
  { method: "popup" as const, minutes: 30 },
];

const MINUTES = wholeNumber(0, 40_320, "Expected whole minutes from 0 to 40320");

/** Google takes at most 5 reminders, from 0 minutes to 4 weeks before. */
export const REMINDER_LIST = z.array(
  z.strictObject({ method: z.enum(["email", "popup"]), minutes: MINUTES }),
).check(z.maxLength(LIMITS.reminders, `Expected at most ${LIMITS.reminders} reminders`));

/** The reminders of a meeting; null or absent means the default. */
export const REMINDERS = z.pipe(
  z.nullish(REMINDER_LIST),
  z.transform((given) => given ?? DEFAULT_REMINDERS),
);

import * as z from "zod/mini";

/** An e-mail a day before and a popup half an hour before. */
const DEFAULT_REMINDERS = [
  { method: "email" as const, minutes: 24 * 60 },
  { method: "popup" as const, minutes: 30 },
];

const MINUTES = z.int("Expected whole minutes").check(
  z.gte(0, "Expected 0 to 40320 minutes"),
  z.lte(40320, "Expected 0 to 40320 minutes"),
);

/** Google takes at most 5 reminders, from 0 minutes to 4 weeks before. */
export const REMINDER_LIST = z.array(
  z.strictObject({ method: z.enum(["email", "popup"]), minutes: MINUTES }),
).check(z.maxLength(5, "Expected at most 5 reminders"));

/** The reminders of a meeting; null or absent means the default. */
export const REMINDERS = z.pipe(
  z.nullish(REMINDER_LIST),
  z.transform((given) => given ?? DEFAULT_REMINDERS),
);

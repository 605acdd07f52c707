import { RecurrenceError } from "@shared/time/recurrence_lines.ts";
import { parseRule, type RecurrenceRule } from "@shared/time/recurrence_rule.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { RecurrenceRequest } from "./scheduling_request.ts";

const DEFAULT_HORIZON = 12;
const LONGEST_HORIZON = 400;
/** Calendars are not filled further ahead, and what is not in them yet would count as free. */
export const HORIZON_DAYS = 366;

/** A rule, and the most occurrences by which a slot is judged. */
export interface SeriesRule extends RecurrenceRule {
  horizon: number;
}

/** Reads the one RRULE of a recurrence. Throws SchedulingInputError with the field's path. */
export function readRecurrence(
  { rules, horizon = DEFAULT_HORIZON }: RecurrenceRequest,
): SeriesRule {
  const text = rules[0] ?? "";
  if (rules.length !== 1 || !/^(RRULE:)?[A-Z-]+=/i.test(text)) {
    throw new SchedulingInputError(
      "recurrence.rules",
      "Give exactly one RRULE; dates that are added or left out depend on the slot and come after it",
    );
  }
  if (!(Number.isInteger(horizon) && horizon >= 1 && horizon <= LONGEST_HORIZON)) {
    throw new SchedulingInputError(
      "recurrence.horizon",
      `Give a whole number from 1 to ${LONGEST_HORIZON}, not ${horizon}`,
    );
  }
  try {
    return { ...parseRule(text.replace(/^RRULE:/i, "")), horizon };
  } catch (thrown) {
    if (!(thrown instanceof RecurrenceError)) throw thrown;
    const message = `${JSON.stringify(text)}: ${thrown.message}`;
    throw new SchedulingInputError("recurrence.rules[0]", message);
  }
}

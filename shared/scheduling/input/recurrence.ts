import { lineProblem } from "@shared/time/recurrence_input.ts";
import { parseLines } from "@shared/time/recurrence_lines.ts";
import { parseRule, type RecurrenceRule } from "@shared/time/recurrence_rule.ts";
import { readSeriesDates, type SeriesDate } from "@shared/time/series_dates.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { RecurrenceRequest } from "./scheduling_request.ts";

const DEFAULT_HORIZON = 12;
const LONGEST_HORIZON = 400;
/** Calendars are not filled further ahead, and what is not in them yet would count as free. */
export const HORIZON_DAYS = 366;

/** A rule with the dates that are left out of it and added to it, and the most occurrences by which a slot is judged. */
export interface SeriesRule extends RecurrenceRule {
  excluded: readonly SeriesDate[];
  added: readonly SeriesDate[];
  horizon: number;
}

/** Reads the lines of a recurrence, of which one is an RRULE. Throws SchedulingInputError with the field's path. */
export function readRecurrence(
  { lines, horizon = DEFAULT_HORIZON }: RecurrenceRequest,
): SeriesRule {
  for (const [i, line] of lines.entries()) {
    const problem = lineProblem(line, "days");
    if (problem === null) continue;
    throw new SchedulingInputError(`recurrence.lines[${i}]`, `${JSON.stringify(line)}: ${problem}`);
  }
  const parsed = parseLines(lines);
  const [rule, ...others] = parsed.filter(({ name }) => name === "RRULE");
  if (rule === undefined || others.length > 0) {
    throw new SchedulingInputError("recurrence.lines", "Give exactly one RRULE");
  }
  if (!(Number.isInteger(horizon) && horizon >= 1 && horizon <= LONGEST_HORIZON)) {
    throw new SchedulingInputError(
      "recurrence.horizon",
      `Give a whole number from 1 to ${LONGEST_HORIZON}, not ${horizon}`,
    );
  }
  const dates = (named: "EXDATE" | "RDATE") =>
    parsed.filter(({ name }) => name === named).flatMap(readSeriesDates);
  return {
    ...parseRule(rule.value),
    excluded: dates("EXDATE"),
    added: dates("RDATE"),
    horizon,
  };
}

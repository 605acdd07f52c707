import * as z from "zod/mini";
import { lineProblem } from "@shared/time/recurrence_input.ts";
import type { AcceptedRules } from "@shared/time/recurrence_input.ts";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

const LINE = ofKind(
  { type: "recurrence_line" },
  withJsonSchema(
    z.pipe(
      z.string(),
      z.transform((line, context) => {
        const named = withName(line);
        const message = problemOf(named, "days", LIMITS.recurrence_line_characters);
        if (message === null) return named;
        context.issues.push({ code: "custom", input: line, message });
        return z.NEVER;
      }),
    ),
    {
      type: "string",
      maxLength: LIMITS.recurrence_line_characters,
      examples: ["RRULE:FREQ=WEEKLY;COUNT=10"],
    },
  ),
);

const MOST_LINES = z.maxLength(
  LIMITS.recurrence_lines,
  `Expected at most ${LIMITS.recurrence_lines} lines`,
);

/** Lines of RFC 5545 as Google takes them: one RRULE by days or longer, and EXDATE and RDATE lines. */
export const RECURRENCE = ofKind(
  { whole: "recurrence" },
  z.array(LINE).check(
    z.minLength(1, "Expected at least one line"),
    MOST_LINES,
    z.refine(
      (lines) => lines.filter((line) => line.startsWith("RRULE:")).length === 1,
      "Expected exactly one RRULE, e.g. RRULE:FREQ=WEEKLY;COUNT=10",
    ),
  ),
);

/** Checked with the others of its list, so that a message names its place. */
const EVENT_LINE = withJsonSchema(z.string(), {
  type: "string",
  maxLength: LIMITS.task_recurrence_line_characters,
});

/** The same of an event that no search placed: one line or a list, and every rule that Google takes. None ends a series. */
export const EVENT_RECURRENCE = z.pipe(
  z.union([EVENT_LINE, z.array(EVENT_LINE).check(MOST_LINES)]),
  z.transform((given, context) => {
    const lines = (typeof given === "string" ? [given] : given).map(withName);
    for (const [i, line] of lines.entries()) {
      const message = problemOf(line, "any", LIMITS.task_recurrence_line_characters);
      if (message === null) continue;
      const path = typeof given === "string" ? [] : [i];
      context.issues.push({ code: "custom", input: given, path, message });
      return z.NEVER;
    }
    if (lines.length === 0 || lines.some((line) => /^R/.test(line))) return lines;
    const message = "Expected an RRULE or RDATE line, e.g. RRULE:FREQ=WEEKLY";
    context.issues.push({ code: "custom", input: given, message });
    return z.NEVER;
  }),
);

/** A rule without its name is a common slip that leaves no doubt; Google insists on the name. */
function withName(line: string): string {
  return line.startsWith("FREQ=") ? `RRULE:${line}` : line;
}

function problemOf(line: string, accepted: AcceptedRules, most_characters: number): string | null {
  if (line.length > most_characters) return `Expected at most ${most_characters} characters`;
  if (hasOtherYear(line)) {
    return `Expected dates from ${LIMITS.first_year} to ${LIMITS.last_year}`;
  }
  return lineProblem(line, accepted);
}

/** Whether a date of the line, such as UNTIL=20301231T235959Z, is in a year that is not accepted. */
function hasOtherYear(line: string): boolean {
  return [...line.matchAll(/(?<![0-9])([0-9]{4})[0-9]{4}(?![0-9])/g)].some(([, year]) =>
    Number(year) < LIMITS.first_year || Number(year) > LIMITS.last_year
  );
}

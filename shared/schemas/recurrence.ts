import * as z from "zod/mini";
import { ruleProblem } from "@shared/time/recurrence_rule.ts";

const DATES = /^(EXDATE|RDATE)(;[A-Z]+=[^:;]+)*:[0-9TZ,]+$/;

const LINE = z.pipe(
  z.string().check(z.maxLength(1000, "Expected at most 1000 characters")),
  z.transform((line, context) => {
    // A rule without its name is a common slip that leaves no doubt; Google insists on the name.
    const named = line.startsWith("FREQ=") ? `RRULE:${line}` : line;
    const message = lineProblem(named);
    if (message === null) return named;
    context.issues.push({ code: "custom", input: line, message });
    return z.NEVER;
  }),
);

/** Lines of RFC 5545 as Google takes them: one RRULE by days or longer, and EXDATE and RDATE lines. */
export const RECURRENCE = z.array(LINE).check(
  z.minLength(1, "Expected at least one line"),
  z.maxLength(20, "Expected at most 20 lines"),
  z.refine(
    (lines) => lines.filter((line) => line.startsWith("RRULE:")).length === 1,
    "Expected exactly one RRULE, e.g. RRULE:FREQ=WEEKLY;COUNT=10",
  ),
);

function lineProblem(line: string): string | null {
  if (line.startsWith("RRULE:")) return ruleProblem(line.slice("RRULE:".length));
  return DATES.test(line)
    ? null
    : "Expected a line that begins with RRULE:, EXDATE or RDATE; start and end come from the slot";
}

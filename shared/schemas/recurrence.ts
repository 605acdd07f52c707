import * as z from "zod/mini";

const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,3}$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^\d{8}(T\d{6}Z)?$/,
  BYDAY: /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTH: /^\d{1,2}(,\d{1,2})*$/,
  BYMONTHDAY: /^-?\d{1,2}(,-?\d{1,2})*$/,
  BYYEARDAY: /^-?\d{1,3}(,-?\d{1,3})*$/,
  BYWEEKNO: /^-?\d{1,2}(,-?\d{1,2})*$/,
  BYSETPOS: /^-?\d{1,3}(,-?\d{1,3})*$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};

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

function ruleProblem(rule: string): string | null {
  const named = new Set<string>();
  for (const part of rule.split(";")) {
    const [name = "", value = ""] = part.split("=", 2);
    const pattern = PARTS[name];
    if (pattern === undefined) {
      return `${name || part} is no part of an RRULE that can be used here`;
    }
    if (named.has(name)) return `${name} is given twice`;
    if (!pattern.test(value)) return `${name}=${value} cannot be used`;
    named.add(name);
  }
  if (!named.has("FREQ")) return "An RRULE needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY";
  if (named.has("COUNT") && named.has("UNTIL")) return "An RRULE has COUNT or UNTIL, not both";
  return null;
}

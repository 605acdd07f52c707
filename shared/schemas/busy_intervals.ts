import * as z from "zod/mini";
import { parseInstant } from "@shared/time/instants.ts";
import { isInstant } from "./fields.ts";

/** Time in which a person is busy, as the caller says: RFC 3339 instants. `timezone` is accepted, the instants need none. */
export interface GivenBusy {
  start: string;
  end: string;
  tentative?: boolean;
  timezone?: string;
}

/** Google answers no more for one calendar and query, and no person has more in a year. */
const MAX_INTERVALS = 5000;

const FIELDS = new Set(["start", "end", "tentative", "timezone"]);

/**
 * A list of busy time. 200 people hand in 1,000 intervals each, for which a schema of objects takes seconds: this
 * looks at each interval once, and names the first that is wrong all the same.
 */
export const BUSY_LIST = z.pipe(
  z.unknown(),
  z.transform((value, context): GivenBusy[] => {
    const problem = problemOf(value);
    if (problem === null) return value as GivenBusy[];
    context.issues.push({ code: "custom", input: value, ...problem });
    return z.NEVER;
  }),
);

function problemOf(value: unknown): { path: PropertyKey[]; message: string } | null {
  if (!Array.isArray(value)) return { path: [], message: "Expected a list of {start, end}" };
  if (value.length > MAX_INTERVALS) {
    return { path: [], message: `Expected at most ${MAX_INTERVALS} intervals` };
  }
  for (let index = 0; index < value.length; index++) {
    const problem = intervalProblem(value[index]);
    if (problem !== null) return { path: [index, ...problem.path], message: problem.message };
  }
  return null;
}

function intervalProblem(interval: unknown): { path: PropertyKey[]; message: string } | null {
  if (typeof interval !== "object" || interval === null || Array.isArray(interval)) {
    return { path: [], message: "Expected {start, end}" };
  }
  const { start, end, tentative, timezone } = interval as Record<string, unknown>;
  const from = minuteOf(start);
  if (Number.isNaN(from)) return { path: ["start"], message: EXPECTED_INSTANT };
  const to = minuteOf(end);
  if (Number.isNaN(to)) return { path: ["end"], message: EXPECTED_INSTANT };
  if (to < from) return { path: ["end"], message: "Expected an end after the start" };
  if (tentative !== undefined && typeof tentative !== "boolean") {
    return { path: ["tentative"], message: "Expected true or false" };
  }
  if (timezone !== undefined && typeof timezone !== "string") {
    return { path: ["timezone"], message: "Expected an IANA time zone, e.g. Europe/Paris" };
  }
  const fields = Object.keys(interval);
  // Start and end are two of them already.
  const unknown = fields.length === 2 ? undefined : fields.find((field) => !FIELDS.has(field));
  return unknown === undefined ? null : { path: [unknown], message: "Unknown field" };
}

const EXPECTED_INSTANT = "Expected a date-time with an offset, e.g. 2030-01-07T09:00:00+01:00";

/** Minutes since 1970; NaN for what is no instant. The search reads them the same way, which is the fastest there is. */
function minuteOf(value: unknown): number {
  if (typeof value !== "string") return NaN;
  const minute = parseInstant(value);
  return Number.isNaN(minute) && isInstant(value) ? Date.parse(value) / 60_000 : minute;
}

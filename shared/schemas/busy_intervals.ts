import * as z from "zod/mini";
import { unknownField } from "@shared/failures/issues.ts";
import { parseInstant } from "@shared/time/instants.ts";
import { isInstant } from "./fields.ts";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

/** Time in which a person is busy, as the caller says: RFC 3339 instants. `timezone` is accepted, the instants need none. */
export interface GivenBusy {
  start: string;
  end: string;
  tentative?: boolean;
  timezone?: string;
}

const FIELDS = new Set(["start", "end", "tentative", "timezone"]);

/**
 * A list of busy time. 200 people hand in 1,000 intervals each, for which a schema of objects takes seconds: this
 * looks at each interval once, and names the first that is wrong all the same.
 */
export const BUSY_LIST = ofKind(
  { type: "busy" },
  withJsonSchema(
    z.pipe(
      z.unknown(),
      z.transform((value, context): GivenBusy[] => {
        const problem = problemOf(value);
        if (problem === null) return value as GivenBusy[];
        context.issues.push({ code: "custom", input: value, ...problem });
        return z.NEVER;
      }),
    ),
    {
      type: "array",
      maxItems: LIMITS.busy,
      items: {
        type: "object",
        properties: {
          start: { type: "string", format: "date-time" },
          end: { type: "string", format: "date-time" },
          tentative: { type: "boolean" },
          timezone: { type: "string", maxLength: LIMITS.timezone_characters },
        },
        required: ["start", "end"],
        additionalProperties: false,
      },
    },
  ),
);

function problemOf(value: unknown): { path: PropertyKey[]; message: string } | null {
  if (!Array.isArray(value)) return { path: [], message: "Expected a list of {start, end}" };
  if (value.length > LIMITS.busy) {
    return { path: [], message: `Expected at most ${LIMITS.busy} intervals` };
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
  if (timezone !== undefined && !isShortText(timezone)) {
    return { path: ["timezone"], message: "Expected an IANA time zone, e.g. Europe/Paris" };
  }
  // A list of the fields of each of 40,000 intervals would be megabytes.
  for (const field in interval) {
    if (!FIELDS.has(field)) return { path: [field], message: unknownField([...FIELDS]) };
  }
  return null;
}

const EXPECTED_INSTANT = `Expected a date-time with an offset, e.g. 2030-01-07T09:00:00+01:00, ` +
  `from ${LIMITS.first_year} to ${LIMITS.last_year}`;

function isShortText(value: unknown): boolean {
  return typeof value === "string" && value.length <= LIMITS.timezone_characters;
}

const FIRST_MINUTE = Date.UTC(LIMITS.first_year, 0) / 60_000;
const END_MINUTE = Date.UTC(LIMITS.last_year + 1, 0) / 60_000;

/** Minutes since 1970; NaN for what is no instant that is accepted. The search reads them the same way, which is the fastest there is. */
function minuteOf(value: unknown): number {
  if (typeof value !== "string") return NaN;
  const minute = parseInstant(value);
  if (Number.isNaN(minute)) return isInstant(value) ? Date.parse(value) / 60_000 : NaN;
  // Minutes are small integers; milliseconds would be an object each until the code is optimized.
  return minute >= FIRST_MINUTE && minute < END_MINUTE ? minute : NaN;
}

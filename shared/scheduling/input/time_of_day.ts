import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { LunchTime } from "./scheduling_request.ts";

/** Minutes of the day, `end` exclusive. */
export interface DaySpan {
  start: number;
  end: number;
}

export const USUAL_LUNCH: DaySpan = { start: 12 * 60, end: 13 * 60 };

/** The minute of the day of "09:00"; "24:00" is its end. Throws SchedulingInputError. */
export function readTimeOfDay(text: string, path: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match !== null) return Number(match[1]) * 60 + Number(match[2]);
  if (text === "24:00") return MINUTES_PER_DAY;
  throw new SchedulingInputError(
    path,
    `Write a time of day such as 09:00, not ${JSON.stringify(text)}`,
  );
}

/** When lunch is, undefined for none; the `usual` one where nothing is said of it. Throws SchedulingInputError. */
export function readLunch(
  lunch: LunchTime | null | undefined,
  path: string,
  usual: DaySpan | undefined,
): DaySpan | undefined {
  if (lunch === undefined) return usual;
  if (lunch === null) return undefined;
  const start = readTimeOfDay(lunch.start, `${path}.start`);
  const end = readTimeOfDay(lunch.end, `${path}.end`);
  if (end <= start) {
    throw new SchedulingInputError(`${path}.end`, "Name a time later than start");
  }
  return { start, end };
}

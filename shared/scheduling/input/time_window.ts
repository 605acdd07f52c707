import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { readTimeWindow, type TimeWindow, TimeWindowError } from "@shared/time/time_window.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { Constraints } from "./scheduling_request.ts";

const LONGEST_EXTENSION_DAYS = 7;

/** The window of a request in minutes since 1970; see readTimeWindow. Throws SchedulingInputError. */
export function readWindow(
  constraints: Pick<Constraints, "earliest_date" | "latest_date" | "timezone">,
): TimeWindow {
  try {
    return readTimeWindow(constraints);
  } catch (thrown) {
    if (!(thrown instanceof TimeWindowError)) throw thrown;
    throw new SchedulingInputError(`constraints.${thrown.field}`, thrown.message);
  }
}

/** By how much negotiation may extend a window, in minutes: as much again, a day at least and a week at most. */
export function longestExtension({ from, to }: TimeWindow): number {
  return Math.min(
    Math.max(to - from, MINUTES_PER_DAY),
    LONGEST_EXTENSION_DAYS * MINUTES_PER_DAY,
  );
}

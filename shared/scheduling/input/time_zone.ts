import { isTimeZone } from "@shared/time/zones.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";

/** Throws SchedulingInputError unless `timezone` is an IANA name. */
export function requireTimeZone(timezone: string, path: string): void {
  if (!isTimeZone(timezone)) {
    throw new SchedulingInputError(
      path,
      `Write an IANA time zone such as Europe/Paris, not ${JSON.stringify(timezone)}`,
    );
  }
}

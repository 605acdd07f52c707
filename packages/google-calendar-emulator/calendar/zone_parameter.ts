import type { Query } from "../contract/query.ts";
import { GoogleError } from "../contract/google_error.ts";
import { isZone } from "./zones.ts";

/** The `timeZone` parameter, which changes only how times are written. */
export function zoneParameter(query: Query): string | undefined {
  const zone = query.text("timeZone");
  if (zone !== undefined && !isZone(zone)) {
    throw new GoogleError("invalidParameter", {
      message: `Invalid time zone: ${zone}`,
      location: "timeZone",
    });
  }
  return zone;
}

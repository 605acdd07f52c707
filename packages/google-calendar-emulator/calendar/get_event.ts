import { GoogleError } from "../contract/google_error.ts";
import {
  type Answer,
  atLeast,
  calendarFor,
  type Call,
  isUnmodified,
  ok,
  roleOn,
  seesBusyOnly,
} from "./call.ts";
import { busyOnlyResource, etagOf, eventResource } from "./event_resource.ts";
import { findEvent } from "./occurrences.ts";
import { zoneParameter } from "./zone_parameter.ts";

/** events.get: one event, also a cancelled one; 304 when If-None-Match names its etag. */
export function getEvent(call: Call): Answer {
  const calendar = calendarFor(call, "freeBusyReader");
  if (!atLeast(roleOn(call.world, calendar, call.account), "reader")) {
    throw new GoogleError("notFound");
  }
  const view = findEvent(calendar, call.params["eventId"] ?? "");
  const etag = etagOf(view.copy);
  if (isUnmodified(call, etag)) return { status: 304, body: null, etag };
  const options = {
    zone: zoneParameter(call.query) ?? calendar.timezone,
    max_attendees: call.query.integer("maxAttendees"),
  };
  const resource = seesBusyOnly(call)
    ? busyOnlyResource(view, options)
    : eventResource(view, options);
  return ok(resource, etag);
}

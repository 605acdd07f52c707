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
import { busyOnlyResource, etagOf, eventResource, isHiddenFrom } from "./event_resource.ts";
import { findEvent } from "./occurrences.ts";
import { zoneParameter } from "./zone_parameter.ts";

/** events.get: one event, also a cancelled one; 304 when If-None-Match names its etag. */
export function getEvent(call: Call): Answer {
  const calendar = calendarFor(call, "freeBusyReader");
  const role = roleOn(call.world, calendar, call.account);
  if (!atLeast(role, "reader")) {
    throw new GoogleError("notFound");
  }
  const view = findEvent(calendar, call.params["eventId"] ?? "");
  const etag = etagOf(view.copy);
  if (isUnmodified(call, etag)) return { status: 304, body: null, etag };
  const options = {
    zone: zoneParameter(call.query) ?? calendar.timezone,
    max_attendees: call.query.integer("maxAttendees"),
  };
  const resource = seesBusyOnly(call) || isHiddenFrom(role, view)
    ? busyOnlyResource(view, options)
    : eventResource(view, options);
  return ok(resource, etag);
}

import { GoogleError } from "../contract/google_error.ts";
import { type Answer, calendarFor, type Call, ok, roleOn } from "./call.ts";
import type { EventView } from "./event_resource.ts";
import { busyOnlyResource, eventResource, isHiddenFrom } from "./event_resource.ts";
import { parseInstant, timeToMs } from "./event_time.ts";
import { isCancelled } from "./event_types.ts";
import { listHead } from "./list_events.ts";
import { instantParameter } from "./list_query.ts";
import { readPageToken, writeToken } from "./list_tokens.ts";
import { endless_horizon_ms, findEvent, occurrencesBetween } from "./occurrences.ts";
import { zoneParameter } from "./zone_parameter.ts";

/** events.instances: the occurrences of one series by start, changed ones included. */
export function listInstances(call: Call): Answer {
  const { world, query } = call;
  const calendar = calendarFor(call, "reader");
  const role = roleOn(world, calendar, call.account);
  const { copy: master, occurrence } = findEvent(calendar, call.params["eventId"] ?? "");
  if (occurrence !== null || master.shared.recurrence_set === null) {
    throw new GoogleError("invalid", { message: "The event is not recurring." });
  }
  const time_min_ms = instantParameter(query.text("timeMin"), "timeMin");
  const time_max_ms = instantParameter(query.text("timeMax"), "timeMax");
  if (time_min_ms !== null && time_max_ms !== null && time_min_ms >= time_max_ms) {
    throw new GoogleError("timeRangeEmpty");
  }
  const show_deleted = query.flag("showDeleted") ?? false;
  const zone = calendar.timezone;
  const start_of = ({ copy, occurrence }: EventView) =>
    timeToMs(occurrence?.start ?? copy.shared.content.start, zone);
  const end_of = ({ copy, occurrence }: EventView) =>
    timeToMs(occurrence?.end ?? copy.shared.content.end, zone);
  const horizon_ms = world.clock.now() + endless_horizon_ms;
  const generated = isCancelled(master)
    ? []
    // Here timeMin is documented as inclusive, so look one second further.
    : occurrencesBetween(
      calendar,
      master,
      time_min_ms === null ? null : time_min_ms - 1000,
      time_max_ms,
      horizon_ms,
    );
  const changed = calendar.copies.exceptionsOf(master.shared.id)
    .filter((copy) => show_deleted || !isCancelled(copy))
    .map((copy) => ({ copy, occurrence: null }));
  const wanted_start = originalStartParameter(query.text("originalStart"), zone);
  const views = [...generated, ...changed].filter((view) =>
    (time_min_ms === null || end_of(view) >= time_min_ms) &&
    (time_max_ms === null || start_of(view) < time_max_ms) &&
    (wanted_start === null || originalStart(view, zone) === wanted_start)
  ).sort((a, b) => start_of(a) - start_of(b));

  const token = query.text("pageToken");
  const page = token === undefined
    ? { offset: 0, version: world.last_version }
    : readPageToken(token);
  const end = page.offset + Math.min(query.integer("maxResults") ?? 250, 2500);
  const options = {
    zone: zoneParameter(query) ?? zone,
    max_attendees: query.integer("maxAttendees"),
  };
  return ok({
    ...listHead(world, calendar, call),
    items: views.slice(page.offset, end).map((view) =>
      isHiddenFrom(role, view) ? busyOnlyResource(view, options) : eventResource(view, options)
    ),
    ...(end < views.length
      ? { nextPageToken: writeToken({ offset: end, version: page.version }) }
      : {}),
  });
}

function originalStart({ copy, occurrence }: EventView, zone: string): number {
  const { series, content } = copy.shared;
  return timeToMs(occurrence?.start ?? series?.original_start ?? content.start, zone);
}

function originalStartParameter(text: string | undefined, zone: string): number | null {
  if (text === undefined) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return timeToMs({ kind: "date", date: text }, zone);
  const ms = parseInstant(text);
  if (ms === null) throw new GoogleError("badRequest", { location: "originalStart" });
  return ms;
}

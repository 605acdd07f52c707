import * as z from "zod/mini";
import { HttpFault } from "@shared/http/fault.ts";
import { readQuery } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { DAY_OR_INSTANT, text } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { ID } from "@shared/task_events/plan/change_request.ts";
import { listCalendarEvents } from "@shared/task_events/execute/list_calendar_events.ts";
import { eventResponse, requireUser } from "./event_response.ts";
import { shownInstant } from "@shared/time/shown_time.ts";
import type { Route } from "./route.ts";

/** The query of GET events. */
export const EVENTS_QUERY = z.strictObject({
  calendarId: z.optional(ID),
  timeMin: z.optional(DAY_OR_INSTANT),
  timeMax: z.optional(DAY_OR_INSTANT),
  q: z.optional(text(LIMITS.search_text_characters)),
  user_id: z.optional(z.uuid("Expected a user's id")),
});

/** GET events: what is on a calendar between two instants (a week from now unless given). */
export const listEvents: Route = async (dependencies, request, actor) => {
  const { user_id, ...query } = readQuery(request, EVENTS_QUERY);
  const user = requireUser(actor, user_id);
  const { events, time_range, truncated } = await listCalendarEvents(dependencies, user, query);
  if (time_range.end <= time_range.start) {
    throw new HttpFault("invalid_request", "timeMax: Expected a time after timeMin", {
      path: "timeMax",
    });
  }
  return json({
    event_count: events.length,
    time_range: { start: shownInstant(time_range.start), end: shownInstant(time_range.end) },
    events: events.map((event) => ({
      ...eventResponse(event),
      id: event.id,
      recurring_event_id: event.recurringEventId ?? null,
      location: event.location ?? null,
      description: event.description ?? null,
    })),
    ...(truncated ? { truncated } : {}),
  });
};

import * as z from "zod/mini";
import { HttpFault } from "@shared/http/fault.ts";
import { ID } from "@shared/task_events/plan/change_request.ts";
import type { NamedEvent } from "@shared/task_events/execute/resolve_event.ts";

/** An event by its id on Google and its calendar, or by the id of its row in task_calendar_events. */
export const NAMED_EVENT = {
  id: z.optional(z.uuid("Expected the id of a row of task_calendar_events")),
  event_id: z.optional(ID),
  calendar_id: z.optional(ID),
};

/** Refuses a request that names no event, or two. */
export function requireName({ id, event_id, calendar_id }: NamedEvent): void {
  if ((id === undefined) === (event_id === undefined)) {
    throw new HttpFault(
      "invalid_request",
      "event_id: Expected event_id, or id (of the row) instead of it",
      { path: "event_id" },
    );
  }
  if (id !== undefined && calendar_id !== undefined) {
    throw new HttpFault("invalid_request", "calendar_id: The row of id names its calendar", {
      path: "calendar_id",
    });
  }
}

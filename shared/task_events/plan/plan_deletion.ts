import type { DeletionRequest } from "./change_request.ts";
import { timesOf } from "./new_times.ts";
import { changeMark } from "@shared/calendar_events/own_event.ts";
import { sendUpdatesOf } from "./ownership.ts";
import type { DeletionPlan } from "./change_plan.ts";
import type { DeletionState } from "./change_state.ts";
import { originalStart } from "./original_start.ts";
import { trimSeries } from "./split_series.ts";

/** Decides what a deletion will send; pure. Throws RecurrenceError for an invalid rule. */
export function planDeletion(
  change_id: string,
  request: DeletionRequest,
  state: DeletionState,
): DeletionPlan {
  const { event, scope, occurrence, exceptions } = state;
  const common = { kind: "delete" as const, change_id, request, scope };
  if (scope === "single") {
    const target = occurrence ?? event;
    return {
      ...common,
      event_id: target.id,
      if_match: target.etag ?? null,
      sendUpdates: sendUpdatesOf(request.sendUpdates, event, target.attendees ?? []),
      patch: null,
      occurrence,
      removed: [],
    };
  }
  const { start } = timesOf(event);
  const at = occurrence === null ? null : originalStart(occurrence, start);
  const is_rest = scope === "future" && at !== null && at > start.wall;
  const removed = is_rest
    ? exceptions.filter((exception) => (originalStart(exception, start) ?? -Infinity) >= at)
    : exceptions;
  const guests = [event, ...removed].flatMap(({ attendees }) => attendees ?? []);
  return {
    ...common,
    // Nothing stays before the first occurrence, so that is the whole series.
    scope: is_rest ? "future" : "all",
    event_id: event.id,
    if_match: event.etag ?? null,
    sendUpdates: sendUpdatesOf(request.sendUpdates, event, guests),
    patch: is_rest
      ? {
        recurrence: trimSeries(event.recurrence ?? [], start, at),
        ...changeMark(change_id),
      }
      : null,
    occurrence: null,
    removed: is_rest ? removed.map(({ id }) => id) : [],
  };
}

import type { DeletionState, GoneAlready } from "../plan/change_state.ts";
import type { Account } from "./account.ts";
import { locateTaskEvent } from "./locate_task_event.ts";
import type { DeletionRequest } from "../plan/change_request.ts";
import { timesOf } from "../plan/new_times.ts";
import { instanceNotFound, targetOf } from "./read_change_state.ts";
import { exceptionsOf, occurrenceOn, occurrencesOf } from "./read_series.ts";
import { originalStart } from "../plan/original_start.ts";
import {
  instantIso,
  momentOn,
  readMoment,
  seriesWallOf,
  wallTimeOf,
} from "@shared/time/wall_time.ts";

/** Finds what a deletion means. Throws FailureError. */
export async function readDeletion(
  account: Account,
  asked_calendar_id: string,
  request: DeletionRequest,
): Promise<DeletionState | GoneAlready> {
  const place = await locateTaskEvent(account, asked_calendar_id, request.event_id);
  const named = place.event;
  if (named === null) return { ...gone(request.event_id, null), is_shown: false };
  const is_single = (request.update_scope ?? "single") === "single";
  // A deleted occurrence still has the id of its series.
  if (named.status === "cancelled" && (named.recurringEventId === undefined || is_single)) {
    return gone(named.id, named.recurringEventId ?? null);
  }
  const here = place.kind === "there" ? place.calendar_id : asked_calendar_id;
  const target = await targetOf(account, here, named, request);
  if (target === null) return gone(named.recurringEventId ?? named.id, null);
  const { calendar_id, event, scope, instance_date } = target;
  const exceptions = event.recurrence === undefined || scope === "single"
    ? []
    : (await exceptionsOf(account, calendar_id, event))
      .filter(({ status }) => status !== "cancelled");
  if (scope === "all" || event.recurrence === undefined || instance_date === null) {
    return { kind: "there", calendar_id, event, scope, occurrence: null, exceptions };
  }
  const { start } = timesOf(event);
  const occurrence = await occurrenceOn(account, calendar_id, event, start, instance_date, {
    showDeleted: true,
  });
  if (scope === "single" && occurrence?.status === "cancelled") {
    return gone(occurrence.id, event.id);
  }
  if (occurrence !== null) {
    return { kind: "there", calendar_id, event, scope, occurrence, exceptions };
  }
  if (
    scope === "future" && await hasEnded(account, calendar_id, { event, exceptions }, instance_date)
  ) {
    return gone(null, event.id);
  }
  throw instanceNotFound(instance_date);
}

function gone(event_id: string | null, series_id: string | null): GoneAlready {
  return { kind: "gone", event_id, series_id, is_shown: true };
}

/** Whether a series has no occurrence from this day or instant on, wherever they were moved to. */
async function hasEnded(
  account: Account,
  calendar_id: string,
  { event, exceptions }: Pick<DeletionState, "event" | "exceptions">,
  instance_date: string,
): Promise<boolean> {
  const { start } = timesOf(event);
  const zone = start.zone ?? "UTC";
  const asked = readMoment(instance_date, zone);
  const wall = asked.zone === null ? asked.instant : seriesWallOf(asked.instant, wallTimeOf(start));
  const later = await occurrencesOf(account, calendar_id, event.id, {
    timeMin: instantIso(momentOn({ wall, zone })),
  });
  return ![...later, ...exceptions].some((one) => (originalStart(one, start) ?? -Infinity) >= wall);
}

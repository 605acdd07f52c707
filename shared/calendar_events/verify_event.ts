import { rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { getEvent, isGone } from "./event_calendar.ts";
import type { EventCalendar } from "./event_calendar.ts";
import { locateEvent } from "./find_moved_event.ts";
import { shownKey } from "./own_event.ts";

/** What Google shows under one of a row's event ids. */
export type Verified =
  /** `calendar_id`: where it is, another calendar than the one asked if people have moved it. */
  | { kind: "ours"; event: GoogleEvent; calendar_id: string }
  /** Unknown to Google: never there, or no longer shown. */
  | { kind: "absent" }
  /** Deleted, with or without our key; Google keeps its id taken. */
  | { kind: "tombstone" }
  /** A live event of another owner, or ours whose key was removed. */
  | { kind: "foreign"; event: GoogleEvent }
  /** Ours, but moved to a calendar that this account cannot change. */
  | { kind: "moved_away"; failure: Failure }
  | { kind: "unreadable"; failure: GoogleFailure };

/** The verification read: whose event, if any, has this id. An event that was moved is followed. */
export async function verifyEvent(
  at: EventCalendar,
  event_key: string,
  id: string,
): Promise<Verified> {
  const got = await getEvent(at, id);
  if (got.verdict !== "done") {
    if (!isGone(got)) return { kind: "unreadable", failure: got };
    return { kind: got.google.status === 404 ? "absent" : "tombstone" };
  }
  const event = got.value;
  const { organizer, status } = event;
  const is_here = organizer?.email === undefined || organizer.self === true;
  if (is_here && status === "cancelled") return { kind: "tombstone" };
  // The copy that a moved event leaves behind may have lost the key.
  if (status !== "cancelled" && shownKey(event) !== event_key) return { kind: "foreign", event };
  if (is_here) return { kind: "ours", event, calendar_id: at.calendar_id };
  const found = await locateEvent(at, id, got);
  switch (found.kind) {
    case "there":
      return { kind: "ours", event: found.event, calendar_id: found.at.calendar_id };
    case "elsewhere":
      return { kind: "moved_away", failure: movedAway(found.organizer_email) };
    case "unreadable":
    case "no_access":
      return { kind: "unreadable", failure: found.failure };
    case "deleted":
    case "absent":
      return { kind: "tombstone" };
  }
}

/** The same under the id of a generation. */
export function verifyGeneration(
  at: EventCalendar,
  event_key: string,
  generation: number,
): Promise<Verified> {
  return verifyEvent(at, event_key, eventId(event_key, generation));
}

function movedAway(organizer: string): Failure {
  return rejection(
    "not_organizer",
    `${organizer} organizes the event on Google Calendar now, so Convene left it unchanged.`,
  );
}

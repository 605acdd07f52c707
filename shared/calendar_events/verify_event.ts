import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { getEvent, isGone } from "./event_calendar.ts";
import type { EventCalendar } from "./event_calendar.ts";
import { shownKey } from "./own_event.ts";

/** What Google shows under one of a row's event ids. */
export type Verified =
  | { kind: "ours"; event: GoogleEvent }
  /** Unknown to Google: never there, or no longer shown. */
  | { kind: "absent" }
  /** Deleted, with or without our key; Google keeps its id taken. */
  | { kind: "tombstone" }
  /** A live event of another owner, or ours whose key was removed. */
  | { kind: "foreign"; event: GoogleEvent }
  | { kind: "unreadable"; failure: GoogleFailure };

/** The verification read: whose event, if any, has this id. */
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
  if (event.status === "cancelled") return { kind: "tombstone" };
  return { kind: shownKey(event) === event_key ? "ours" : "foreign", event };
}

/** The same under the id of a generation. */
export function verifyGeneration(
  at: EventCalendar,
  event_key: string,
  generation: number,
): Promise<Verified> {
  return verifyEvent(at, event_key, eventId(event_key, generation));
}

import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { calendarIdOf, getCalendarHead, getEvent, isGone } from "./event_calendar.ts";
import type { EventCalendar } from "./event_calendar.ts";
import { shownKey } from "./own_event.ts";

/** Where an event is, as Google shows it. */
export type Located =
  /** Alive on `at`, which is another calendar than the one asked about if the event was moved. */
  | { kind: "there"; at: EventCalendar; event: GoogleEvent }
  /** Another calendar organizes it, on which the user cannot write. `event`: the copy that is left here. */
  | { kind: "elsewhere"; organizer_email: string; event: GoogleEvent }
  /** Deleted. Null: Google no longer shows it (410). */
  | { kind: "deleted"; event: GoogleEvent | null }
  /** The calendar can be read, and has no such event. */
  | { kind: "absent" }
  /** The calendar cannot be read, so nothing is known of its events. */
  | { kind: "no_access"; failure: GoogleFailure }
  /** Google could not be read now. */
  | { kind: "unreadable"; failure: GoogleFailure };

const READER_ROLES = ["reader", "writerWithoutPrivateAccess", "writer", "owner"];
const WRITER_ROLES = ["writerWithoutPrivateAccess", "writer", "owner"];

/**
 * Reads an event and follows it if it was moved: a moved event keeps its id, and the copy that it
 * leaves behind names the calendar that organizes it now (events.move). One request; two more for
 * an event of this calendar that another one organizes now, one more for a 404, which Google also
 * answers for a calendar that the user no longer sees. `outcome`: a read of the event that was made already.
 */
export async function locateEvent(
  at: EventCalendar,
  event_id: string,
  outcome?: GoogleOutcome<GoogleEvent>,
): Promise<Located> {
  const got = outcome ?? await getEvent(at, event_id);
  if (got.verdict !== "done") {
    if (!isGone(got)) return { kind: "unreadable", failure: got };
    return got.google.status === 404 ? await absent(at, event_id, got) : DELETED;
  }
  const event = got.value;
  const organizer_email = otherOrganizer(event);
  const is_cancelled = event.status === "cancelled";
  if (organizer_email === null && is_cancelled) return { kind: "deleted", event };
  // Another person's event was not moved away from here; it is theirs, also where the user may write there.
  if (organizer_email === null || !is_cancelled && !isOwnCreation(event)) {
    return { kind: "there", at, event };
  }
  const moved = await followEvent(at, event_id, organizer_email);
  if (moved !== null) return moved;
  if (!is_cancelled) return { kind: "there", at, event };
  return isDeletedForGuest(event)
    ? { kind: "deleted", event }
    : { kind: "elsewhere", organizer_email, event };
}

const DELETED = { kind: "deleted", event: null } as const;

/** The event on the calendar that organizes it now; null: the user may not write there, or it is not there. */
export async function followEvent(
  at: EventCalendar,
  event_id: string,
  organizer_email: string,
): Promise<Extract<Located, { kind: "there" | "deleted" | "unreadable" }> | null> {
  const home = { ...at, calendar_id: calendarIdOf(at.connection, organizer_email) };
  const got = await getEvent(home, event_id);
  if (got.verdict !== "done") {
    return got.verdict === "reject" ? null : { kind: "unreadable", failure: got };
  }
  const event = got.value;
  if (event.organizer?.self !== true) return null;
  if (event.status === "cancelled") return { kind: "deleted", event };
  const head = await getCalendarHead(home, event_id);
  if (head.verdict !== "done") {
    return head.verdict === "reject" ? null : { kind: "unreadable", failure: head };
  }
  return WRITER_ROLES.includes(head.value.accessRole ?? "")
    ? { kind: "there", at: home, event }
    : null;
}

async function absent(
  at: EventCalendar,
  event_id: string,
  failure: GoogleFailure,
): Promise<Located> {
  // A user's own calendar cannot be taken away.
  if (at.calendar_id === "primary") return { kind: "absent" };
  const head = await getCalendarHead(at, event_id);
  if (head.verdict === "done") {
    return READER_ROLES.includes(head.value.accessRole ?? "")
      ? { kind: "absent" }
      : { kind: "no_access", failure };
  }
  const kind = head.verdict === "reject" ? "no_access" : "unreadable";
  return { kind, failure: head };
}

/**
 * Whether a cancelled copy of another organizer's event says that the event is deleted. The copy of a guest is cancelled when the
 * organizer deletes the event, or when the guest deletes the copy, which declines; the copy that a move leaves behind is cancelled
 * where its user is no guest.
 */
export function isDeletedForGuest({ status, attendees = [] }: GoogleEvent): boolean {
  const own = attendees.find(({ self }) => self === true);
  return status === "cancelled" && own !== undefined && own.responseStatus !== "declined";
}

/** The organizer, if it is another calendar than the one that was read. */
function otherOrganizer({ organizer }: GoogleEvent): string | null {
  return organizer?.email === undefined || organizer.self === true ? null : organizer.email;
}

function isOwnCreation(event: GoogleEvent): boolean {
  return event.creator?.self === true || shownKey(event) !== undefined;
}

import type { StoredConnection } from "@shared/connections/connections.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { Looker } from "./look.ts";

/** Where an event is that was moved away from the calendar of its row. */
export interface Home {
  /** The calendar that organizes it now. */
  calendar_id: string;
  /** Null: the user cannot read that calendar, so nothing more is known. */
  event: GoogleEvent | null;
}

/**
 * The calendar to which an event was moved. `left`: the copy on the calendar of its row, which names the
 * organizer. Null: it was not moved, or was deleted where it is.
 */
export async function findHome(
  looker: Looker,
  connection: StoredConnection,
  calendar_id: string,
  left: GoogleEvent,
): Promise<Home | null> {
  const { organizer } = left;
  if (organizer?.email === undefined || organizer.self === true) return null;
  const own = calendar_id === "primary" ? connection.email : calendar_id;
  if (organizer.email.toLowerCase() === own?.toLowerCase()) return null;
  const found = await looker.get(connection, organizer.email, left.id);
  const event = "seen" in found ? found.seen : null;
  return event?.status === "cancelled" ? null : { calendar_id: organizer.email, event };
}

/** The finding's sentences about an event that was moved. */
export function describeHome(
  { calendar_id, event }: Home,
  { subject, is_over, follow }: {
    subject: "meeting" | "task event";
    /** The row says that the event is deleted. */
    is_over: boolean;
    /** What follows the event where the user can write. */
    follow: string;
  },
): { message: string; what_to_do: string } {
  const starts = event?.start?.dateTime ?? event?.start?.date;
  const when = starts === undefined ? "" : `, at ${starts}`;
  const state = is_over ? ` Its row says that it was deleted.` : "";
  return {
    message: `The event of this ${subject} is on the calendar ${calendar_id} now${when}.${state}`,
    what_to_do: event === null
      ? `The connected account cannot read that calendar: ask its owner to change or delete the event, or to move it back.`
      : is_over
      ? "Delete the event there if it is not needed, or ask its owner to."
      : `${follow} If the account may not write there, ask its owner to move it back.`,
  };
}

import { getEvent, isGone } from "@shared/calendar_events/event_calendar.ts";
import { followEvent, isDeletedForGuest } from "@shared/calendar_events/find_moved_event.ts";
import type { LeasedSync } from "@shared/database/syncs.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { SyncContext } from "./sync_context.ts";
import { deletedEvent, syncedEvent } from "./synced_event.ts";

/** Events that one run reads by their ids; the others follow in the next one. */
const MOST_READS = 25;

export interface Verified {
  /** Events as `store_sync_page` takes them, each final. */
  events: Record<string, unknown>[];
  ids: string[];
  /** Why the others could not be read; null: all that were tried could. */
  failure: GoogleFailure | null;
}

/**
 * Reads events by their ids of which a page did not say enough: it shows only the id of a cancelled
 * event, which may have been deleted or moved to another calendar. The calendar itself has just been
 * read, so a 404 is believed.
 */
export async function verifyEvents(
  context: SyncContext,
  leased: LeasedSync,
  ids: readonly string[],
): Promise<Verified> {
  const verified: Verified = { events: [], ids: [], failure: null };
  for (const id of ids.slice(0, MOST_READS)) {
    const read = await verify(context, leased, id);
    if (read.failure !== undefined) return { ...verified, failure: read.failure };
    verified.events.push(read.event);
    verified.ids.push(id);
  }
  return verified;
}

type Verification =
  | { event: Record<string, unknown>; failure?: undefined }
  | { failure: GoogleFailure };

async function verify(
  { calendar, connections }: SyncContext,
  { connection, calendar_id }: LeasedSync,
  id: string,
): Promise<Verification> {
  const at = { calendar, connections, connection, calendar_id };
  const here = await getEvent(at, id);
  if (here.verdict !== "done") {
    return isGone(here) ? { event: deletedEvent({ id }, calendar_id) } : { failure: here };
  }
  const { organizer } = here.value;
  if (organizer?.email === undefined || organizer.self === true) {
    return shown(here.value, calendar_id);
  }
  // Google's events.move keeps the id, and the former calendar's copy names the new organizer.
  const moved = await followEvent(at, id, organizer.email);
  switch (moved?.kind) {
    case "there":
      return shown(moved.event, moved.at.calendar_id);
    case "deleted":
      return { event: deletedEvent(moved.event ?? { id }, calendar_id) };
    case "unreadable":
      return { failure: moved.failure };
    default:
      if (isDeletedForGuest(here.value)) return { event: deletedEvent(here.value, calendar_id) };
      // Another person's calendar has it now: it is alive there, and the row says who organizes it.
      return { event: syncedEvent({ ...here.value, status: "confirmed" }, calendar_id) };
  }
}

function shown(event: GoogleEvent, calendar_id: string): Verification {
  return {
    event: event.status === "cancelled"
      ? deletedEvent(event, calendar_id)
      : syncedEvent(event, calendar_id),
  };
}

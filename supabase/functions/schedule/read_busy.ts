import type { Connections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { CalendarBusy } from "@shared/google/free_busy.ts";
import type { GoogleFailure } from "@shared/google/outcome.ts";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import type { BusyInterval } from "@shared/scheduling/types.ts";
import type { SlotQuestion } from "./question.ts";

/** What is known of somebody's time. A calendar that cannot be read makes all of it unknown. */
export interface Availability {
  busy: readonly BusyInterval[] | "unknown";
  unknown_reason?: string;
}

export interface BusyReader {
  calendar: GoogleCalendar;
  connections: Connections;
}

/**
 * Everybody's busy time in the window, by e-mail address, read with the organizer's connection in
 * as few queries as Google allows. Whoever handed in `busy` is not read. Throws
 * SchedulingInputError for a window that makes no sense.
 */
export async function readBusy(
  { calendar, connections }: BusyReader,
  { attending, constraints }: SlotQuestion,
  connection: StoredConnection,
): Promise<Map<string, Availability> | GoogleFailure> {
  const found = new Map<string, Availability>();
  const wanted = new Map<string, string[]>();
  for (const { email, busy, calendar_ids } of attending) {
    if (busy === undefined) wanted.set(email, calendar_ids ?? [email]);
    else found.set(email, { busy: busy.map(asInterval) });
  }
  if (wanted.size === 0) return found;

  const window = busyWindow(constraints, attending.map(({ buffer }) => buffer ? { buffer } : {}));
  const query = {
    timeMin: window.start,
    timeMax: window.end,
    calendars: [...wanted.values()].flat(),
  };
  const outcome = await connections.call(connection, (token) => calendar.freeBusy(token, query));
  if (outcome.kind !== "done") return outcome;
  for (const [email, calendars] of wanted) {
    found.set(email, together(calendars.map((id) => outcome.value.get(id))));
  }
  return found;
}

function together(calendars: readonly (CalendarBusy | undefined)[]): Availability {
  const busy: BusyInterval[] = [];
  for (const calendar of calendars) {
    if (calendar === undefined) return { busy: "unknown", unknown_reason: "missing_from_answer" };
    if ("unknown" in calendar) return { busy: "unknown", unknown_reason: calendar.unknown };
    busy.push(...calendar.busy);
  }
  return { busy };
}

function asInterval(
  given: { start: string; end: string; tentative?: boolean | undefined },
): BusyInterval {
  const { start, end, tentative } = given;
  return { start, end, ...(tentative === undefined ? {} : { tentative }) };
}

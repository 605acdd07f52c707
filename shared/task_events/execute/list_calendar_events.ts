import type { GoogleEvent } from "@shared/google/event.ts";
import { mustRead, openAccount } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { isDay } from "@shared/time/wall_time.ts";

const WEEK_MS = 7 * 86_400_000;
const PAGE = 2500;
/** One answer has to fit into a function's memory and time. */
const MAX_EVENTS = 10_000;

export interface CalendarEventsQuery {
  calendarId?: string | undefined;
  timeMin?: string | undefined;
  timeMax?: string | undefined;
  q?: string | undefined;
}

export interface CalendarEvents {
  events: GoogleEvent[];
  time_range: { start: string; end: string };
  /** There are more; ask for a shorter time. */
  truncated: boolean;
}

/** A user's events, occurrences of series one by one, by start; a week from now unless bounds are given. */
export async function listCalendarEvents(
  dependencies: TaskEventDependencies,
  user_id: string,
  { calendarId = "primary", timeMin, timeMax, q }: CalendarEventsQuery,
): Promise<CalendarEvents> {
  const account = await openAccount(dependencies, user_id);
  const start = instant(timeMin) ?? dependencies.now();
  const end = instant(timeMax) ?? new Date(start.valueOf() + WEEK_MS);
  const time_range = { start: start.toISOString(), end: end.toISOString() };
  const events: GoogleEvent[] = [];
  if (end <= start) return { events, time_range, truncated: false };
  let pageToken: string | undefined;
  do {
    const page = await mustRead(account, (token) =>
      account.calendar.listEvents(token, calendarId, {
        timeMin: time_range.start,
        timeMax: time_range.end,
        singleEvents: true,
        orderBy: "startTime",
        maxResults: PAGE,
        ...(q === undefined ? {} : { q }),
        ...(pageToken === undefined ? {} : { pageToken }),
      }));
    events.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined && events.length < MAX_EVENTS);
  return { events, time_range, truncated: pageToken !== undefined };
}

function instant(text: string | undefined): Date | null {
  if (text === undefined) return null;
  return new Date(isDay(text) ? `${text}T00:00:00Z` : text);
}

import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { ListedEvents } from "@shared/google/listed_event.ts";
import { answeredBefore, TIMED_OUT } from "./deadline.ts";
import type { BusyReader, TimeWindow } from "./read_busy.ts";

/** More than this in one window is no calendar of a person. */
const MAX_PAGES = 4;

/** The events of calendars in one window; each is listed once. */
export interface EventLists {
  /** Null for a calendar that could not be listed to its end in time. */
  listed: (connection: StoredConnection, calendar_id: string) => Promise<ListedEvents | null>;
}

export function eventLists(
  { calendar, connections }: BusyReader,
  window: TimeWindow,
  deadline_ms: number,
): EventLists {
  const until = performance.now() + deadline_ms;
  const range = { timeMin: window.start, timeMax: window.end, max_pages: MAX_PAGES };
  const asked = new Map<string, Promise<ListedEvents | null>>();
  const list = async (connection: StoredConnection, calendar_id: string) => {
    const answer = await answeredBefore(
      until,
      connections.call(
        connection,
        "read",
        (token) => calendar.listOccurrences(token, calendar_id, range),
      ),
    );
    if (answer === TIMED_OUT || answer.verdict !== "done") return null;
    return answer.value.is_complete ? answer.value : null;
  };
  return {
    listed: (connection, calendar_id) => {
      const key = `${connection.user_id} ${calendar_id}`;
      let answer = asked.get(key);
      if (answer === undefined) asked.set(key, answer = list(connection, calendar_id));
      return answer;
    },
  };
}

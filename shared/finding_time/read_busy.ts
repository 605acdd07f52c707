import type { Connections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { CalendarBusy } from "@shared/google/free_busy.ts";
import { reasonOf } from "@shared/failures/failure.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import type { BusyInterval } from "@shared/scheduling/input/scheduling_request.ts";
import type { Credentials, Reading } from "./credentials.ts";
import { answeredBefore, TIMED_OUT } from "./deadline.ts";

/** Google answers a freeBusy query in well under a second; a caller does not wait for more. */
export const READ_DEADLINE_MS = 12_000;

/** What is known of a person's time. A calendar that cannot be read makes all of it unknown. */
export interface Availability {
  busy: readonly BusyInterval[] | "unknown";
  unknown_reason?: string;
  /** Tentative time is marked. freeBusy alone cannot tell it from other busy time. */
  shows_tentative?: true;
  /** The meeting's own event is proven not to be in it. */
  without_own_event?: true;
}

export interface BusyReader {
  calendar: GoogleCalendar;
  connections: Connections;
}

export interface TimeWindow {
  start: string;
  end: string;
}

/**
 * The busy time of `wanted` by e-mail address: one query per 50 calendars and credential, all of them
 * side by side. A person whose own connection fails is read with the organizer's. Who is not
 * answered for before the deadline is unknown; a failure of the organizer's connection is returned.
 */
export async function readBusy(
  reader: BusyReader,
  wanted: readonly Reading[],
  { organizer }: Credentials,
  window: TimeWindow,
  deadline_ms = READ_DEADLINE_MS,
): Promise<Map<string, Availability> | GoogleFailure> {
  const until = performance.now() + deadline_ms;
  const first = await readAll(reader, wanted, window, until);
  const failed = first.filter(({ outcome }) => isFailure(outcome));
  const own_failure = failed.find(({ connection }) => connection === organizer)?.outcome;
  if (own_failure !== undefined && isFailure(own_failure)) return own_failure;

  const again = organizer === null
    ? []
    : failed.flatMap(({ readings }) => readings).map((reading) => ({
      ...reading,
      connection: organizer,
    }));
  const second = again.length === 0 ? [] : await readAll(reader, again, window, until);
  const found = new Map<string, Availability>();
  for (const { readings, outcome } of [...first, ...second]) {
    for (const { email, calendar_ids } of readings) {
      found.set(email, availability(calendar_ids, outcome));
    }
  }
  return found;
}

type Answer = GoogleOutcome<Map<string, CalendarBusy>> | typeof TIMED_OUT;

interface GroupAnswer {
  connection: StoredConnection;
  readings: Reading[];
  outcome: Answer;
}

function readAll(
  { calendar, connections }: BusyReader,
  wanted: readonly Reading[],
  window: TimeWindow,
  until: number,
): Promise<GroupAnswer[]> {
  const groups = Map.groupBy(wanted, ({ connection }) => connection);
  return Promise.all([...groups].map(async ([connection, readings]) => {
    const query = {
      timeMin: window.start,
      timeMax: window.end,
      calendars: readings.flatMap(({ calendar_ids }) => calendar_ids),
    };
    const asked = connections.call(connection, "read", (token) => calendar.freeBusy(token, query));
    return { connection, readings, outcome: await answeredBefore(until, asked) };
  }));
}

function isFailure(answer: Answer): answer is GoogleFailure {
  return answer !== TIMED_OUT && answer.verdict !== "done";
}

function availability(calendar_ids: readonly string[], answer: Answer): Availability {
  if (answer === TIMED_OUT) return { busy: "unknown", unknown_reason: TIMED_OUT };
  if (answer.verdict !== "done") return { busy: "unknown", unknown_reason: reasonOf(answer) };
  return together(calendar_ids.map((id) => answer.value.get(id)));
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

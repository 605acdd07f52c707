import { FailureError } from "@shared/failures/failure.ts";
import { listUnsyncedEvents, storeEventPeople } from "@shared/database/event_people.ts";
import type {
  EventPeople,
  UnsyncedCalendar,
  UnsyncedFilter,
} from "@shared/database/event_people.ts";
import type { EventsQuery } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { extractOrganizerMetadata, normalizeAttendees } from "@shared/google/event_people.ts";
import { getEvent, isGone } from "@shared/calendar_events/event_calendar.ts";
import { calendarOf, failedRequest, mustRead, openAccount } from "./account.ts";
import type { Account, TaskEventDependencies } from "./account.ts";

/** A page of Google's; one holds the events of thousands of rows. */
const PAGE = 2500;

/** So few events are asked for one by one: as many calls as listing a calendar may take. */
const FEW = 2;

/** Events that were requested by id may have moved, so a few of them are read by id. */
const FEW_NAMED = 5;

/** Calendars side by side; each is another user's quota, or the same user's other calendar. */
const PARALLEL_CALENDARS = 4;

export interface SyncedEvent {
  event_id: string;
  status: "updated" | "unchanged" | "missing" | "failed";
  /** Why, where it failed. */
  error?: string;
  /** Where it failed or is missing: what would help. */
  message?: string;
}

/**
 * Reads organizer and guests of events again and stores them. Resumable: what is stored has an
 * organizer and is not listed again. A calendar that cannot be read fails alone.
 */
export async function syncOrganizers(
  dependencies: TaskEventDependencies,
  filter: UnsyncedFilter,
): Promise<SyncedEvent[]> {
  const calendars = await listUnsyncedEvents(dependencies.database, filter);
  const few = filter.event_ids === undefined && filter.task_ids === undefined ? FEW : FEW_NAMED;
  const results: SyncedEvent[] = [];
  for (let first = 0; first < calendars.length; first += PARALLEL_CALENDARS) {
    const slice = calendars.slice(first, first + PARALLEL_CALENDARS);
    const synced = await Promise.all(slice.map((one) => syncCalendar(dependencies, one, few)));
    results.push(...synced.flat());
  }
  return results;
}

const MISSING = {
  status: "missing" as const,
  message:
    "Not on the calendar of its row. If it was moved to another calendar, send its id in event_ids (up to 5) to find it.",
};

interface Page {
  events: readonly GoogleEvent[];
  is_last: boolean;
  /** When it was asked for. */
  read_at: Date;
}

async function syncCalendar(
  dependencies: TaskEventDependencies,
  calendar: UnsyncedCalendar,
  few: number,
): Promise<SyncedEvent[]> {
  const results = new Map<string, SyncedEvent>();
  const missing = new Set(calendar.event_ids);
  /** One statement a page; the last one also notes what was on no page. */
  const store = async ({ events, is_last, read_at }: Page) => {
    const wanted = events.filter(({ id }) => missing.delete(id));
    const lost = is_last ? [...missing] : [];
    if (wanted.length === 0 && lost.length === 0) return;
    const people = wanted.map(peopleOf);
    const stored = await storeEventPeople(dependencies.database, calendar, people, lost, read_at);
    for (const { id } of wanted) {
      const status = stored[id];
      results.set(id, { event_id: id, ...(status === undefined ? MISSING : { status }) });
    }
  };
  try {
    const account = await openAccount(dependencies, calendar.user_id);
    if (missing.size <= few) {
      const read_at = account.now();
      await store({ events: await oneByOne(account, calendar), is_last: true, read_at });
    } else {
      for await (const page of pagesOf(account, calendar)) {
        await store(page);
        if (missing.size === 0) break;
      }
    }
    for (const event_id of missing) results.set(event_id, { event_id, ...MISSING });
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    for (const event_id of missing) {
      results.set(event_id, {
        event_id,
        status: "failed",
        error: thrown.code,
        message: thrown.message,
      });
    }
  }
  return calendar.event_ids.flatMap((event_id) => results.get(event_id) ?? []);
}

async function oneByOne(account: Account, calendar: UnsyncedCalendar): Promise<GoogleEvent[]> {
  const events: GoogleEvent[] = [];
  for (const event_id of calendar.event_ids) {
    const outcome = await getEvent(calendarOf(account, calendar.calendar_id), event_id);
    if (outcome.verdict !== "done" && !isGone(outcome)) throw failedRequest(outcome);
    if (outcome.verdict === "done" && outcome.value.status !== "cancelled") {
      events.push(outcome.value);
    }
  }
  return events;
}

/**
 * The calendar in the rows' own window. Series and changed occurrences come under their own ids;
 * a row of an unchanged occurrence is found in a second listing, only when some are left.
 */
async function* pagesOf(
  account: Account,
  calendar: UnsyncedCalendar,
): AsyncGenerator<Page> {
  const occurrences = calendar.event_ids.filter((id) => /_\d{8}(T\d{6}Z)?$/.test(id));
  if (occurrences.length < calendar.event_ids.length) {
    for await (const page of pages(account, calendar, { singleEvents: false })) {
      yield occurrences.length > 0 ? { ...page, is_last: false } : page;
    }
  }
  if (occurrences.length > 0) yield* pages(account, calendar, { singleEvents: true });
}

async function* pages(
  account: Account,
  calendar: UnsyncedCalendar,
  query: EventsQuery,
): AsyncGenerator<Page> {
  const window = windowOf(calendar);
  let pageToken: string | undefined;
  do {
    const read_at = account.now();
    const page = await mustRead(
      account,
      (token) =>
        account.calendar.listEvents(token, calendar.calendar_id, {
          ...query,
          ...window,
          maxResults: PAGE,
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
    );
    pageToken = page.nextPageToken;
    yield { events: page.events, is_last: pageToken === undefined, read_at };
  } while (pageToken !== undefined);
}

/** A day on both sides: Google's bounds exclude, and a whole day begins in the calendar's own zone. */
function windowOf(
  { time_min, time_max, complete_window }: UnsyncedCalendar,
): Pick<EventsQuery, "timeMin" | "timeMax"> {
  if (!complete_window || time_min === null || time_max === null) return {};
  const day_ms = 86_400_000;
  return {
    timeMin: new Date(Date.parse(time_min) - day_ms).toISOString(),
    timeMax: new Date(Date.parse(time_max) + day_ms).toISOString(),
  };
}

function peopleOf(event: GoogleEvent): EventPeople {
  return {
    calendar_event_id: event.id,
    ...extractOrganizerMetadata(event),
    attendees: isPartial(event) ? null : normalizeAttendees(event.attendees),
    etag: event.etag ?? null,
    sequence: event.sequence ?? null,
    updated: event.updated ?? null,
  };
}

/** Whether Google shows the user not all of the guests, or no details at all. */
function isPartial({ attendeesOmitted, attendees, organizer }: GoogleEvent): boolean {
  return attendeesOmitted === true || attendees === undefined && organizer === undefined;
}

import { originalStart } from "../plan/original_start.ts";
import type { InstancesQuery } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { mustRead } from "./account.ts";
import type { Account } from "./account.ts";
import { DAY_MS, dayOf, instantIso, isDay, readMoment, rfc3339 } from "@shared/time/wall_time.ts";
import type { EventMoment } from "@shared/time/wall_time.ts";
import { timeOfDay } from "@shared/time/wall_time.ts";

const PAGE = 2500;

/** Every changed or cancelled occurrence of a series; unchanged ones are not among them. */
export async function exceptionsOf(
  account: Account,
  calendar_id: string,
  master: GoogleEvent,
): Promise<GoogleEvent[]> {
  const found: GoogleEvent[] = [];
  let pageToken: string | undefined;
  do {
    const page = await mustRead(
      account,
      (token) =>
        account.calendar.listEvents(token, calendar_id, {
          ...(master.iCalUID === undefined ? {} : { iCalUID: master.iCalUID }),
          showDeleted: true,
          maxResults: PAGE,
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
    );
    found.push(...page.events.filter(({ recurringEventId }) => recurringEventId === master.id));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
}

/** All occurrences of a series that Google returns, with cancelled ones if requested. */
export async function occurrencesOf(
  account: Account,
  calendar_id: string,
  master_id: string,
  query: InstancesQuery,
): Promise<GoogleEvent[]> {
  const found: GoogleEvent[] = [];
  let pageToken: string | undefined;
  do {
    const page = await mustRead(
      account,
      (token) =>
        account.calendar.instances(token, calendar_id, master_id, {
          ...query,
          maxResults: PAGE,
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
    );
    found.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
}

/** The occurrence with this original start, wherever it was moved to; null when there is none. */
export async function occurrenceAt(
  account: Account,
  calendar_id: string,
  master_id: string,
  original: EventMoment,
  { showDeleted = false } = {},
): Promise<GoogleEvent | null> {
  const [found] = await occurrencesOf(account, calendar_id, master_id, {
    originalStart: rfc3339(original),
    ...(showDeleted ? { showDeleted } : {}),
  });
  return found ?? null;
}

/**
 * The occurrence that a caller means by a date (the day it originally stood on, in the zone of the
 * series) or by its original start; null when the series has none there.
 * Deleted ones only if asked.
 */
export async function occurrenceOn(
  account: Account,
  calendar_id: string,
  master: GoogleEvent,
  series: EventMoment,
  instance_date: string,
  { showDeleted = false } = {},
): Promise<GoogleEvent | null> {
  const asked = readMoment(instance_date, series.zone ?? "UTC");
  const wall = !isDay(instance_date) && series.zone === null
    ? asked.wall - timeOfDay(asked.wall)
    : isDay(instance_date)
    ? asked.wall + timeOfDay(series.wall)
    : asked.wall;
  const exact = await occurrenceAt(
    account,
    calendar_id,
    master.id,
    { ...series, wall },
    { showDeleted },
  );
  if (exact !== null || !isDay(instance_date)) return exact;
  // An extra date can have another time of that day.
  const around = await occurrencesOf(account, calendar_id, master.id, {
    timeMin: instantIso({ ...series, wall: asked.wall - DAY_MS }),
    timeMax: instantIso({ ...series, wall: asked.wall + 2 * DAY_MS }),
    ...(showDeleted ? { showDeleted } : {}),
  });
  return around.find((event) => {
    const original = originalStart(event, series);
    return original !== null && dayOf(original) === instance_date;
  }) ?? null;
}

import { claimProfileReadings, saveCalendarProfile } from "@shared/database/calendar_profiles.ts";
import type { ProfiledConnection } from "@shared/database/calendar_profiles.ts";
import { reasonOf } from "@shared/failures/failure.ts";
import type { ListedEvent } from "@shared/google/listed_event.ts";
import type { PastEvent } from "@shared/scheduling/learn_profile.ts";
import type { Credentials } from "./credentials.ts";
import { deadGrant } from "./organizer_grant.ts";
import type { TimeReader } from "./read_times.ts";

/** How far back events are read for habits. */
const HISTORY_DAYS = 365;

/** 20,000 events a year are more than a person has; what lies beyond is not counted. */
const MAX_PAGES = 8;

/** At most this many people's histories are read in one call; others are read by later calls. */
const MAX_PEOPLE = 10;

const DAY_MS = 24 * 3600 * 1000;

/** Counts events of the past and encodes what they show. */
export type LearnProfile = (
  events: readonly PastEvent[],
  at: { timezone: string; now: Date },
) => string;

export interface ProfileReader extends TimeReader {
  now: () => Date;
  learnProfile: LearnProfile;
  log: (level: "warning" | "error", event: string, facts: Record<string, unknown>) => void;
}

/**
 * Learns the profiles that are missing or a day old, of people whose events their own connection can
 * list, and stores them. Resolves to what was learned, by user id. A calendar that cannot be listed
 * is tried again later: nothing is invented for it.
 */
export async function learnProfiles(
  reader: ProfileReader,
  { organizer, own }: Credentials,
): Promise<Map<string, string>> {
  const due = own.filter(({ profile_is_due }) => profile_is_due).slice(0, MAX_PEOPLE);
  if (due.length === 0) return new Map();
  if (organizer !== null && await deadGrant(reader, organizer) !== null) return new Map();
  const claimed = new Set(
    await claimProfileReadings(reader.database, due.map(({ user_id }) => user_id)),
  );
  const learned = await Promise.all(
    due.filter(({ user_id }) => claimed.has(user_id)).map((connection) =>
      learn(reader, connection)
    ),
  );
  return new Map(learned.filter((one) => one !== null));
}

async function learn(
  reader: ProfileReader,
  connection: ProfiledConnection,
): Promise<[user_id: string, profile: string] | null> {
  const now = reader.now();
  const range = {
    timeMin: new Date(now.getTime() - HISTORY_DAYS * DAY_MS).toISOString(),
    timeMax: now.toISOString(),
    max_pages: MAX_PAGES,
  };
  const { user_id } = connection;
  const listed = await reader.connections.call(
    connection,
    "read",
    (token) => reader.calendar.listOccurrences(token, "primary", range),
  );
  if (listed.verdict !== "done") {
    reader.log("warning", "profile_not_learned", { user_id, reason: reasonOf(listed) });
    return null;
  }
  const { events, timezone } = listed.value;
  const past = events.flatMap(pastEvent);
  const profile = reader.learnProfile(past, { timezone: timezone ?? "UTC", now });
  await saveCalendarProfile(reader.database, connection, { profile, events_read: past.length });
  return [user_id, profile];
}

const RESPONSES = ["accepted", "declined", "tentative", "needsAction"] as const;

/** None for what is no meeting at all: cancelled, or a note about where a person works. */
function pastEvent(event: ListedEvent): PastEvent[] {
  const { start, end, status, eventType, attendees } = event;
  if (status === "cancelled" || (eventType !== undefined && eventType !== "default")) return [];
  const given = attendees?.find(({ self }) => self === true)?.responseStatus;
  const response = RESPONSES.find((known) => known === given);
  const from = start?.dateTime ?? start?.date;
  const to = end?.dateTime ?? end?.date;
  if (from === undefined || to === undefined) return [];
  return [{
    start: from,
    end: to,
    all_day: start?.dateTime === undefined,
    transparent: event.transparency === "transparent",
    ...(response === undefined ? {} : { response }),
  }];
}

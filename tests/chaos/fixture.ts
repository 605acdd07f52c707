import { inGoogle } from "../support/google_people.ts";
import type { Organizer } from "../support/stack.ts";
import { MONDAY, SLOT } from "../support/meetings.ts";
import type { ExpectedState } from "./expected_state.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";

/** The users, guests and meetings of one run. */
export interface Fixture {
  organizers: readonly Organizer[];
  guests: readonly string[];
  /** The id of each organizer's second calendar, by address. */
  second_calendars: ReadonlyMap<string, string>;
  /** How many are inserted. */
  meeting_count: number;
  /** By meeting, as last requested; organizer and first guest come first. */
  participants: Map<string, readonly string[]>;
}

const GUESTS = 12;
const MEETINGS_AN_ORGANIZER = 10;
const MAX_ORGANIZERS = 50;
const AT_ONCE = 4;

/** Creates Google accounts, users and their Google connections. */
export async function createFixture(stack: ChaosStack, meetings: number): Promise<Fixture> {
  const wanted = Math.ceil(meetings / MEETINGS_AN_ORGANIZER);
  const count = Math.max(3, Math.min(MAX_ORGANIZERS, wanted));
  const guests = await Promise.all(Array.from({ length: GUESTS }, () => stack.guest()));
  const organizers: Organizer[] = [];
  while (organizers.length < count) {
    const group = Math.min(AT_ONCE, count - organizers.length);
    organizers.push(
      ...await Promise.all(Array.from({ length: group }, () => stack.organizer())),
    );
  }
  const second_calendars = new Map<string, string>();
  for (const { email } of organizers) {
    second_calendars.set(email, await (await inGoogle(stack, email)).newCalendar("Projects"));
  }
  return { organizers, guests, second_calendars, meeting_count: 0, participants: new Map() };
}

/**
 * Inserts `count` meetings in one statement, which queues one wake-up of each function. Every second meeting
 * has a slot already; for the others `schedule` has to find one.
 */
export async function insertMeetings(
  stack: ChaosStack,
  fixture: Fixture,
  random: Random,
  count: number,
  expected: ExpectedState,
): Promise<void> {
  const inserted = fixture.meeting_count;
  const rows = Array.from({ length: count }, (_, place) => {
    const index = inserted + place;
    const organizer = fixture.organizers[index % fixture.organizers.length] as Organizer;
    const first = random.below(fixture.guests.length);
    const second = (first + 1 + random.below(fixture.guests.length - 1)) % fixture.guests.length;
    const meeting_id = `meeting-${index + 1}`;
    const participants = [organizer.email, fixture.guests[first]!, fixture.guests[second]!];
    fixture.participants.set(meeting_id, participants);
    expected.first_participants.set(meeting_id, participants);
    return {
      meeting_id,
      organizer_user_id: organizer.user_id,
      title: `Meeting ${index + 1}`,
      conference: index % 3 === 0 ? "none" : "meet",
      participants,
      ...(index % 2 === 0 ? { ...SLOT, constraints: {} } : { constraints: TWO_MONTHS }),
    };
  });
  await stack.platform.sql(
    `insert into public.meetings
       (meeting_id, organizer_user_id, title, conference, participants, constraints, starts_at, ends_at, timezone)
     select meeting_id, organizer_user_id, title, conference, participants, constraints, starts_at, ends_at, timezone
     from jsonb_populate_recordset(null::public.meetings, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  fixture.meeting_count += count;
}

/** A window with enough free time for all meetings of any guest. */
const TWO_MONTHS = {
  duration_minutes: 30,
  earliest_date: MONDAY,
  latest_date: "2035-03-02",
  timezone: "UTC",
};

import type { Organizer } from "../support/stack.ts";
import { MONDAY, SLOT } from "../support/meetings.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";

/** The people of one run and how many meetings they want. */
export interface Town {
  organizers: readonly Organizer[];
  guests: readonly string[];
  meetings: number;
  /** Whom each meeting is to have by the last wish about it, organizer and first guest first. */
  invited: Map<string, readonly string[]>;
}

const GUESTS = 12;
const MEETINGS_AN_ORGANIZER = 10;
const MOST_ORGANIZERS = 50;
const AT_ONCE = 4;

/** Creates Google accounts, users and their connections. */
export async function settleTown(stack: ChaosStack, meetings: number): Promise<Town> {
  const wanted = Math.ceil(meetings / MEETINGS_AN_ORGANIZER);
  const count = Math.max(3, Math.min(MOST_ORGANIZERS, wanted));
  const guests = await Promise.all(Array.from({ length: GUESTS }, () => stack.guest()));
  const organizers: Organizer[] = [];
  while (organizers.length < count) {
    const group = Math.min(AT_ONCE, count - organizers.length);
    organizers.push(
      ...await Promise.all(Array.from({ length: group }, () => stack.organizer())),
    );
  }
  return { organizers, guests, meetings, invited: new Map() };
}

/**
 * Inserts all meetings in one statement, which rings a doorbell a row. Every second one has its slot
 * already; for the others `schedule` has to find one.
 */
export async function bookMeetings(
  stack: ChaosStack,
  town: Town,
  random: Random,
): Promise<void> {
  const rows = Array.from({ length: town.meetings }, (_, index) => {
    const organizer = town.organizers[index % town.organizers.length] as Organizer;
    const first = random.below(town.guests.length);
    const second = (first + 1 + random.below(town.guests.length - 1)) % town.guests.length;
    const meeting_id = `meeting-${index + 1}`;
    const participants = [organizer.email, town.guests[first]!, town.guests[second]!];
    town.invited.set(meeting_id, participants);
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
}

/** Room for more meetings than any guest here is invited to. */
const TWO_MONTHS = {
  duration_minutes: 30,
  earliest_date: MONDAY,
  latest_date: "2035-03-02",
  timezone: "UTC",
};

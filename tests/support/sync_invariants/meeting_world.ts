import type { calendar_v3 } from "@googleapis/calendar";
import { write } from "../changes.ts";
import { connectedOrganizer } from "../connected_organizer.ts";
import type { CutLines } from "../cut_lines.ts";
import { insertMeeting, rowOf } from "../meetings.ts";
import type { Organizer, Stack } from "../stack.ts";
import { syncNow } from "../sync.ts";
import { googleOf } from "../tasks.ts";
import { EventModel, wantedTime, weekly } from "./expected_event.ts";
import type { Access } from "./steps.ts";

/** A meeting, its event, the people around it, and what must be true of them. */
export interface MeetingWorld {
  stack: Stack;
  lines: CutLines;
  organizer: Organizer;
  guests: readonly string[];
  colleague: string;
  google: Record<"organizer" | "colleague" | "guest", calendar_v3.Calendar>;
  meeting_id: string;
  percentage: number | null;
  eventId: string;
  /** The organizer's calendars; the event is on the first of them, or was before the colleague got it. */
  calendars: [string, string];
  /** Who organizes the event on Google Calendar. */
  holder: "organizer" | "colleague";
  /** What the organizer may do on the colleague's calendar. */
  access: Access;
  was_handed_over: boolean;
  is_deleted: boolean;
  /** `asked`: the meeting is cancelled, and its event is to be deleted; `done`: Convene knows that it is. */
  cancellation: "none" | "asked" | "done";
  /** People restored the event after Convene had deleted it. */
  is_kept: boolean;
  /** The event as Convene finds it in this step. */
  found: calendar_v3.Schema$Event;
  model: EventModel;
}

const ZONE = "Europe/Paris";
const WEEKS = 6;
const HOUR = 10;
/** This guest's reply is not waited for. */
export const OPTIONAL_GUEST = 3;

/** Participants of the meeting: the organizer and these guests, the last one of all guests as optional. */
export function participantsOf(
  { organizer, guests }: Pick<MeetingWorld, "organizer" | "guests">,
  listed: readonly string[],
) {
  return [
    organizer.email,
    ...listed.map((email) =>
      email === guests[OPTIONAL_GUEST] ? { email, type: "optional" as const } : email
    ),
  ];
}

/** A weekly meeting with two of four guests, whose calendar has been read once. */
export async function beginWorld(
  stack: Stack,
  lines: CutLines,
  percentage: number | null,
): Promise<MeetingWorld> {
  const organizer = await connectedOrganizer(stack);
  const guests: string[] = [];
  while (guests.length < 4) guests.push(await stack.guest());
  const colleague = await stack.guest();
  const invited = guests.slice(0, 2);
  const time = wantedTime(HOUR, ZONE);
  const meeting_id = await insertMeeting(organizer, {
    title: "Weekly",
    description: "First",
    participants: [organizer.email, ...invited],
    recurrence: weekly(WEEKS),
    starts_at: time.start,
    ends_at: time.end,
    timezone: ZONE,
    guests_can_modify: true,
    ...(percentage === null ? {} : { constraints: { minimum_attendee_percentage: percentage } }),
  });
  await write(organizer, meeting_id);
  const google = {
    organizer: await googleOf(stack, organizer.email),
    colleague: await googleOf(stack, colleague),
    guest: await googleOf(stack, guests[0]!),
  };
  const { data: team } = await google.organizer.calendars.insert({
    requestBody: { summary: "Team" },
  });
  await syncNow(stack, organizer);
  const { google_event_id } = await rowOf(stack, meeting_id);
  const replies = new Map(
    invited.map((email) => [email, { status: "needsAction", comment: null }]),
  );
  return {
    stack,
    lines,
    organizer,
    guests,
    colleague,
    google,
    meeting_id,
    percentage,
    eventId: google_event_id,
    calendars: ["primary", team.id ?? ""],
    holder: "organizer",
    access: "none",
    was_handed_over: false,
    is_deleted: false,
    cancellation: "none",
    is_kept: false,
    found: {},
    model: new EventModel({
      title: "Weekly",
      place: "",
      text: { of: "convene", wanted: "First" },
      time,
      recurrence: weekly(WEEKS),
      replies,
    }, invited),
  };
}

/** Where the event is organized, by the account that organizes it. */
export function homeOf({ google, calendars, holder }: MeetingWorld) {
  return { client: google[holder], calendarId: holder === "organizer" ? calendars[0] : "primary" };
}

/** Convene can change the event where it is organized. */
export function canWrite({ holder, access }: MeetingWorld): boolean {
  return holder === "organizer" || access === "writer";
}

/** Convene can read the event where it is organized. */
export function canRead({ holder, access }: MeetingWorld): boolean {
  return holder === "organizer" || access !== "none";
}

/** The event as the calendar shows it that organizes it. */
export async function eventOf(world: MeetingWorld): Promise<calendar_v3.Schema$Event> {
  const { client, calendarId } = homeOf(world);
  const { data } = await client.events.get({ calendarId, eventId: world.eventId });
  return data;
}

/** The version of Convene's that an event shows. */
export function versionOf({ extendedProperties }: calendar_v3.Schema$Event): number {
  return Number(extendedProperties?.private?.["convene_version"] ?? 0);
}

export function nameOf({ guests }: MeetingWorld, email: string): string {
  return `guest ${guests.indexOf(email)}`;
}

import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { googleClient } from "../../packages/google-calendar-emulator/google_client.ts";
import { rowOf } from "./meetings.ts";
import type { Organizer, Stack } from "./stack.ts";

/** What a person does in Google Calendar, through Google's own client, without mail. */
export interface GooglePerson {
  email: string;
  /** A new event on the person's own calendar. */
  add(event: calendar_v3.Schema$Event): Promise<void>;
  edit(event_id: string, changes: calendar_v3.Schema$Event, calendar_id?: string): Promise<void>;
  /** "Move to calendar"; the person needs the right to write to both. */
  move(event_id: string, destination: string): Promise<void>;
  /** A further calendar of this person. */
  newCalendar(summary: string): Promise<string>;
  read(event_id: string, calendar_id?: string): Promise<calendar_v3.Schema$Event>;
}

export async function inGoogle(stack: Stack, email: string): Promise<GooglePerson> {
  const { access_token } = await stack.google.signIn({ email });
  const google = googleClient(stack.platform.google_url, access_token);
  const sendUpdates = "none";
  return {
    email,
    add: async (requestBody) => {
      await google.events.insert({ calendarId: "primary", requestBody, sendUpdates });
    },
    edit: async (eventId, requestBody, calendarId = "primary") => {
      await google.events.patch({
        calendarId,
        eventId,
        requestBody,
        sendUpdates,
        conferenceDataVersion: 1,
      });
    },
    move: async (eventId, destination) => {
      await google.events.move({ calendarId: "primary", eventId, destination, sendUpdates });
    },
    newCalendar: async (summary) => {
      const { data } = await google.calendars.insert({ requestBody: { summary } });
      assert.ok(data.id);
      return data.id;
    },
    read: async (eventId, calendarId = "primary") =>
      (await google.events.get({ calendarId, eventId })).data,
  };
}

/** Hands an event over to another person's calendar, where its organizer may not write afterwards. */
export async function handOver(stack: Stack, organizer: Organizer, event_id: string) {
  const colleague = await stack.guest();
  const share = { calendar_id: colleague, email: organizer.email };
  await stack.google.shareCalendar({ ...share, access_role: "writer" });
  await (await inGoogle(stack, organizer.email)).move(event_id, colleague);
  await stack.google.shareCalendar({ ...share, access_role: "none" });
  return colleague;
}

/** The methods of what Google was asked about an event since `before` requests, in order. */
export async function askedOf(stack: Stack, event_id: string, before: number) {
  const requests = (await stack.google.requests()).slice(before);
  return requests.filter(({ path }) => path.includes(event_id)).map(({ method }) => method);
}

/** Writes what is due for a meeting and returns the answer, whatever its status. */
export async function tryToWrite(stack: Stack, organizer: Organizer, meeting_id: string) {
  const answer = await organizer.call("write-back", { body: { meeting_id } });
  return { answer, row: await rowOf(stack, meeting_id) };
}

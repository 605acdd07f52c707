import type { calendar_v3 } from "@googleapis/calendar";
import { MONDAY } from "../meetings.ts";
import { answerInGoogle } from "../sync.ts";
import { editedTime, googleTimes } from "./expected_event.ts";
import { eventOf, homeOf, type MeetingWorld } from "./meeting_world.ts";
import type { Access, PeopleStep, Person } from "./steps.ts";

/** People do one step in Google Calendar; one that is impossible now does nothing. */
export async function doByPeople(world: MeetingWorld, step: PeopleStep): Promise<void> {
  const { stack, model, guests, calendars, eventId } = world;
  if (step.do === "restore") {
    if (!world.is_deleted) return;
    await patch(world, "organizer", { status: "confirmed" });
    world.is_deleted = false;
    world.is_kept = world.cancellation === "done";
    return;
  }
  if (world.is_deleted) return;
  const is_guest = model.event.replies.has(guests[0]!);
  if ("by" in step && step.by === "guest" && !is_guest) return;
  switch (step.do) {
    case "edit": {
      const name = { title: "summary", place: "location", text: "description" }[step.field];
      await patch(world, step.by, { [name]: step.text });
      return model.edit(step);
    }
    case "reschedule": {
      const time = editedTime(step);
      await patch(world, step.by, googleTimes(time));
      model.event.time = time;
      return;
    }
    case "invite":
      return await invite(world, step);
    case "reply": {
      const email = guests[step.guest]!;
      if (!model.event.replies.has(email)) return;
      const { answer, comment } = step;
      await answerInGoogle(stack, email, eventId, {
        responseStatus: answer,
        ...(comment === null ? {} : { comment }),
      });
      return model.reply(email, { status: answer, comment });
    }
    case "move": {
      if (world.holder === "colleague") return;
      const [calendarId, other] = calendars;
      const destination = other === "primary" ? world.organizer.email : other;
      await move(world, "organizer", calendarId, destination);
      world.calendars = [other, calendarId];
      return;
    }
    case "hand_over":
      return await handOver(world, step.access);
    case "hand_back":
      return await handBack(world, step.access);
    case "divide":
      return await divide(world, step);
    case "delete": {
      const { client, calendarId } = homeOf(world);
      await client.events.delete({ calendarId, eventId, sendUpdates: "none" });
      world.is_deleted = true;
    }
  }
}

async function patch(
  world: MeetingWorld,
  by: Person,
  requestBody: calendar_v3.Schema$Event,
): Promise<void> {
  const { client, calendarId } = calendarOf(world, by);
  const { eventId } = world;
  await client.events.patch({ calendarId, eventId, requestBody, sendUpdates: "none" });
}

function calendarOf(world: MeetingWorld, by: Person) {
  return by === "guest" ? { client: world.google.guest, calendarId: "primary" } : homeOf(world);
}

async function move(
  { google, eventId }: MeetingWorld,
  by: "organizer" | "colleague",
  calendarId: string,
  destination: string,
): Promise<void> {
  await google[by].events.move({ calendarId, eventId, destination, sendUpdates: "none" });
}

async function share(
  { stack }: MeetingWorld,
  calendar_id: string,
  email: string,
  access_role: Access,
): Promise<void> {
  await stack.google.shareCalendar({ calendar_id, email, access_role });
}

async function handOver(world: MeetingWorld, access: Access): Promise<void> {
  const { organizer, colleague, calendars, holder } = world;
  if (holder === "colleague") return;
  await share(world, colleague, organizer.email, "writer");
  await move(world, "organizer", calendars[0], colleague);
  await share(world, colleague, organizer.email, access);
  Object.assign(world, { holder: "colleague", access, was_handed_over: true });
}

async function handBack(world: MeetingWorld, access: Access): Promise<void> {
  const { organizer, colleague, calendars, holder } = world;
  if (holder === "organizer") return;
  await share(world, organizer.email, colleague, "writer");
  await move(world, "colleague", "primary", organizer.email);
  await share(world, organizer.email, colleague, "none");
  await share(world, colleague, organizer.email, access);
  const team = calendars.find((calendar) => calendar !== "primary")!;
  Object.assign(world, { holder: "organizer", access, calendars: ["primary", team] });
}

async function invite(
  world: MeetingWorld,
  { by, present }: Extract<PeopleStep, { do: "invite" }>,
): Promise<void> {
  const { guests, model, organizer } = world;
  // A guest brings others, and takes no guest off.
  const emails = guests.filter((email, number) =>
    present.includes(number) || by === "guest" && model.event.replies.has(email)
  );
  const { attendees = [] } = await eventOf(world);
  const kept = attendees.filter(({ email }) =>
    email === organizer.email || emails.includes(email ?? "")
  );
  const added = emails.filter((email) => kept.every((guest) => guest.email !== email));
  await patch(world, by, { attendees: [...kept, ...added.map((email) => ({ email }))] });
  model.invite(emails);
}

/** As Google Calendar does it: the series ends, and a copy of it begins. */
async function divide(
  world: MeetingWorld,
  { by, weeks }: Extract<PeopleStep, { do: "divide" }>,
): Promise<void> {
  const { model, organizer } = world;
  if (model.event.recurrence.length === 0) return;
  const { id: _, iCalUID: __, etag: ___, ...content } = await eventOf(world);
  const { start, zone } = model.event.time;
  const first = Date.parse(start) + weeks * 7 * 86_400_000;
  const last = new Date(first - 1000).toISOString();
  const ends = zone === null ? last.slice(0, 10).replaceAll("-", "") : basic(last);
  const recurrence = [`RRULE:FREQ=WEEKLY;UNTIL=${ends}`];
  await patch(world, by, { recurrence });
  model.event.recurrence = recurrence;
  const { summary, description, attendees, extendedProperties } = content;
  await calendarOf(world, by).client.events.insert({
    calendarId: "primary",
    sendUpdates: "none",
    requestBody: {
      summary: summary ?? null,
      description: description ?? null,
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"],
      ...googleTimes({ start: `${MONDAY}T06:00:00Z`, end: `${MONDAY}T06:30:00Z`, zone: "UTC" }),
      ...(by === "organizer" ? { extendedProperties: extendedProperties! } : {}),
      attendees: (attendees ?? []).filter(({ email }) => email !== organizer.email),
    },
  });
}

/** RFC 5545's form of an instant in UTC. */
function basic(instant: string): string {
  return instant.replace(/\.\d+Z$/, "Z").replaceAll(/[-:]/g, "");
}

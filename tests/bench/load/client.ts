import { eventsOf, insertMeeting } from "../../support/meetings.ts";
import type { Answer, Organizer, Stack } from "../../support/stack.ts";
import type { Measurements } from "./measurements.ts";

const HALF_HOUR = 30 * 60_000;
const WEEK = 7 * 24 * 60 * 60_000;
/** A Monday. Searches and rows are spread over ten years from here, so that calendars do not fill up. */
const FIRST_MONDAY = Date.UTC(2031, 0, 6);
const WEEKS = 520;

export interface LoadClient {
  organizer: Organizer;
  guest: string;
  meetings: string[];
}

/** One client's requests, one after the other, until `ends`: what an app does, mixed by the weights of its operations. */
export async function runClient(
  stack: Stack,
  client: LoadClient,
  { measurements, ends, random }: {
    measurements: Measurements;
    ends: number;
    random: () => number;
  },
): Promise<void> {
  while (Date.now() < ends) {
    const at = random();
    if (at < 0.2) await measurements.time("schedule", () => schedule(client, random));
    else if (at < 0.4) await measurements.time("write-back", () => writeBack(client, random));
    else if (at < 0.65) await measurements.time("status", () => status(client, random));
    else if (at < 0.75) await measurements.time("list", () => list(client));
    else if (at < 0.85) await measurements.time("insert", () => insert(client, random));
    else if (at < 0.95) await measurements.time("change", () => change(client, random));
    else await measurements.time("reply in Google", () => reply(stack, client));
  }
}

async function schedule(client: LoadClient, random: () => number): Promise<void> {
  const { organizer, guest, meetings } = client;
  const monday = FIRST_MONDAY + Math.floor(random() * WEEKS) * WEEK;
  const { body } = accepted(
    await organizer.call("schedule", {
      body: {
        title: "Load",
        participants: [organizer.email, guest],
        constraints: {
          duration_minutes: 30,
          earliest_date: dateOf(monday),
          latest_date: dateOf(monday + 4 * 24 * 60 * 60_000),
          timezone: "UTC",
        },
      },
    }),
  );
  meetings.push(body.meeting_id);
}

/** A call by name of a meeting whose wake-up may be at it: it waits for it, or responds that it is pending. */
async function writeBack(client: LoadClient, random: () => number): Promise<void> {
  const meeting_id = oneOf(client.meetings, random);
  if (meeting_id === undefined) return;
  accepted(await client.organizer.call("write-back", { body: { meeting_id } }));
}

async function status(client: LoadClient, random: () => number): Promise<void> {
  const meeting_id = oneOf(client.meetings, random);
  if (meeting_id === undefined) return;
  accepted(await client.organizer.call("status", { query: { meeting_id } }));
}

async function list(client: LoadClient): Promise<void> {
  accepted(await client.organizer.call("status"));
}

/** Nothing but the row: the database's wake-ups write its event. */
async function insert(client: LoadClient, random: () => number): Promise<void> {
  const { organizer, guest, meetings } = client;
  const start = FIRST_MONDAY + Math.floor(random() * WEEKS) * WEEK +
    Math.floor(random() * 10) * HALF_HOUR;
  meetings.push(
    await insertMeeting(organizer, {
      title: "Load",
      participants: [organizer.email, guest],
      starts_at: new Date(start).toISOString(),
      ends_at: new Date(start + HALF_HOUR).toISOString(),
      timezone: "UTC",
    }),
  );
}

async function change(client: LoadClient, random: () => number): Promise<void> {
  const meeting_id = oneOf(client.meetings, random);
  if (meeting_id === undefined) return;
  const answer = await client.organizer.call("meetings", {
    method: "PATCH",
    body: { meeting_id, description: `Changed ${random()}` },
  });
  accepted(answer);
}

/** The guest answers; Google's message makes Convene read the calendar. */
async function reply(stack: Stack, { organizer, guest }: LoadClient): Promise<void> {
  const event = (await eventsOf(stack, organizer)).at(-1);
  if (event?.id === undefined) return;
  await stack.google.reply({ email: guest, event_id: event.id, responseStatus: "accepted" });
}

function accepted(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw new Error(`${answer.status} ${answer.body?.error} ${answer.body?.message}`);
}

function oneOf(meetings: readonly string[], random: () => number): string | undefined {
  return meetings[Math.floor(random() * meetings.length)];
}

function dateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

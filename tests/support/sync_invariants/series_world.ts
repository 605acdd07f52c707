import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { connectedOrganizer } from "../connected_organizer.ts";
import type { CutLines } from "../cut_lines.ts";
import type { Organizer, Stack } from "../stack.ts";
import { syncNow } from "../sync.ts";
import { change, eventRows, googleOf, insertTask } from "../tasks.ts";

export interface SeriesWorld {
  stack: Stack;
  lines: CutLines;
  organizer: Organizer;
  guests: readonly string[];
  google: calendar_v3.Calendar;
  colleague: { email: string; google: calendar_v3.Calendar };
  /** Titles that each series may have: more than one while a change is pending. */
  titles: Map<string, Set<string>>;
  /** Series that people or changes have deleted, the last one last. */
  deleted: string[];
  /** Series whose deletion was asked for, also where its process died. */
  removed: Set<string>;
  /** Series that people have restored, each time. */
  restored: string[];
  /** Series that the colleague has got, the last one last. */
  handed_over: string[];
}

const FIRST = "2035-01-08T09:00:00Z";
export const PRIMARY = { calendarId: "primary", sendUpdates: "none" } as const;

/** A weekly series of a task with two guests, whose calendar has been read once. */
export async function beginSeries(stack: Stack, lines: CutLines): Promise<SeriesWorld> {
  const organizer = await connectedOrganizer(stack);
  const guests = [await stack.guest(), await stack.guest()];
  const task_id = await insertTask(organizer, {
    task_type: "recurring",
    recurrence_pattern: "weekly",
    start_date: FIRST,
    recurrence_ends: "2035-02-20",
  });
  const { body } = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: "UTC" },
  });
  const attendees = guests.map((email) => ({ email }));
  const invited = await change(organizer, { event_id: body.event_id, attendees });
  assert.equal(invited.status, 200, JSON.stringify(invited.body));
  await syncNow(stack, organizer);
  const google = await googleOf(stack, organizer.email);
  const titles = new Map([[body.event_id as string, new Set(["Write the report"])]]);
  const email = await stack.guest();
  const colleague = { email, google: await googleOf(stack, email) };
  return {
    stack,
    lines,
    organizer,
    guests,
    google,
    colleague,
    titles,
    deleted: [],
    removed: new Set(),
    restored: [],
    handed_over: [],
  };
}

export interface Part {
  eventId: string;
  event: calendar_v3.Schema$Event;
  /** Of the one who organizes it. */
  google: calendar_v3.Calendar;
}

/** A live series by its age; null if all are deleted. */
export async function partOf(world: SeriesWorld, number: number): Promise<Part | null> {
  const { stack, organizer } = world;
  const parts: Part[] = [];
  for (const row of await eventRows(stack, organizer)) {
    if (row.recurrence_master_id !== null) continue;
    const eventId = row.calendar_event_id;
    const google = world.handed_over.includes(eventId) ? world.colleague.google : world.google;
    const event = await shown(google, eventId);
    if (event !== null) parts.push({ eventId, event, google });
  }
  return parts.length === 0 ? null : parts[number % parts.length]!;
}

/** Null: deleted, or never there. */
export async function shown(
  google: calendar_v3.Calendar,
  eventId: string,
): Promise<calendar_v3.Schema$Event | null> {
  try {
    const { data } = await google.events.get({ calendarId: "primary", eventId });
    return data.status === "cancelled" ? null : data;
  } catch (error) {
    if (/Not Found|deleted/i.test(String(error))) return null;
    throw error;
  }
}

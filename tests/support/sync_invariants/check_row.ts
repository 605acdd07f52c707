import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { type Row, rowOf } from "../meetings.ts";
import { shownTime } from "./expected_event.ts";
import {
  canRead,
  canWrite,
  eventOf,
  homeOf,
  type MeetingWorld,
  OPTIONAL_GUEST,
} from "./meeting_world.ts";

/** The row, and what `status` says, are true of the event and of what was asked for. */
export async function checkRow(world: MeetingWorld): Promise<void> {
  const { stack, meeting_id, organizer, model, cancellation } = world;
  const row = await rowOf(stack, meeting_id);
  assert.equal(row.cancelled_at !== null, cancellation !== "none", "whether it is cancelled");
  const { body: status } = await organizer.call("status", { query: { meeting_id } });
  if (cancellation !== "none") {
    if (canWrite(world)) assert.equal(cancellation, "done", "the event is not deleted");
    else if (cancellation === "asked" && !world.is_deleted) checkNotOrganizer(world, row, status);
    assert.equal(status.status === "cancelled", cancellation === "done", status.status);
    return;
  }
  if (world.is_deleted) return checkDeleted(world, row);
  const seen = await checkPlace(world, row);
  if (seen !== null) checkFields(world, row, seen);
  if (seen !== null) checkRsvp(world, status.rsvp, await eventOf(world));
  if (!model.is_pending) {
    assert.equal(row.written_version, row.desired_version);
    return;
  }
  assert.ok(!canWrite(world), "a change is not written");
  checkNotOrganizer(world, row, status);
}

/** A change or cancellation of an event that is the colleague's: it is given up, and says whom to ask. */
function checkNotOrganizer({ colleague }: MeetingWorld, row: Row, status: Row): void {
  assert.equal(row.write_due_at, null);
  assert.match(row.writeback_error ?? "", new RegExp(`^not_organizer: ${colleague} organizes`));
  assert.deepEqual([status.status, status.reason], ["failed", "not_organizer"]);
}

/** Deleted where Convene can read it. What becomes of an event that it can no longer read, it cannot know. */
function checkDeleted(world: MeetingWorld, row: Row): void {
  if (canRead(world)) {
    assert.notEqual(row.cancelled_in_google_at, null, "the deletion is not in the row");
  }
}

/** Calendar and organizer of the row. Returns the event as the organizer sees it there, null if not at all. */
async function checkPlace(
  world: MeetingWorld,
  row: Row,
): Promise<calendar_v3.Schema$Event | null> {
  const { google, calendars, colleague, eventId } = world;
  assert.equal(row.google_event_id, eventId);
  assert.equal(row.cancelled_in_google_at, null, "it is called cancelled");
  if (canWrite(world)) {
    const { calendarId } = homeOf(world);
    const own = world.holder === "organizer" ? calendarId : colleague;
    assert.equal(row.google_calendar_id, own, "the calendar");
  } else {
    assert.ok(calendars.includes(row.google_calendar_id), `it is on ${row.google_calendar_id}`);
  }
  const calendarId = row.google_calendar_id;
  const { data: seen } = await google.organizer.events.get({ calendarId, eventId });
  assert.deepEqual(
    [row.organizer_email, row.organizer_self],
    [seen.organizer?.email, canWrite(world)],
    "the organizer",
  );
  return seen.status === "cancelled" ? null : seen;
}

/** The row equals Google's event in every field that Convene keeps and that no change wants otherwise. */
function checkFields(world: MeetingWorld, row: Row, event: calendar_v3.Schema$Event): void {
  const { organizer, model } = world;
  const { start, end, zone } = shownTime(event);
  const instant = (value: string) => new Date(value).toISOString();
  const starts = zone === null ? midnight(start, row.timezone) : start;
  const ends = zone === null ? midnight(end, row.timezone) : end;
  const { pending } = model;
  const has_time = !pending.has("time") && !pending.has("zone");
  const kept = <Value>(is_kept: boolean, value: Value) => is_kept ? value : null;
  assert.deepEqual({
    title: kept(!pending.has("title"), row.title),
    location: kept(!pending.has("place"), row.location ?? ""),
    starts_at: kept(has_time, instant(row.starts_at)),
    ends_at: kept(has_time, instant(row.ends_at)),
    timezone: kept(has_time && zone !== null, row.timezone),
    recurrence: kept(!pending.has("recurrence"), row.recurrence ?? []),
    attendees: row.attendees,
    google_event_link: row.google_event_link,
    meet_link: row.meet_link,
    participants: row.participants.map((guest: string | { email: string }) =>
      typeof guest === "string" ? guest : guest.email
    ),
  }, {
    title: kept(!pending.has("title"), event.summary),
    location: kept(!pending.has("place"), event.location ?? ""),
    starts_at: kept(has_time, starts),
    ends_at: kept(has_time, ends),
    timezone: kept(has_time, zone),
    recurrence: kept(!pending.has("recurrence"), event.recurrence ?? []),
    attendees: event.attendees,
    google_event_link: event.htmlLink,
    meet_link: event.hangoutLink,
    participants: [organizer.email, ...model.list],
  }, "the row");
}

function midnight(date: string, zone: string): string {
  const noon = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone });
  return new Date(noon.epochMilliseconds).toISOString();
}

/** The sum of the replies that Google has, as docs/sync.md words it. */
function checkRsvp(
  { model, guests, percentage }: MeetingWorld,
  rsvp: Row,
  { attendees = [] }: calendar_v3.Schema$Event,
): void {
  const replies = new Map(attendees.map(({ email, responseStatus }) => [email, responseStatus]));
  // Whom a change has added and who is not on the event yet is waited for; whom people removed is not.
  const required = model.list.filter((email) =>
    (replies.has(email) || model.pending.has(email)) && email !== guests[OPTIONAL_GUEST]
  );
  const count = (reply: string) => [...replies.values()].filter((one) => one === reply).length;
  const declined_by = required.filter((email) => replies.get(email) === "declined");
  const awaiting = required.filter((email) =>
    ["needsAction", "tentative"].includes(replies.get(email) ?? "needsAction")
  );
  const can_come = required.length - declined_by.length;
  const has_lost = percentage === null
    ? declined_by.length > 0 && "declined_by_required"
    : can_come * 100 < percentage * required.length && "quorum_lost";
  assert.deepEqual(rsvp, {
    status: has_lost || (awaiting.length > 0 ? "awaiting" : "confirmed"),
    accepted: count("accepted"),
    declined: count("declined"),
    tentative: count("tentative"),
    needs_action: count("needsAction"),
    awaiting,
    declined_by,
  }, "the sum of replies");
}

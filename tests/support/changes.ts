import assert from "node:assert/strict";
import type { StoredEvent } from "../../local/google/control.ts";
import { eventsOf, pendingMeeting } from "./meetings.ts";
import type { Organizer, Stack } from "./stack.ts";

/** One event by its id: where get, patch and delete go. */
export const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

/** A meeting whose event is on the calendar, and that event. */
export async function createdMeeting(stack: Stack, columns: Record<string, unknown> = {}) {
  const made = await pendingMeeting(stack, columns);
  await write(made.organizer, made.meeting_id);
  const event = await onlyEvent(stack, made.organizer);
  return { ...made, event };
}

/** Writes what is due for one meeting now. */
export async function write(organizer: Organizer, meeting_id: string) {
  const answer = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

export async function change(
  organizer: Organizer,
  meeting_id: string,
  changes: Record<string, unknown>,
) {
  const answer = await organizer.call("meetings", {
    method: "PATCH",
    body: { meeting_id, ...changes },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

export async function cancel(organizer: Organizer, meeting_id: string) {
  const answer = await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

/** The one live event of an organizer's calendar. */
export async function onlyEvent(stack: Stack, organizer: Organizer) {
  const [event, ...more] = await eventsOf(stack, organizer);
  assert.ok(event, "no event");
  assert.deepEqual(more, []);
  return event;
}

/** What an event says of each guest: address -> answer. */
export function answersOf(event: StoredEvent) {
  return Object.fromEntries(
    (event.attendees ?? []).map(({ email, responseStatus }) => [email, responseStatus]),
  );
}

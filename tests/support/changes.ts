import assert from "node:assert/strict";
import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import { eventsOf, MONDAY, pendingMeeting, rowOf } from "./meetings.ts";
import { callFunction, type Organizer, type Stack } from "./stack.ts";
import { until } from "./until.ts";

/** A calendar's events: where inserts and lists go. */
export const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";

/** One event by its id: where get, patch and delete go. */
export const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

/** Two hours after the slot that meetings of tests have, as a change wants it. */
export const AT_NOON = { start_time: `${MONDAY}T12:00:00Z`, end_time: `${MONDAY}T12:30:00Z` };

/** A meeting whose event is on the calendar, and that event. */
export async function createdMeeting(stack: Stack, columns: Record<string, unknown> = {}) {
  const made = await pendingMeeting(stack, columns);
  await write(made.organizer, made.meeting_id);
  const event = await onlyEvent(stack, made.organizer);
  return { ...made, event };
}

/** Writes what is due for one meeting now; where a woken function is at it already, awaits that. */
export async function write(organizer: Organizer, meeting_id: string) {
  const answer = await until(`${meeting_id} to be written by one of both`, async () => {
    const given = await organizer.call("write-back", { body: { meeting_id } });
    return given.status === 202 || given.body.error === "in_progress" ? null : given;
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

/** Writes whatever is due. */
export function batch(stack: Stack) {
  return callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
  });
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

export async function requeue(organizer: Organizer, meeting_id: string) {
  const answer = await organizer.call("meetings/requeue", { body: { meeting_id } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

/** What failed is still due, later; tests move its time. */
export async function makeRetryDue(stack: Stack, meeting_id: string): Promise<void> {
  const { write_due_at } = await rowOf(stack, meeting_id);
  assert.notEqual(write_due_at, null, "it was given up");
  await stack.platform.sql(
    "update private.work set due_at = clock_timestamp() where kind = 'write' and subject_id = $1",
    [meeting_id],
  );
}

/** What is left of a worker that died: a lease that has run out. */
export async function endLease(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    "update private.work set leased_until = clock_timestamp() where kind = 'write' and subject_id = $1",
    [meeting_id],
  );
}

/** A worker that dies over the meeting before it has asked Google anything. */
export async function loseWorker(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
  await endLease(stack, meeting_id);
}

/**
 * The same call in a process of its own, which is killed once `has_happened` and before Google's
 * answer to `method` has come.
 */
export async function killDuring(
  stack: Stack,
  organizer: Organizer,
  meeting_id: string,
  method: "POST" | "PATCH" | "DELETE",
  has_happened: () => Promise<boolean>,
): Promise<void> {
  const worker = await stack.platform.startWorker();
  const path_pattern = method === "POST" ? EVENTS : EVENT;
  await stack.google.fault({ method, path_pattern, answer_delay_ms: 10_000, times: 1 });
  const doomed = organizer.call("write-back", {
    body: { meeting_id },
    functions_url: worker.functions_url,
  }).catch(() => null);
  while (!await has_happened()) await Promise.resolve();
  worker.kill();
  await doomed;
}

/** Requests of one kind about an event that took effect or might have. */
export async function requestsAbout(stack: Stack, event_id: string, method: string) {
  const requests = await stack.google.requests({ method });
  return requests.filter(({ path }) => path.endsWith(event_id));
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

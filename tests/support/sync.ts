import assert from "node:assert/strict";
import type { Row } from "./meetings.ts";
import { callFunction, type Organizer, type Stack } from "./stack.ts";
import { googleOf } from "./tasks.ts";

/** The calendars of an organizer are read now: their time comes, and the sweep finds them. */
export async function syncNow(stack: Stack, { user_id }: Pick<Organizer, "user_id">) {
  await stack.platform.sql(
    "update private.sync_calendars set next_sync_at = clock_timestamp() where user_id = $1",
    [user_id],
  );
  await stack.platform.sql("select private.enqueue_syncs()");
  return await syncDue(stack);
}

/** Reads the calendars that are due. */
export async function syncDue(stack: Stack) {
  const answer = await callFunction(stack.platform, "google-webhook/sync", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 100 },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** The calendars of an organizer that are read for changes, with the number of their channels. */
export function calendarsOf(stack: Stack, organizer: Organizer): Promise<Row[]> {
  return stack.platform.sql(
    `select s.*, (select count(*)::integer from private.channels as ch where ch.sync_id = s.sync_id) as channels,
       w.due_at, w.lease_token
     from private.sync_calendars as s
     left join private.work as w on w.kind = 'sync' and w.subject_id = s.sync_id
     where s.user_id = $1 order by s.calendar_id`,
    [organizer.user_id],
  );
}

/** The requests to the Calendar API of an account, as "list", "list since", "get", "watch", "stop" and so on. */
export async function requestsOf(stack: Stack, email: string, since_id = 0): Promise<string[]> {
  const requests = await stack.google.requests({ user: email, since_id });
  return requests.filter(({ path }) => path.startsWith("/calendar/v3/")).map(
    ({ method, path, query }) => {
      const [, , rest = ""] = /^\/calendar\/v3\/(calendars\/[^/]+\/)?(.*)$/.exec(path) ?? [];
      if (rest === "channels/stop") return "stop";
      if (rest === "events/watch") return "watch";
      if (method !== "GET") return method.toLowerCase();
      if (rest !== "events") return "get";
      return query["syncToken"] === undefined ? "list" : "list since";
    },
  );
}

/** The id of the last request that the emulator has seen. */
export async function lastRequest(stack: Stack): Promise<number> {
  return (await stack.google.requests()).at(-1)?.id ?? 0;
}

/** A guest answers with Google's own client, on the guest's own copy. */
export async function answerInGoogle(
  stack: Stack,
  email: string,
  event_id: string,
  answer: { responseStatus: string; comment?: string; additionalGuests?: number },
): Promise<void> {
  const google = await googleOf(stack, email);
  await google.events.patch({
    calendarId: "primary",
    eventId: event_id,
    sendUpdates: "none",
    requestBody: { attendeesOmitted: true, attendees: [{ email, ...answer }] },
  });
}

/** The history of replies as its organizer reads it, oldest first: "email status comment". */
export async function responsesOf(organizer: Organizer, subject_id: string): Promise<string[]> {
  const { data, error } = await organizer.client.from("attendee_responses")
    .select("email, response_status, comment").eq("subject_id", subject_id).order("recorded_at");
  assert.equal(error, null, JSON.stringify(error));
  return (data as unknown as Row[]).map(({ email, response_status, comment }) =>
    [email, response_status, ...(comment === null ? [] : [comment])].join(" ")
  );
}

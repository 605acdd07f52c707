import assert from "node:assert/strict";
import { type calendar_v3 } from "@googleapis/calendar";
import { googleClient } from "../../packages/google-calendar-emulator/google_client.ts";
import type { Row } from "./meetings.ts";
import { callFunction, type Organizer, type Stack } from "./stack.ts";

/** A working Monday far enough ahead that "now" never matters, ten o'clock in Paris. */
export const START = "2035-01-08T09:00:00Z";

/** Inserts a task as its user, through supabase-js, and returns its id. */
export async function insertTask(
  organizer: Organizer,
  columns: Record<string, unknown> = {},
): Promise<string> {
  const { data, error } = await organizer.client
    .from("tasks")
    .insert({ title: "Write the report", start_date: START, ...columns } as never)
    .select("id")
    .single();
  assert.equal(error, null, JSON.stringify(error));
  return (data as unknown as { id: string }).id;
}

/** A task that stands on its user's calendar, with the guests that were invited afterwards. */
export async function scheduledTask(
  stack: Stack,
  options: {
    columns?: Record<string, unknown>;
    wanted?: Record<string, unknown>;
    guests?: number;
  } = {},
) {
  const organizer = await stack.organizer({ timezone: "Europe/Paris" });
  const guests: string[] = [];
  for (let count = 0; count < (options.guests ?? 0); count++) guests.push(await stack.guest());
  const task_id = await insertTask(organizer, options.columns);
  const scheduled = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: "Europe/Paris", ...options.wanted },
  });
  assert.equal(scheduled.status, 200, JSON.stringify(scheduled.body));
  const event_id = scheduled.body.event_id as string;
  if (guests.length > 0) {
    const invited = await change(organizer, {
      event_id,
      attendees: guests.map((email) => ({ email })),
    });
    assert.equal(invited.status, 200, JSON.stringify(invited.body));
  }
  return { organizer, guests, task_id, event_id };
}

/** PATCH task-events as the organizer. */
export function change(organizer: Organizer, body: Record<string, unknown>) {
  return organizer.call("task-events", { method: "PATCH", body });
}

/**
 * The rows of a user's events as the database owner sees them, oldest first, with wanted,
 * pending_change, google_account_id, outcome_unknown, lease_token, leased_until and due_at.
 */
export async function eventRows(stack: Stack, organizer: Organizer): Promise<Row[]> {
  return await stack.platform.sql<Row>(
    `select
       e.*, es.wanted, es.pending_change, es.google_account_id,
       es.outcome_unknown_since is not null or coalesce(w.crashes > 0, false) as outcome_unknown,
       w.lease_token, w.leased_until, nullif(w.due_at, 'infinity') as due_at
     from public.task_calendar_events as e
     left join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
     left join private.work as w on w.kind = 'task_event' and w.subject_id = e.id::text
     where e.user_id = $1 order by e.created_at, e.calendar_event_id`,
    [organizer.user_id],
  );
}

/** The row of one event. */
export async function eventRow(
  stack: Stack,
  organizer: Organizer,
  event_id: string,
): Promise<Row> {
  const row = (await eventRows(stack, organizer)).find((one) => one.calendar_event_id === event_id);
  assert.ok(row, `no row of ${event_id}`);
  return row;
}

/** Google's own client, signed in as an account. */
export async function googleOf(stack: Stack, email: string): Promise<calendar_v3.Calendar> {
  const { access_token } = await stack.google.signIn({ email });
  return googleClient(stack.platform.google_url, access_token);
}

/** The starts of all occurrences on a calendar in order, read with Google's own client. */
export async function startsOn(
  stack: Stack,
  email: string,
  timeMax = "2037-01-01T00:00:00Z",
): Promise<string[]> {
  return (await occurrencesOn(stack, email, timeMax)).map((event) => startOf(event));
}

/** The same as whole events. */
export async function occurrencesOn(
  stack: Stack,
  email: string,
  timeMax = "2037-01-01T00:00:00Z",
): Promise<calendar_v3.Schema$Event[]> {
  const google = await googleOf(stack, email);
  const { data } = await google.events.list({
    calendarId: "primary",
    singleEvents: true,
    orderBy: "startTime",
    timeMin: "2034-01-01T00:00:00Z",
    timeMax,
    maxResults: 2500,
  });
  return data.items ?? [];
}

/** The instant in UTC, or the date. */
export function startOf({ start }: calendar_v3.Schema$Event): string {
  return start?.date ?? new Date(start?.dateTime ?? "").toISOString().replace(".000Z", "Z");
}

/** Ends every lease and makes everything due: tests move times, not the clock. */
export async function makeEventsDue(stack: Stack, organizer: Organizer): Promise<void> {
  await stack.platform.sql(
    `update private.work
        set leased_until = least(leased_until, clock_timestamp()),
            due_at = case when due_at < 'infinity' then least(due_at, clock_timestamp()) else due_at end
      where kind = 'task_event' and owner_id = $1`,
    [organizer.user_id],
  );
}

/** What the cron sweep asks for. */
export async function sweep(stack: Stack) {
  const answer = await callFunction(stack.platform, "task-events", {
    body: { batch: true, limit: 50 },
    apikey: stack.platform.automations_key,
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

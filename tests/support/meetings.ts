import assert from "node:assert/strict";
import type { Organizer, Stack } from "./stack.ts";

/** A working Monday far enough ahead that "now" never matters. */
export const MONDAY = "2035-01-08";

/** Half an hour on that Monday, as columns of a meeting. */
export const SLOT = {
  starts_at: `${MONDAY}T10:00:00Z`,
  ends_at: `${MONDAY}T10:30:00Z`,
  timezone: "Europe/Paris",
};

/** That week, nine to five. */
export const WEEK = {
  duration_minutes: 30,
  earliest_date: MONDAY,
  latest_date: "2035-01-12",
  timezone: "UTC",
};

/** Inserts a meeting as its organizer, through supabase-js, and returns its id. */
export async function insertMeeting(
  organizer: Organizer,
  columns: Record<string, unknown>,
): Promise<string> {
  const { data, error } = await organizer.client
    .from("meetings")
    .insert(columns as never)
    .select("meeting_id")
    .single();
  assert.equal(error, null, JSON.stringify(error));
  return (data as unknown as { meeting_id: string }).meeting_id;
}

/** A meeting with a slot and two guests that waits for its event. */
export async function pendingMeeting(stack: Stack, columns: Record<string, unknown> = {}) {
  const organizer = await stack.organizer();
  const guests = [await stack.guest(), await stack.guest()];
  const meeting_id = await insertMeeting(organizer, {
    participants: [organizer.email, ...guests],
    ...SLOT,
    ...columns,
  });
  return { organizer, guests, meeting_id };
}

/**
 * Gives a row values that are refused, as an adopted table or a row from before a check has them: the row is changed as
 * Convene stores what Google has, which is not checked.
 */
export async function makeInvalid(
  stack: Stack,
  meeting_id: string,
  columns: Record<string, unknown>,
): Promise<void> {
  const changes = Object.keys(columns).map((name) =>
    `${name} = (jsonb_populate_record(m, $2::jsonb)).${name}`
  );
  await stack.platform.sql(
    `with storing as materialized (select set_config('convene.is_storing', 'true', true))
     update public.meetings as m set ${changes.join()} from storing where m.meeting_id = $1`,
    [meeting_id, JSON.stringify(columns)],
  );
}

/** A meeting of valid columns whose `invalid` ones became so after the insert. */
export async function insertInvalid(
  stack: Stack,
  organizer: Organizer,
  columns: Record<string, unknown>,
  invalid: Record<string, unknown>,
): Promise<string> {
  const meeting_id = await insertMeeting(organizer, columns);
  await makeInvalid(stack, meeting_id, invalid);
  return meeting_id;
}

/** Inserts meetings in one statement, and lets their searches fail in another: what notifications and sweeps find. */
export async function insertFailed(
  stack: Stack,
  organizer: Organizer,
  count = 1,
): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({
    meeting_id: crypto.randomUUID(),
    participants: ["guest@north.example"],
  }));
  const { error } = await organizer.client.from("meetings").insert(rows as never);
  assert.equal(error, null, JSON.stringify(error));
  const ids = rows.map(({ meeting_id }) => meeting_id);
  await stack.platform.sql(
    `with done as (delete from private.work where kind = 'search' and subject_id = any ($1))
     update public.meetings
     set scheduling_status = 'failed', scheduling_error = 'invalid_request',
       scheduling_reason = 'participants[0]: Expected an e-mail address'
     where meeting_id = any ($1)`,
    [ids],
  );
  return ids;
}

// deno-lint-ignore no-explicit-any -- a row is whatever the test asserts it to be
export type Row = Record<string, any>;

/**
 * The meeting's row as the database owner sees it, with what the queue and the event state know of
 * it: write_due_at, operation, lease_token, leased_until, attempts, crashes, deferrals,
 * outcome_unknown, google_account_id, removed_participants; search_due_at, search_lease_token,
 * search_attempts, search_crashes, search_deferrals, search_request; meet_link_due_at.
 */
export async function rowOf(stack: Stack, meeting_id: string): Promise<Row> {
  const [row] = await stack.platform.sql<Row>(
    `select
       m.*, private.write_operation(m) as operation,
       w.due_at as write_due_at, w.lease_token, w.leased_until, coalesce(w.attempts, 0) as attempts,
       coalesce(w.crashes, 0) as crashes, coalesce(w.deferrals, 0) as deferrals,
       es.outcome_unknown_since is not null or coalesce(w.crashes > 0, false) as outcome_unknown,
       coalesce(es.google_account_id, w.google_account_id) as google_account_id,
       coalesce(es.removed_participants, '{}') as removed_participants, es.search_request,
       nullif(s.due_at, 'infinity') as search_due_at, s.lease_token as search_lease_token,
       coalesce(s.attempts, 0) as search_attempts, coalesce(s.crashes, 0) as search_crashes,
       coalesce(s.deferrals, 0) as search_deferrals, l.due_at as meet_link_due_at
     from public.meetings as m
     left join private.work as w on w.kind = 'write' and w.subject_id = m.meeting_id
     left join private.work as s on s.kind = 'search' and s.subject_id = m.meeting_id
     left join private.work as l on l.kind = 'meet_link' and l.subject_id = m.meeting_id
     left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
     where m.meeting_id = $1`,
    [meeting_id],
  );
  assert.ok(row, `no meeting ${meeting_id}`);
  return row;
}

/** The live events that a meeting has on its organizer's calendar. */
export async function eventsOf(stack: Stack, organizer: Organizer) {
  return await stack.google.events({ calendar_id: organizer.email, status: "live" });
}

/** How many mails of each kind Google would have sent about the organizer's events, by guest. */
export async function mailsBy(stack: Stack, guests: string[]) {
  const sent = await Promise.all(guests.map((to) => stack.google.mails({ to })));
  return sent.map((mails) => mails.map(({ kind }) => kind));
}

/** Makes a row that waits due now: tests move its time, not the clock. One that has nothing to do stays so. */
export async function makeDue(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    `update private.work set due_at = clock_timestamp()
      where kind in ('write', 'search') and subject_id = $1 and due_at < 'infinity'`,
    [meeting_id],
  );
}

/** Deletes an event in Google's own interface, as its owner. */
export async function deleteOnGoogle(
  stack: Stack,
  email: string,
  event_id: string,
): Promise<void> {
  const { access_token } = await stack.google.signIn({ email });
  const url = `${stack.platform.google_url}/calendar/v3/calendars/primary/events/${event_id}`;
  const response = await fetch(url, {
    method: "DELETE",
    headers: { authorization: `Bearer ${access_token}` },
  });
  await response.body?.cancel();
  assert.equal(response.status, 204);
}

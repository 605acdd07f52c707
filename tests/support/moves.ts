import assert from "node:assert/strict";
import { createdMeeting, write } from "./changes.ts";
import { type Row, rowOf } from "./meetings.ts";
import { callFunction, type Organizer, type Stack } from "./stack.ts";
import { answerInGoogle, syncNow } from "./sync.ts";

/** Moves when a required person declines, with everything else as usual. */
export const ON_DECLINE = { on: "required_declined" };

/** A written meeting on Monday at ten with two guests that moves automatically, whose calendar has been read once. */
export async function movableMeeting(stack: Stack, columns: Record<string, unknown> = {}) {
  const made = await createdMeeting(stack, { auto_reschedule: ON_DECLINE, ...columns });
  await syncNow(stack, made.organizer);
  return { ...made, event_id: made.event.id ?? "" };
}

export type MovableMeeting = Awaited<ReturnType<typeof movableMeeting>>;

/** A guest declines in Google Calendar, and the reply reaches the row. */
export async function decline(
  stack: Stack,
  { organizer, event_id }: Pick<MovableMeeting, "organizer" | "event_id">,
  email: string | undefined,
): Promise<void> {
  assert.ok(email);
  await answerInGoogle(stack, email, event_id, { responseStatus: "declined" });
  await syncNow(stack, organizer);
}

/** Runs the searches that are due. */
export async function searchesDue(stack: Stack): Promise<Row[]> {
  const answer = await callFunction(stack.platform, "schedule", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 100 },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.results;
}

/** Runs the searches that are due, and returns the results of one meeting's. */
export async function searchDue(stack: Stack, meeting_id: string): Promise<Row[]> {
  return (await searchesDue(stack)).filter((one) => one.meeting_id === meeting_id);
}

/** Searches and writes what a reply has made due. */
export async function settleMove(
  stack: Stack,
  { organizer, meeting_id }: { organizer: Organizer; meeting_id: string },
): Promise<Row> {
  await searchDue(stack, meeting_id);
  if ((await rowOf(stack, meeting_id)).write_due_at !== null) await write(organizer, meeting_id);
  return await rowOf(stack, meeting_id);
}

/** Every decision about a meeting, oldest first: "decision" or "kept reason". */
export async function decisionsOf(stack: Stack, meeting_id: string): Promise<string[]> {
  const rows = await stack.platform.sql(
    "select decision, reason from private.moves where meeting_id = $1 order by at",
    [meeting_id],
  );
  return rows.map(({ decision, reason }) => [decision, ...(reason ? [reason] : [])].join(" "));
}

/** The clock moves on by `minutes` for what a meeting remembers of its moves and replies, and its search is due again. */
export async function passMinutes(stack: Stack, meeting_id: string, minutes: number) {
  await stack.platform.sql(
    "update private.moves set at = at - make_interval(mins => $2) where meeting_id = $1",
    [meeting_id, minutes],
  );
  await stack.platform.sql(
    `update public.attendee_responses set recorded_at = recorded_at - make_interval(mins => $2)
     where subject_id = $1`,
    [meeting_id, minutes],
  );
  await stack.platform.sql(
    `update private.work set due_at = due_at - make_interval(mins => $2)
     where subject_id = $1 and kind = 'search' and due_at < 'infinity'`,
    [meeting_id, minutes],
  );
}

/** The meeting's event and row begin at an instant from now, as if the clock had moved. */
export function startingIn(hours: number): { starts_at: string; ends_at: string } {
  // Google keeps whole seconds.
  const start = Math.floor(Date.now() / 1000) * 1000 + hours * 3_600_000;
  return {
    starts_at: new Date(start).toISOString(),
    ends_at: new Date(start + 30 * 60_000).toISOString(),
  };
}

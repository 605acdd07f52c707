import type { Organizer, Stack } from "./stack.ts";

/** Organizers whose Google accounts are connected; a few at a time, as people would come. */
export async function manyOrganizers(stack: Stack, count: number): Promise<Organizer[]> {
  const organizers: Organizer[] = [];
  while (organizers.length < count) {
    const some = Math.min(5, count - organizers.length);
    organizers.push(...await Promise.all(Array.from({ length: some }, () => stack.organizer())));
  }
  return organizers;
}

/**
 * `count` meetings with a slot, dealt out to the organizers in turn, due in that order. Their
 * wake-ups are lost, so that only a batch finds them. Returns their ids in that order.
 */
export async function manyMeetings(
  stack: Stack,
  organizers: readonly Pick<Organizer, "user_id">[],
  count: number,
): Promise<string[]> {
  const rows = await stack.platform.sql<{ meeting_id: string }>(
    `insert into public.meetings
       (meeting_id, organizer_user_id, title, participants, starts_at, ends_at, timezone, created_at)
     select gen_random_uuid()::text, ($1::uuid[])[1 + n % array_length($1::uuid[], 1)], 'Meeting ' || n,
       '["guest@north.example"]', timestamptz '2035-01-08 10:00Z' + n * interval '1 minute',
       timestamptz '2035-01-08 10:30Z' + n * interval '1 minute', 'UTC', clock_timestamp()
     from generate_series(0, $2::integer - 1) as n
     returning meeting_id`,
    [`{${organizers.map(({ user_id }) => user_id).join(",")}}`, count],
  );
  await loseWakeUps(stack);
  return rows.map(({ meeting_id }) => meeting_id);
}

/** Whatever the triggers have posted so far never arrives; the next wake-up is not combined with it. */
export async function loseWakeUps(stack: Stack): Promise<void> {
  await stack.platform.sql("delete from net.http_request_queue");
  await stack.platform.sql("update private.wake_ups set called_at = '-infinity'");
}

/** An empty queue. Deleting row by row would ask each meeting whether it still has an event. */
export async function forgetMeetings(stack: Stack): Promise<void> {
  await stack.platform.sql("truncate public.meetings cascade");
}

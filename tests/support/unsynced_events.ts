import type { Organizer, Stack } from "./stack.ts";

const HOUR_MS = 3_600_000;
const FIRST = "2035-01-08T09:00:00Z";

/** Events with a guest on Google, hour after hour, and rows that know nothing of organizer or guests. */
export async function unsyncedEvents(
  stack: Stack,
  { email, user_id }: Pick<Organizer, "email" | "user_id">,
  count: number,
  guest?: string,
): Promise<string[]> {
  const events = Array.from({ length: count }, (_, index) => {
    const start = Date.parse(FIRST) + index * HOUR_MS;
    return {
      summary: `Old ${index}`,
      start: { dateTime: new Date(start).toISOString() },
      end: { dateTime: new Date(start + HOUR_MS / 2).toISOString() },
      ...(guest === undefined
        ? {}
        : { attendees: [{ email: guest, responseStatus: "accepted" as const }] }),
    };
  });
  const { event_ids } = await stack.google.addEvents(email, events);
  await stack.platform.sql(
    `insert into public.task_calendar_events
       (user_id, calendar_event_id, event_start, event_end, organizer_self, sync_status)
     select $1, e.id, $3::timestamptz + (e.n - 1) * interval '1 hour',
       $3::timestamptz + (e.n - 1) * interval '1 hour' + interval '30 minutes', null, 'synced'
     from unnest($2::text[]) with ordinality as e (id, n)`,
    [user_id, event_ids, FIRST],
  );
  return event_ids;
}

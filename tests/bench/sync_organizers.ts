import { printLine } from "../../local/output.ts";
import { startPlatform } from "../../local/platform.ts";
import { callFunction, stackOf } from "../support/stack.ts";

/**
 * The backfill of 10,000 rows over 20 calendars: how many calls of Google's it takes a calendar,
 * which must be at most one more than the pages that the calendar's events fill.
 */
const CALENDARS = 20;
const EVENTS = 500;
const PAGE = 2500;

await using platform = await startPlatform({ background: { net: false, cron: false } });
const stack = stackOf(platform, false);
const emails: string[] = [];
for (let calendar = 0; calendar < CALENDARS; calendar++) {
  const { email, user_id } = await stack.organizer();
  emails.push(email);
  const events = Array.from({ length: EVENTS }, (_, index) => {
    const start = Date.UTC(2035, 0, 8) + index * 3_600_000;
    return {
      summary: `Event ${index}`,
      start: { dateTime: new Date(start).toISOString() },
      end: { dateTime: new Date(start + 1_800_000).toISOString() },
    };
  });
  const { event_ids } = await stack.google.addEvents(email, events);
  await platform.sql(
    `insert into public.task_calendar_events
       (user_id, calendar_event_id, event_start, event_end, organizer_self, sync_status)
     select $1, e.id, '2035-01-08T00:00:00Z'::timestamptz + e.n * interval '1 hour',
       '2035-01-08T00:30:00Z'::timestamptz + e.n * interval '1 hour', null, 'synced'
     from unnest($2::text[]) with ordinality as e (id, n)`,
    [user_id, event_ids],
  );
}
const [last] = await stack.google.requests().then((requests) => requests.slice(-1));
const started = performance.now();
const { body } = await callFunction(platform, "task-events/sync-organizer", {
  body: { backfill: true, limit: CALENDARS * EVENTS },
  apikey: platform.automations_key,
});
const seconds = (performance.now() - started) / 1000;
const requests = (await stack.google.requests({ since_id: last?.id ?? 0 }))
  .filter(({ path }) => path.startsWith("/calendar/v3/"));
const most = Math.max(
  ...emails.map((email) => requests.filter(({ user }) => user === email).length),
);
const allowed = 1 + Math.ceil(EVENTS / PAGE);
printLine(
  `${body.updated} of ${CALENDARS * EVENTS} rows over ${CALENDARS} calendars in ` +
    `${seconds.toFixed(1)} s; at most ${most} Google calls a calendar (${allowed} allowed)`,
);
if (body.updated !== CALENDARS * EVENTS || most > allowed) Deno.exit(1);

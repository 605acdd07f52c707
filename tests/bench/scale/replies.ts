import { compare } from "./measurements.ts";
import type { LedgerDatabase } from "./ledgers.ts";

/** `rows` replies, four for each event, of the last year. */
export async function fillReplies({ sql }: LedgerDatabase, rows: number): Promise<void> {
  const chunk = 2_000_000;
  for (let first = 0; first < rows; first += chunk) {
    await sql.unsafe(`
      insert into public.attendee_responses
        (kind, subject_id, email, event_etag, organizer_user_id, response_status, responded_at, recorded_at)
      select 'meeting', md5('meeting' || n / 4)::uuid::text, 'guest-' || n % 4 || '@north.example', '"' || 3400000000000000 + n || '"',
        users.ids[1 + (n / 4) % array_length(users.ids, 1)], 'accepted',
        now() - interval '1 year' + n * (interval '1 year' / ${rows}), now() - interval '1 year' + n * (interval '1 year' / ${rows})
      from generate_series(${first}, ${Math.min(rows, first + chunk) - 1}) as n,
        (select array_agg(id order by id) as ids from auth.users) as users`);
  }
  await sql.unsafe("vacuum (analyze) public.attendee_responses");
}

/** Milliseconds of processor time for one page of replies: a new version of 100 events, in each of which one guest of four replies. */
export async function replyCost(ledger: LedgerDatabase, events: number): Promise<number> {
  const [cost] = await compare([ledger], async ({ sql }, round) => {
    await sql.unsafe(`
      select count(r)
      from generate_series(0, 99) as n
      cross join lateral (
        select u.id as user_id from auth.users as u order by u.id offset n % 100 limit 1) as users
      cross join lateral private.record_responses(
        'meeting', md5('meeting' || (n::bigint * ${
      Math.max(1, Math.floor(events / 100))
    }))::uuid::text, users.user_id,
        jsonb_build_object(
          'etag', '"round-${round}-' || n || '"', 'updated', now(),
          'attendees', (
            select jsonb_agg(jsonb_build_object(
              'email', 'guest-' || g || '@north.example',
              'responseStatus', case when g = 0 then '${
      round % 2 === 0 ? "declined" : "tentative"
    }' else 'accepted' end))
            from generate_series(0, 3) as g))) as r`);
  });
  return cost?.cpu_ms ?? NaN;
}

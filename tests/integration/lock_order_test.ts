import assert from "node:assert/strict";
import postgres from "postgres";
import { startPlatform } from "../../local/platform.ts";
import { manyMeetings } from "../support/many_meetings.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { connectedUser, FAILED, WRITTEN } from "../support/queue.ts";
import { stackOf } from "../support/stack.ts";
import { until } from "../support/until.ts";

const WORKERS = 8;
const ROUNDS = 60;
const MEETINGS = 24;
const DEADLOCK = "40P01";

/** A generator of numbers that is the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** Meetings of four organizers, and a pool of sessions. */
async function lockedTables(resources: AsyncDisposableStack) {
  const server = resources.use(await startPostgresServer());
  const { url } = await server.createDatabase();
  const platform = resources.use(
    await startPlatform({
      strict_google: true,
      background: { net: false, cron: false },
      database: { kind: "url", url },
    }),
  );
  const stack = stackOf(platform, true);
  const organizers = await Promise.all([1, 2, 3, 4].map(() => connectedUser(stack)));
  const ids = await manyMeetings(stack, organizers, MEETINGS);
  const sql = postgres(url, { max: WORKERS, onnotice: () => {} });
  resources.defer(() => sql.end());
  return { organizers, ids, sql };
}

/** A search of a meeting finds an hour from `hour` on, and holds it for these people. */
async function searchAndHold(sql: postgres.Sql, id: string, held: string[], hour: number) {
  const [row] = await sql<{ token: string | null }[]>`
    select public.begin_scheduling(${id}, null, null, true) -> 'meeting' ->> 'lease_token' as token`;
  const candidate = {
    start_time: `2035-01-09T${String(hour).padStart(2, "0")}:00:00Z`,
    end_time: `2035-01-09T${String(hour + 1).padStart(2, "0")}:00:00Z`,
    participant_availability: held.map((email) => ({ email, status: "free" })),
  };
  await sql`select public.settle_scheduling(${id}, ${row?.token ?? null}::uuid,
    ${sql.json({ timezone: "UTC", held, max_candidates: 1 })}, ${sql.json([candidate])})`;
}

/** Changes a meeting to half an hour from `hour` on; returns the decision. */
async function moveTo(sql: postgres.ISql, id: string, hour: number): Promise<string> {
  const start = `2035-01-09T${String(hour).padStart(2, "0")}:00:00Z`;
  const changes = { starts_at: start, ends_at: start.replace(":00:00Z", ":30:00Z") };
  const [row] = await sql<{ decision: string }[]>`
    select public.change_meeting(${id}, null, ${
    JSON.stringify(changes)
  }::text::jsonb) ->> 'decision' as decision`;
  return row?.decision ?? "";
}

Deno.test("changes, cancellations, requeues, settlements, claims, holds, sweeps, reconnections and the ledger's maintenance never deadlock", async () => {
  await using resources = new AsyncDisposableStack();
  const { organizers, ids, sql } = await lockedTables(resources);
  const failures: string[] = [];
  const done: Record<string, number> = {};

  async function act(random: () => number): Promise<void> {
    const id = ids[Math.floor(random() * ids.length)] ?? "";
    const organizer = organizers[Math.floor(random() * organizers.length)];
    const acts: Record<string, () => Promise<unknown>> = {
      change: () =>
        sql`select public.change_meeting(${id}, null, ${
          sql.json({
            title: `${random()}`,
            participants: [`p${Math.floor(random() * 5)}@north.example`],
          })
        })`,
      move: () => moveTo(sql, id, 9 + Math.floor(random() * 4)),
      cancel: () => sql`select public.cancel_meeting(${id})`,
      requeue: () => sql`select public.requeue_meeting(${id})`,
      set_pending: () =>
        sql`update public.meetings set writeback_status = 'pending'
             where meeting_id = ${id} and cancelled_at is null and starts_at is not null`,
      sweep: () => sql`select private.sweep()`,
      expire: () =>
        sql`update private.work set leased_until = clock_timestamp() - interval '1 second'
                         where kind = 'write' and subject_id = ${id} and lease_token is not null`,
      reconnect: () =>
        sql`update private.google_connections set status = 'healthy', status_reason = null, connected_at = now()
             where user_id = ${organizer?.user_id ?? null}`,
      disconnect: () =>
        sql`update private.google_connections set status = 'needs_reauth', status_reason = 'invalid_grant'
             where user_id = ${organizer?.user_id ?? null}`,
      begin: () => sql`select public.begin_writeback(${id})`,
      search: () => sql`select public.begin_scheduling(${id}, null, null, true)`,
      search_and_hold: () => {
        const hour = 9 + Math.floor(random() * 4);
        const held = [1, 2].map(() => `p${Math.floor(random() * 5)}@north.example`);
        return searchAndHold(sql, id, held, hour);
      },
      // The job when a month has ended, and when one is missing.
      maintain: async () => {
        await sql`do $$ begin
          if private.maintains_ledger() and private.lock_ledger()
            and to_regclass('private.writeback_ledger_2001_01') is null
          then
            perform private.attach_ledger_partition(
              'writeback_ledger_2001_01', '2001-01-01 00:00Z', '2001-02-01 00:00Z', 'A month.');
          end if;
        end $$`;
        await sql`select private.extend_ledger(${
          4 + Math.floor(random() * 20)
        }), private.trim_ledger()`;
      },
      end_holds: async () => {
        await sql`update private.slot_holds set expires_at = clock_timestamp() where meeting_id = ${id}`;
        await sql`select private.expire_slot_holds()`;
      },
      claim_and_settle: async () => {
        const [row] = await sql<{ slice: { meetings: Record<string, unknown>[] } }[]>`
          select public.claim_writeback_slice(6, 120, ${random() < 0.5}) as slice`;
        const settlements = (row?.slice.meetings ?? []).map((meeting) => ({
          ...(random() < 0.5
            ? WRITTEN
            : { ...FAILED, error: "invalid_grant: revoked", should_retry: random() < 0.5 }),
          google_event_id: `event-${meeting.meeting_id}`,
          operation: meeting.operation,
          meeting_id: meeting.meeting_id,
          lease_token: meeting.lease_token,
          written_version: meeting.desired_version,
          steps: [],
        })).sort(() => random() - 0.5);
        await sql`select public.settle_writebacks(${sql.json(settlements as never)})`;
      },
    };
    const names = Object.keys(acts);
    const name = names[Math.floor(random() * names.length)] ?? "";
    try {
      await acts[name]?.();
      done[name] = (done[name] ?? 0) + 1;
    } catch (error) {
      const { code, message } = error as postgres.PostgresError;
      // A meeting that has been cancelled meanwhile may not be set pending any more.
      if (name === "set_pending" && message.startsWith("cancelled")) return;
      failures.push(`${name}: ${code} ${message}`);
    }
  }

  await Promise.all(Array.from({ length: WORKERS }, async (_, worker) => {
    const random = numbers(worker + 1);
    for (let round = 0; round < ROUNDS; round++) await act(random);
  }));
  assert.deepEqual(failures, []);
  assert.ok(Object.keys(done).length >= 14, JSON.stringify(done));
  const [deadlocks] = await sql<{ deadlocks: string }[]>`
    select deadlocks from pg_stat_database where datname = current_database()`;
  assert.equal(Number(deadlocks?.deadlocks), 0, DEADLOCK);
});

Deno.test("a change to a time that another change gives back at that moment does not wait for it", async () => {
  await using resources = new AsyncDisposableStack();
  const { ids: [first = "", second = ""], sql } = await lockedTables(resources);
  const guest = "p0@north.example";
  for (const [id, hour] of [[first, 10], [second, 14]] as const) {
    await sql`select public.change_meeting(${id}, null, ${sql.json({ participants: [guest] })})`;
    await searchAndHold(sql, id, [guest], hour);
  }
  let away: Promise<string> | undefined;
  const moved = await sql.begin(async (session) => {
    // All of them, in the one order: whose lock a change takes besides is then no question of their hashes.
    await session`
      select private.lock_people(
        ${guest}::text || array(
          select unnest(array[c.user_id::text, c.email]) from private.google_connections as c))`;
    away = moveTo(sql, first, 12).catch(String);
    await until("the change of the first meeting to wait for the guest", async () => {
      const [row] = await sql<{ is_waiting: boolean }[]>`
        select exists (
          select from pg_locks as l
          join pg_database as d on d.oid = l.database and d.datname = current_database()
          where l.locktype = 'advisory' and not l.granted) as is_waiting`;
      return row?.is_waiting === true;
    });
    return await moveTo(session, second, 10);
  });
  assert.deepEqual([moved, await away], ["changed", "changed"]);
  const holds = await sql`
    select meeting_id, extract(hour from lower(held))::integer as hour, state
    from private.slot_holds where participant_email = ${guest} order by held`;
  assert.deepEqual([...holds], [
    // Its claim reserves it.
    { meeting_id: second, hour: 10, state: "ended" },
    { meeting_id: first, hour: 12, state: "active" },
  ]);
});

Deno.test("a page of sync locks the meetings that it shows and those at its times in one order", async () => {
  await using resources = new AsyncDisposableStack();
  const { ids, sql } = await lockedTables(resources);
  // Of one organizer, in the order in which everything locks meetings.
  const [disturbed = "", shown = ""] = [ids[0] ?? "", ids[4] ?? ""].toSorted();
  for (const id of [disturbed, shown]) {
    await sql`select public.mark_writeback_success(${id}, ${`event-${id}`}, 'primary', 'https://calendar.example')`;
  }
  const [meeting] = await sql<{ starts_at: Date; ends_at: Date; organizer_user_id: string }[]>`
    select starts_at, ends_at, organizer_user_id from public.meetings where meeting_id = ${disturbed}`;
  const [lease] = await sql<{ sync_id: string; lease_token: string }[]>`
    insert into private.work as w (kind, subject_id, owner_id, due_at, lease_token, leased_at, leased_until)
    select 'sync', s.sync_id, s.user_id, 'infinity', gen_random_uuid(), now(), now() + interval '1 minute'
    from private.sync_calendars as s where s.user_id = ${meeting?.organizer_user_id ?? null}
    on conflict (kind, subject_id) do update
    set lease_token = excluded.lease_token, leased_at = excluded.leased_at, leased_until = excluded.leased_until
    returning w.subject_id as sync_id, w.lease_token`;
  const times = {
    start: { dateTime: meeting?.starts_at.toISOString() ?? "" },
    end: { dateTime: meeting?.ends_at.toISOString() ?? "" },
  };
  const events = [
    { id: `event-${shown}`, status: "confirmed", etag: '"2"', summary: "Shown", ...times },
    { id: "other", status: "confirmed", etag: '"1"', ...times },
  ];
  let stored: Promise<unknown> | undefined;
  await sql.begin(async (settlement) => {
    await settlement`select private.lock_write_states(array[${disturbed}])`;
    stored = sql`
      select public.store_sync_page(${lease?.sync_id ?? null}, ${lease?.lease_token ?? null}, ${
      sql.json(events)
    }) as page`.then(([row]) => row?.page.stored, String);
    await until("the page to wait", async () => {
      const [row] = await sql<{ is_waiting: boolean }[]>`
        select exists (
          select from pg_stat_activity as a
          where a.datname = current_database() and a.wait_event_type = 'Lock' and a.query like '%store_sync_page%') as is_waiting`;
      return row?.is_waiting === true;
    });
    await settlement`select private.lock_write_states(array[${shown}])`;
  });
  assert.equal(await stored, true);
});

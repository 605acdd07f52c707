import type { Row } from "../../support/meetings.ts";
import { manyMeetings } from "../../support/many_meetings.ts";
import type { Stack } from "../../support/stack.ts";
import postgres from "postgres";
import { median, sessionMilliseconds } from "./measure.ts";

/** What the queue costs in the database alone, in milliseconds of its processor time a round. */
export interface QueueCost {
  claim: number;
  settle: number;
  /**
   * The bare statements that store the same facts: an update of the work rows, an update of the
   * meetings from values, an insert of the same ledger rows. No decision, no check, no quota.
   */
  bare: number;
  /** Statements inside one claim and one settlement (pg_stat_statements, track = all). */
  statements: number;
}

const ROUNDS = 5;

/** `organizers` must be enough for slices of 18 to hold all `rows`. */
export async function queueCost(
  stack: Stack,
  database_url: string,
  organizers: readonly { user_id: string }[],
  rows: number,
  { keep_ledger = false }: { keep_ledger?: boolean } = {},
): Promise<QueueCost> {
  const ids = await manyMeetings(stack, organizers, rows);
  const session = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    const [backend] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const cpu = () => sessionMilliseconds(backend?.pid ?? 0);
    const spent = { claim: [] as number[], settle: [] as number[], bare: [] as number[] };
    let statements = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await makePending(stack, ids, keep_ledger);
      const values = JSON.stringify(ids.map((meeting_id) => asWritten({ meeting_id })));
      const began = await cpu();
      await session.unsafe(BARE_LEASE, [ids]);
      await session.unsafe(BARE_VALUES, [values]);
      await session.unsafe(BARE_LEDGER, [values]);
      spent.bare.push(await cpu() - began);

      await makePending(stack, ids, keep_ledger);
      await session`select pg_stat_statements_reset()`;
      const before = await cpu();
      const claimed: { row: Row }[] = await session.unsafe(
        "select c.meeting as row from public.claim_writebacks($1) as c",
        [rows],
      );
      const between = await cpu();
      const leased = claimed.map(({ row }) => row);
      if (leased.length !== rows) throw new Error(`Only ${leased.length} of ${rows} were claimed`);
      const settlements = JSON.stringify(leased.map(asWritten));
      const middle = await cpu();
      await session.unsafe("select public.settle_writebacks($1::text::jsonb)", [settlements]);
      spent.claim.push(between - before);
      spent.settle.push(await cpu() - middle);
      statements = await statementsSince(stack);
    }
    // Out of the queue's sight; they count among the finished ones from now on.
    await withoutTriggers(stack, forgetWork(ids));
    await session.unsafe(BARE_VALUES, [
      JSON.stringify(ids.map((meeting_id) => asWritten({ meeting_id }))),
    ]);
    return {
      claim: median(spent.claim),
      settle: median(spent.settle),
      bare: median(spent.bare),
      statements,
    };
  } finally {
    await session.end();
  }
}

/** Meetings number `first` to `last` that are long done, with their triggers and checks left out. */
export async function addFinishedMeetings(
  stack: Stack,
  first: number,
  last: number,
): Promise<void> {
  await withoutTriggers(
    stack,
    `insert into public.meetings
       (meeting_id, organizer_user_id, title, participants, starts_at, ends_at, timezone, scheduling_status,
        writeback_status, google_event_id, written_version, created_at)
     select 'done-' || n, users.ids[1 + n % array_length(users.ids, 1)], 'Done', '["guest@north.example"]',
       now() - interval '1 hour', now() - interval '30 minutes', 'UTC', 'scheduled', 'created', 'convene' || n, 1,
       now() - n * interval '1 minute'
     from generate_series(${first}, ${last}) as n, (select array_agg(id) as ids from auth.users) as users;`,
  );
  await stack.platform.sql("vacuum (analyze) public.meetings");
}

/** So many steps of write-backs that were made a day ago. */
export async function addLedgerRows(stack: Stack, count: number): Promise<void> {
  await stack.platform.sql(
    `insert into public.writeback_ledger (meeting_id, step, at, outcome)
     select 'done-' || n / 4, (array['claimed', 'requested', 'answered', 'settled'])[1 + n % 4],
            now() - interval '1 day', 'done'
     from generate_series(1, ${count}) as n`,
  );
  await stack.platform.sql("vacuum (analyze) public.writeback_ledger");
}

/** Makes the meetings due as if they were new, with their triggers left out. */
async function makePending(
  stack: Stack,
  ids: readonly string[],
  keep_ledger: boolean,
): Promise<void> {
  await withoutTriggers(
    stack,
    `${forgetWork(ids)}
     insert into private.work (kind, subject_id, owner_id, due_at)
     select 'write', m.meeting_id, m.organizer_user_id, m.created_at
     from public.meetings as m where m.meeting_id = any (${textArray(ids)});
     update public.meetings set writeback_status = 'pending', google_event_id = null
     where meeting_id = any (${textArray(ids)});`,
  );
  if (keep_ledger) {
    await stack.platform.sql(
      "delete from public.writeback_ledger where at > now() - interval '1 hour'",
    );
  } else {
    await stack.platform.sql("truncate public.writeback_ledger");
  }
  await stack.platform.sql("delete from net.http_request_queue");
  for (const table of ["public.meetings", "private.work", "private.event_state"]) {
    await stack.platform.sql(`vacuum (analyze) ${table}`);
  }
}

function withoutTriggers(stack: Stack, statements: string) {
  return stack.platform.sql(
    `do $$ begin
       set local session_replication_role = replica;
       ${statements}
     end $$`,
  );
}

function forgetWork(ids: readonly string[]): string {
  return `delete from private.work where subject_id = any (${textArray(ids)});
     delete from private.event_state where subject_id = any (${textArray(ids)});`;
}

/** The ids are UUIDs, so none has a quote. */
function textArray(ids: readonly string[]): string {
  return `'{${ids.join(",")}}'::text[]`;
}

const BARE_LEASE = `update private.work
   set lease_token = gen_random_uuid(), leased_at = clock_timestamp(),
       leased_until = clock_timestamp() + interval '2 minutes'
 where kind = 'write' and subject_id = any ($1::text[])
 returning *`;

const BARE_LEDGER = `insert into public.writeback_ledger
   (meeting_id, step, at, request, status, outcome, duration_ms)
 select g.meeting_id, step.step, coalesce(step.at, clock_timestamp()), step.request, step.status,
        step.outcome, step.duration_ms
   from jsonb_to_recordset($1::text::jsonb) as g (meeting_id text, steps jsonb)
   cross join lateral jsonb_to_recordset(
     '[{"step": "claimed"}]' || g.steps || '[{"step": "settled"}]') as step
     (step text, at timestamptz, request jsonb, status integer, outcome text, duration_ms integer)`;

/** What a settlement writes into the rows, and nothing of what it decides, checks and records. */
const BARE_VALUES = `update public.meetings as m
   set writeback_status = 'created', writeback_succeeded_at = clock_timestamp(),
       google_event_id = g.google_event_id, google_calendar_id = g.google_calendar_id,
       google_event_link = g.google_event_link, written_version = g.written_version,
       event_generation = g.event_generation, organizer_self = (g.event ->> 'organizer_self')::boolean,
       attendees = g.event -> 'attendees'
  from jsonb_to_recordset($1::text::jsonb) as g
    (meeting_id text, google_event_id text, google_calendar_id text, google_event_link text,
     written_version integer, event_generation integer, event jsonb)
 where m.meeting_id = g.meeting_id
 returning m.*`;

function asWritten(row: Row) {
  const at = new Date().toISOString();
  const request = { method: "insert", event_id: row.meeting_id, calendar_id: "primary" };
  return {
    meeting_id: row.meeting_id,
    lease_token: row.lease_token,
    outcome: "written",
    operation: "create",
    google_event_id: `convene${row.meeting_id}`,
    google_calendar_id: "primary",
    google_event_link: `https://calendar.example/${row.meeting_id}`,
    event: { organizer_self: true, attendees: [{ email: "guest@north.example" }] },
    written_version: 1,
    event_generation: 1,
    steps: [
      { step: "requested", at, request },
      { step: "answered", at, status: 200, outcome: "done", duration_ms: 200 },
    ],
  };
}

/** Statements on the queue's tables; the driver's own are left out. */
async function statementsSince(stack: Stack): Promise<number> {
  const [row] = await stack.platform.sql<{ calls: number }>(
    `select coalesce(sum(calls), 0)::integer as calls from pg_stat_statements
      where query ~ '(meetings|writeback|private\\.work|event_state)' and query !~ 'pg_stat_statements'
        and dbid = (select oid from pg_database where datname = current_database())`,
  );
  return row?.calls ?? 0;
}

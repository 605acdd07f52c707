import postgres from "postgres";

/** A migrated database with its ledger as it is (`months`), or as one table with the same columns and indexes. */
export interface LedgerDatabase {
  name: "one table" | "months";
  sql: postgres.Sql;
  /** Process id of the session, whose processor time is read. */
  pid: number;
}

export async function openLedger(
  name: LedgerDatabase["name"],
  url: string,
): Promise<LedgerDatabase> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  await sql.unsafe("set maintenance_work_mem = '512MB'");
  return { name, sql, pid: backend?.pid ?? 0 };
}

/** The ledger as a table of its own, with the key that it had before it was partitioned. */
export async function mergeMonths({ sql }: LedgerDatabase): Promise<void> {
  await sql.unsafe(`
    create table public.one_ledger (like public.writeback_ledger including all excluding indexes);
    drop table public.writeback_ledger;
    alter table public.one_ledger rename to writeback_ledger;
    alter table public.writeback_ledger add primary key (ledger_id);
    create trigger writeback_ledger_append_only before update on public.writeback_ledger
      for each statement execute function private.refuse_ledger_update();`);
  await createIndexes({ sql });
}

/** The partitions of the `count` months before this one. */
export async function addPastMonths(
  { sql }: Pick<LedgerDatabase, "sql">,
  count: number,
): Promise<void> {
  await sql.unsafe(`
    do $$
    declare
      v_month timestamp;
    begin
      for v_month in
        select date_trunc('month', now() at time zone 'UTC') - make_interval(months => n) from generate_series(${count}, 1, -1) as n
      loop
        continue when to_regclass('private.writeback_ledger_' || to_char(v_month, 'YYYY_MM')) is not null;
        perform private.attach_ledger_partition(
          'writeback_ledger_' || to_char(v_month, 'YYYY_MM'),
          v_month at time zone 'UTC', (v_month + interval '1 month') at time zone 'UTC', 'A month.');
      end loop;
    end $$`);
}

/**
 * `rows` steps, four for each meeting, evenly spread from the start of the month `months` ago until
 * a minute ago, as write-backs store them. Without its indexes while it is filled, as a restore does.
 */
export async function fillLedger(
  { sql }: Pick<LedgerDatabase, "sql">,
  rows: number,
  months: number,
): Promise<void> {
  await sql.unsafe(`
    drop index public.idx_writeback_ledger_meeting, public.idx_writeback_ledger_requests`);
  const chunk = 2_000_000;
  for (let first = 0; first < rows; first += chunk) {
    const last = Math.min(rows, first + chunk) - 1;
    await sql.unsafe(stepsOf(
      `generate_series(${first}, ${last}) as n`,
      `begun.at + n * ((now() - interval '1 minute' - begun.at) / ${rows})`,
      months,
    ));
  }
  await createIndexes({ sql });
  await sql.unsafe("vacuum (analyze) public.writeback_ledger");
}

/** Four steps for each of so many new meetings, made now, in one statement. */
export function insertSteps(meetings: number, salt: number): string {
  return stepsOf(
    `generate_series(${salt}::bigint * 4, ${salt}::bigint * 4 + ${meetings} * 4 - 1) as n`,
    "clock_timestamp()",
    0,
  );
}

/** The id of the n-th meeting of the generated steps. */
export function meetingId(n: number | string): string {
  return `md5('meeting' || ${n})::uuid::text`;
}

function stepsOf(series: string, at: string, months: number): string {
  return `insert into public.writeback_ledger
    (meeting_id, organizer_user_id, lease_token, step, at, request, status, outcome, decision, duration_ms, request_id)
  select ${
    meetingId("(n / 4)")
  }, users.ids[1 + (n / 4) % array_length(users.ids, 1)], md5('lease' || n / 4)::uuid,
    (array['claimed', 'requested', 'answered', 'settled'])[1 + n % 4], ${at},
    case n % 4
      when 0 then '{"attempt": 1, "operation": "create", "generation": 1, "outcome_unknown": false}'::jsonb
      when 1 then jsonb_build_object('method', 'insert', 'event_id', 'convene' || md5('event' || n / 4) || 'g1', 'calendar_id', 'primary')
    end,
    case n % 4 when 2 then 200 end, case n % 4 when 2 then 'done' end, case n % 4 when 3 then 'created' end,
    case n % 4 when 2 then 200 end, md5('request' || n / 4)::uuid
  from ${series}, (select array_agg(id order by id) as ids from auth.users) as users,
    (select (date_trunc('month', now() at time zone 'UTC') - make_interval(months => ${months})) at time zone 'UTC' as at) as begun`;
}

async function createIndexes({ sql }: Pick<LedgerDatabase, "sql">): Promise<void> {
  await sql.unsafe(`
    create index idx_writeback_ledger_meeting on public.writeback_ledger (meeting_id, ledger_id);
    create index idx_writeback_ledger_requests on public.writeback_ledger (at) include (organizer_user_id)
      where step = 'requested';`);
}

/** Bytes of the table and of its indexes, over all partitions. */
export async function sizesOf(
  { sql }: Pick<LedgerDatabase, "sql">,
  table = "public.writeback_ledger",
): Promise<{ rows: number; table: number; indexes: number }> {
  const [row] = await sql.unsafe<{ rows: string; table: string; indexes: string }[]>(
    `select sum(greatest(c.reltuples, 0))::bigint as rows, sum(pg_table_size(c.oid)) as table, sum(pg_indexes_size(c.oid)) as indexes
     from pg_class as c
     where c.oid = '${table}'::regclass or c.oid in (select part.relid from pg_partition_tree('${table}'::regclass) as part)`,
  );
  return { rows: Number(row?.rows), table: Number(row?.table), indexes: Number(row?.indexes) };
}

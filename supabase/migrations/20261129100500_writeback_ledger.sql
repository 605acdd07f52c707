-- Partitioned by month: steps are only appended, and are dropped a month at a time. No row refers to a step, and ledger_id
-- comes from one sequence alone, so the key may include the month's column.
create table public.writeback_ledger (
  ledger_id bigint generated always as identity,
  meeting_id text not null,
  organizer_user_id uuid,
  lease_token uuid,
  step text not null check (step in ('claimed', 'requested', 'answered', 'settled')),
  at timestamptz not null default clock_timestamp(),
  request jsonb,
  status integer,
  reason text,
  outcome text,
  decision text,
  duration_ms integer,
  request_id uuid default private.request_id(),
  primary key (ledger_id, at)
) partition by range (at);

comment on table public.writeback_ledger is
  'Append-only record of every write-back: one row for each step, joined by lease_token. Rows stay when their meeting is deleted.';
comment on column public.writeback_ledger.ledger_id is 'Order of the steps.';
comment on column public.writeback_ledger.meeting_id is 'The meeting; it may have been deleted since.';
comment on column public.writeback_ledger.organizer_user_id is 'The organizer at that time, who may read the row.';
comment on column public.writeback_ledger.lease_token is 'Lease under which the step was made.';
comment on column public.writeback_ledger.step is
  'claimed: a worker leased the row; requested: a request to Google; answered: Google''s response; settled: the '
  'decision.';
comment on column public.writeback_ledger.at is 'When the step was made; the month, in UTC, decides the partition.';
comment on column public.writeback_ledger.request is '{method, event_id, calendar_id}, and of a patch fields (the fields that it sends) and overwritten (what people had set before); never a token.';
comment on column public.writeback_ledger.status is 'HTTP status; null when no response came.';
comment on column public.writeback_ledger.reason is 'Google''s reason, e.g. duplicate or rateLimitExceeded.';
comment on column public.writeback_ledger.outcome is 'done, retry, unknown, reconnect or reject.';
comment on column public.writeback_ledger.decision is 'State of the row after settlement, or what the worker did next.';
comment on column public.writeback_ledger.duration_ms is 'Duration of the request in milliseconds.';
comment on column public.writeback_ledger.request_id is
  'Request to an edge function in which the step was stored, as in its header x-request-id and in the log. Null: stored by SQL.';

create index idx_writeback_ledger_meeting on public.writeback_ledger (meeting_id, ledger_id);
create index idx_writeback_ledger_requests on public.writeback_ledger (at) include (organizer_user_id)
  where step = 'requested';

alter table public.writeback_ledger enable row level security;

create policy "organizers read their ledger" on public.writeback_ledger
  for select to authenticated
  using (organizer_user_id = (select auth.uid()));

create function private.refuse_ledger_update() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'writeback_ledger is append-only'
    using errcode = '55000', hint = 'Insert a new row instead.';
end $$;
comment on function private.refuse_ledger_update is 'Trigger: refuses any update of the ledger.';

create trigger writeback_ledger_append_only
  before update on public.writeback_ledger
  for each statement execute function private.refuse_ledger_update();

create function private.record_steps(p_meeting public.meetings, p_lease_token uuid, p_steps jsonb) returns void
language sql set search_path = '' as $$
  insert into public.writeback_ledger
    (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
  select
    p_meeting.meeting_id, p_meeting.organizer_user_id, p_lease_token,
    step.step, coalesce(step.at, clock_timestamp()),
    step.request, step.status, step.reason, step.outcome, step.decision, step.duration_ms
  from jsonb_to_recordset(p_steps) as step (
    step text, at timestamptz, request jsonb, status integer, reason text, outcome text, decision text, duration_ms integer);
$$;
comment on function private.record_steps is
  'Appends steps of a lease to the ledger: [{step, at, request, status, reason, outcome, decision, duration_ms}].';

-- Partitions are in schema private, which REST does not expose, and no role has a right on them: steps are read and
-- inserted only through public.writeback_ledger, under its policy. Like without defaults: a month that was detached
-- needs nothing of Convene.
create function private.attach_ledger_partition(p_name text, p_from timestamptz, p_until timestamptz, p_comment text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  execute format('create table private.%I (like public.writeback_ledger including constraints including comments)', p_name);
  execute format('comment on table private.%I is %L', p_name, p_comment);
  execute format('alter table private.%I enable row level security', p_name);
  execute format('revoke all on private.%I from public, anon, authenticated, service_role', p_name);
  execute format(
    'create trigger writeback_ledger_append_only before update on private.%I for each statement '
    'execute function private.refuse_ledger_update()', p_name);
  if p_from is null then
    execute format('alter table public.writeback_ledger attach partition private.%I default', p_name);
    return;
  end if;
  execute format(
    'with early as (delete from private.writeback_ledger_default as l where l.at >= $1 and l.at < $2 returning *) '
    'insert into private.%I select * from early', p_name)
  using p_from, p_until;
  execute format(
    'alter table public.writeback_ledger attach partition private.%I for values from (%L) to (%L)', p_name, p_from, p_until);
end $$;
comment on function private.attach_ledger_partition(text, timestamptz, timestamptz, text) is
  'Creates a partition of the ledger in schema private, moves the steps of its time out of the default partition, and attaches it. Without times: the default partition.';

-- An insert never fails because a month is missing: the step is then stored here. In normal operation it is empty.
select private.attach_ledger_partition(
  'writeback_ledger_default', null, null, 'Steps of the ledger whose month has no partition; none while private.extend_ledger runs.');

create function private.ledger_months() returns table (name text, month date)
language sql stable set search_path = '' as $$
select c.relname::text, to_date(right(c.relname, 7), 'YYYY_MM')
from pg_catalog.pg_inherits as i
join pg_catalog.pg_class as c on c.oid = i.inhrelid
where i.inhparent = to_regclass('public.writeback_ledger') and c.relname ~ '^writeback_ledger_\d{4}_\d{2}$'
order by 2;
$$;
comment on function private.ledger_months() is 'The months of the ledger: the partition in schema private, and the first day of the month, in UTC.';

-- Partitions are attached and dropped under a lock of the whole ledger, taken before any lock of a partition, as every
-- other statement does, so that there is no deadlock. Another session may keep it locked for long, such as a backup, and
-- writes must not wait behind this one: it gives up, and the next run tries again.
create function private.lock_ledger() returns boolean
language plpgsql volatile set search_path = '' set lock_timeout = '1s' as $$
begin
  lock table only public.writeback_ledger in access exclusive mode;
  return true;
exception when lock_not_available then
  return false;
end $$;
comment on function private.lock_ledger() is 'Locks the ledger for the rest of the transaction; false: another session kept it locked for a second.';

create function private.maintains_ledger() returns boolean
language sql volatile set search_path = '' as $$ select pg_try_advisory_xact_lock(1668246898, 1000) $$;
comment on function private.maintains_ledger() is
  'Whether this transaction alone maintains the ledger, until it ends. The numbers are those of private.lock_people, and none of its locks.';

create function private.extend_ledger(p_ahead integer default 3) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  -- Moving more than these would keep the ledger locked for long; they stay in the default partition until they are trimmed.
  c_moved_requests constant integer := 20000;
  v_this_month constant date := date_trunc('month', clock_timestamp() at time zone 'UTC');
  v_missing constant date[] := array(
    select s.month::date from generate_series(v_this_month, v_this_month + make_interval(months => p_ahead), interval '1 month') as s (month)
    except select m.month from private.ledger_months() as m
    order by 1);
  v_month date;
  v_from timestamptz;
  v_until timestamptz;
  v_created integer := 0;
begin
  if cardinality(v_missing) = 0 or not private.maintains_ledger() or not private.lock_ledger() then
    return 0;
  end if;
  foreach v_month in array v_missing loop
    v_from := v_month::timestamp at time zone 'UTC';
    v_until := (v_month + interval '1 month') at time zone 'UTC';
    -- Another session may have created it before the lock.
    continue when exists (select from private.ledger_months() as m where m.month = v_month)
      or exists (
        select from private.writeback_ledger_default as l
        where l.step = 'requested' and l.at >= v_from and l.at < v_until
        offset c_moved_requests);
    perform private.attach_ledger_partition(
      'writeback_ledger_' || to_char(v_month, 'YYYY_MM'), v_from, v_until,
      format('Steps of the ledger in %s (UTC).', to_char(v_month, 'YYYY-MM')));
    v_created := v_created + 1;
  end loop;
  return v_created;
end $$;
comment on function private.extend_ledger(integer) is
  'Creates the partitions of the ledger for this month and the p_ahead next ones that are missing; returns how many. Steps that came before their partition are moved into it.';

-- A month is dropped when its last step is old enough: dropping costs the same for any number of rows, while deleting
-- leaves every row and index entry to vacuum.
create function private.trim_ledger(p_rows integer default 20000) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_before timestamptz;
  v_old text[];
  v_name text;
  v_deleted integer;
begin
  select now() - make_interval(days => s.value::integer) into v_before from private.settings as s where s.name = 'ledger_retention_days';
  if v_before is null or not private.maintains_ledger() then
    return 0;
  end if;
  v_old := array(
    select m.name from private.ledger_months() as m where (m.month + interval '1 month') at time zone 'UTC' <= v_before);
  if cardinality(v_old) > 0 and private.lock_ledger() then
    foreach v_name in array v_old loop
      execute format('drop table private.%I', v_name);
    end loop;
  end if;
  -- In the order of the primary key, so that no further index is needed, and a limited number of rows at a time, so that
  -- a run after a long break does not block other statements.
  delete from private.writeback_ledger_default as l
  where l.ledger_id in (
    select oldest.ledger_id
    from (select o.ledger_id, o.at from private.writeback_ledger_default as o order by o.ledger_id limit p_rows) as oldest
    where oldest.at < v_before
  );
  get diagnostics v_deleted = row_count;
  return v_deleted;
end $$;
comment on function private.trim_ledger is
  'Drops the months of the ledger of which every step is older than ledger_retention_days (private.settings; null: none), and deletes such steps '
  'from the default partition, at most p_rows of them; returns how many it deleted there.';

select private.extend_ledger();

revoke all on public.writeback_ledger from public, anon, authenticated, service_role;
revoke all on sequence public.writeback_ledger_ledger_id_seq from public, anon, authenticated, service_role;
revoke all on function
  private.refuse_ledger_update,
  private.record_steps,
  private.attach_ledger_partition,
  private.ledger_months,
  private.lock_ledger,
  private.maintains_ledger,
  private.extend_ledger,
  private.trim_ledger
from public, anon, authenticated, service_role;

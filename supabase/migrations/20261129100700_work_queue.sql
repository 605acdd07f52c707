-- The queue: one narrow table for everything that is due. A worker leases a row, and only the lease's token settles it.
-- Lock order everywhere: connection, subject row, work, event state. A claim locks only work rows (skip locked) and reads
-- the subject afterwards, so it never waits for a change, cancellation or settlement.

create table private.work_kinds (
  kind text primary key,
  wakes text not null,
  uses_google boolean not null,
  is_write boolean not null,
  requires_connection boolean not null,
  one_worker_per_owner boolean not null
);

comment on table private.work_kinds is 'The kinds of work and the rules that differ between them.';
comment on column private.work_kinds.kind is 'search, write, meet_link, task_event or notification.';
comment on column private.work_kinds.wakes is 'Edge function (and path) that processes the kind.';
comment on column private.work_kinds.uses_google is
  'Requests go to Google with the owner''s account: leases count against its quota, and paused or broken connections wait.';
comment on column private.work_kinds.is_write is
  'It writes to calendars: it also waits while only the owner''s writes are paused (an invitation limit).';
comment on column private.work_kinds.requires_connection is
  'Work of owners without a connection is not claimed. If false, it is claimed and fails with not_connected.';
comment on column private.work_kinds.one_worker_per_owner is 'Work of an owner is not claimed while another lease of the kind and owner is live.';

insert into private.work_kinds (kind, wakes, uses_google, is_write, requires_connection, one_worker_per_owner) values
  ('search', 'schedule', false, false, false, false),
  ('write', 'write-back', true, true, false, true),
  ('meet_link', 'meetings/meet-links', true, false, true, false),
  ('task_event', 'task-events', true, true, false, false),
  ('notification', 'notify', false, false, false, false);

-- No index holds a lease column, so a claim is a HOT update. fillfactor leaves room for it on the page.
create table private.work (
  kind text not null references private.work_kinds (kind),
  subject_id text not null,
  owner_id uuid,
  priority smallint not null default 0,
  requests smallint not null default 1,
  due_at timestamptz not null,
  attempts integer not null default 0,
  crashes integer not null default 0,
  deferrals integer not null default 0,
  lease_token uuid,
  leased_at timestamptz,
  leased_until timestamptz,
  leased_version integer,
  google_account_id text,
  google_calendar_id text,
  primary key (kind, subject_id)
) with (fillfactor = 70);

comment on table private.work is 'The only queue: a row exists while something is due or leased.';
comment on column private.work.kind is 'Kind of work; private.work_kinds has the function that processes it.';
comment on column private.work.subject_id is 'Key of the meeting, task event or notification, as text.';
comment on column private.work.owner_id is
  'The organizer or user, or the target of a notification. A claim takes rows of the owners in turn. Null: the row has no owner.';
comment on column private.work.priority is '0: first write of a new meeting; 1: everything else.';
comment on column private.work.requests is 'Requests to Google that processing the row is expected to take.';
comment on column private.work.due_at is
  'When it is due. If it is set during a lease, the row is due again after the settlement. infinity: only leased, never due.';
comment on column private.work.attempts is 'Failed attempts, at most max_attempts of private.settings.';
comment on column private.work.crashes is 'Consecutive leases that expired without a settlement; the row is reclaimed alone, and fails after max_attempts.';
comment on column private.work.deferrals is 'Consecutive postponements that spent no attempt; the backoff grows with them.';
comment on column private.work.lease_token is 'Token of the current lease; every settlement is fenced by it. Null: not leased.';
comment on column private.work.leased_at is 'When the lease began.';
comment on column private.work.leased_until is 'When another worker may reclaim the row.';
comment on column private.work.leased_version is 'desired_version that the lease is for; a failure of it does not count for a later one.';
comment on column private.work.google_account_id is 'Account that the lease uses; the first settlement stores it in private.event_state.';
comment on column private.work.google_calendar_id is 'Calendar that the lease uses; stored with the account.';

create index idx_work_queue on private.work (kind, owner_id, priority, due_at);

alter table private.work_kinds enable row level security;
alter table private.work enable row level security;
revoke all on private.work_kinds, private.work from public, anon, authenticated, service_role;

create function private.backoff(p_failures integer) returns interval
language sql volatile set search_path = '' as $$
select make_interval(secs => random() * least(
  private.setting('backoff_max_seconds'),
  private.setting('backoff_first_seconds') * private.setting('backoff_factor') ^ least(greatest(p_failures - 1, 0), 10)
)::double precision);
$$;
comment on function private.backoff(integer) is
  'Delay before the next attempt, exponential with full jitter: anything up to backoff_first_seconds after the first failure, backoff_factor times that after each further one, backoff_max_seconds at most.';

create function private.next_work(
  p_work private.work,
  p_verdict text,
  p_not_before_seconds double precision default null
) returns private.work
language plpgsql volatile set search_path = '' as $$
declare
  v_next private.work := p_work;
  v_is_final boolean;
begin
  v_next.lease_token := null;
  v_next.leased_at := null;
  v_next.leased_until := null;
  v_next.leased_version := null;
  v_next.google_account_id := null;
  v_next.google_calendar_id := null;
  if p_verdict = 'released' then
    return v_next;
  end if;
  v_next.crashes := 0;
  if p_verdict = 'done' then
    v_is_final := true;
  else
    v_next.priority := 1;
    v_next.attempts := p_work.attempts + case when p_verdict in ('retry', 'unknown') then 1 else 0 end;
    v_next.deferrals := case when p_verdict in ('defer', 'unverified') then p_work.deferrals + 1 else 0 end;
    v_is_final := p_verdict = 'reject'
      or p_verdict = 'retry' and v_next.attempts >= private.setting('max_attempts');
  end if;

  if not v_is_final then
    v_next.due_at := clock_timestamp() + coalesce(
      make_interval(secs => p_not_before_seconds),
      greatest(
        private.backoff(v_next.attempts + v_next.deferrals),
        -- A request whose response was lost may still take effect; verification comes after that.
        case when p_verdict = 'unknown' then make_interval(secs => private.setting('landing_seconds')::double precision) end));
  elsif p_work.lease_token is not null and p_work.due_at > p_work.leased_at and p_work.due_at < 'infinity' then
    -- Made due during the lease: the worker processed an older state of the subject.
    v_next.priority := 1;
    v_next.attempts := 0;
    v_next.deferrals := 0;
  else
    v_next.due_at := null;
  end if;
  return v_next;
end $$;
comment on function private.next_work(private.work, text, double precision) is
  'State of a work row of any kind after a lease; due_at null: nothing is left to do. p_verdict: done; retry (spends an attempt, the last one is final); '
  'unknown (spends one, is never final); defer and unverified (spend none); reject (final); released (nothing was tried). '
  'p_not_before_seconds replaces the backoff.';

create function private.store_work(p_work private.work) returns void
language plpgsql set search_path = '' as $$
begin
  if p_work.due_at is null then
    delete from private.work as w where w.kind = p_work.kind and w.subject_id = p_work.subject_id;
    return;
  end if;
  insert into private.work as w select p_work.*
  on conflict (kind, subject_id) do update
  set
    owner_id = excluded.owner_id, priority = excluded.priority, requests = excluded.requests, due_at = excluded.due_at,
    attempts = excluded.attempts, crashes = excluded.crashes, deferrals = excluded.deferrals,
    lease_token = excluded.lease_token, leased_at = excluded.leased_at, leased_until = excluded.leased_until,
    leased_version = excluded.leased_version, google_account_id = excluded.google_account_id,
    google_calendar_id = excluded.google_calendar_id;
end $$;
comment on function private.store_work(private.work) is 'Stores a work row as private.next_work returned it; a row without due_at is deleted.';

create function private.enqueue(p_kind text, p_subject_id text, p_owner_id uuid, p_due_at timestamptz default clock_timestamp())
returns void
language sql set search_path = '' as $$
insert into private.work as w (kind, subject_id, owner_id, due_at)
values (p_kind, p_subject_id, p_owner_id, p_due_at)
on conflict (kind, subject_id) do update
set due_at = case when w.lease_token is null then least(w.due_at, excluded.due_at) else excluded.due_at end;
$$;
comment on function private.enqueue(text, text, uuid, timestamptz) is
  'Makes a subject due. The due time of a waiting row only moves earlier; a leased row becomes due again after the settlement.';

create function private.lease_length(p_kind text, p_lease_seconds integer) returns interval
language sql stable set search_path = '' as $$
select make_interval(secs => coalesce(p_lease_seconds, private.setting(p_kind || '_lease_seconds'))::double precision);
$$;
comment on function private.lease_length(text, integer) is 'How long a lease lasts: p_lease_seconds, or <kind>_lease_seconds of private.settings.';

create function private.lease_work(p_kind text, p_subject_ids text[], p_lease_seconds integer) returns setof private.work
language sql set search_path = '' as $$
update private.work as w
set
  lease_token = gen_random_uuid(),
  leased_at = began.at,
  leased_until = began.at + began.length,
  -- A row that is leased before its backoff is over counts as due now: only a later time makes it due again.
  due_at = case when w.due_at < 'infinity' then least(w.due_at, began.at) else w.due_at end,
  -- An expired lease spends an attempt, but never makes the row fail without a verification.
  crashes = w.crashes + case when w.lease_token is null then 0 else 1 end,
  attempts = w.attempts
    + case when w.lease_token is not null and w.attempts < private.setting('max_attempts') then 1 else 0 end
from (select clock_timestamp() as at, private.lease_length(p_kind, p_lease_seconds) as length) as began
where w.kind = p_kind and w.subject_id = any (p_subject_ids)
returning w.*;
$$;
comment on function private.lease_work(text, text[], integer) is
  'Leases rows, each with its own token. For every kind, a lease that expired unsettled counts as a crash and as an attempt.';

-- Google counts requests of a sliding minute. Half a second and one per cent are kept free for differing clocks, for
-- calls with a meeting_id, and for the verification read after a taken id.
create function private.quota_window() returns interval
language sql immutable set search_path = '' as $$ select interval '60.5 seconds' $$;
comment on function private.quota_window() is 'The sliding window in which requests to Google are counted.';

create function private.quota(p_setting text) returns integer
language sql stable set search_path = '' as $$
select greatest(1, floor(private.setting(p_setting) * 0.99)::integer);
$$;
comment on function private.quota(text) is 'Requests in the window that a quota of private.settings allows, with one per cent kept free.';

create function private.requests_spent() returns table (account text, requests bigint)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  select coalesce(c.google_account_id, spent.user_id::text), sum(spent.requests)::bigint
  from (
    select l.organizer_user_id as user_id, count(*) as requests
    from public.writeback_ledger as l
    where l.step = 'requested' and l.at > clock_timestamp() - private.quota_window()
    group by 1
    union all
    -- Leased and not settled: the requests will be made, or are not in the ledger yet.
    select w.owner_id, sum(w.requests)
    from private.work as w
    join private.work_kinds as k on k.kind = w.kind and k.uses_google
    where w.lease_token is not null and w.leased_until > clock_timestamp()
    group by 1
  ) as spent
  left join private.google_connections as c on c.user_id = spent.user_id
  group by 1;
end $$;
comment on function private.requests_spent() is
  'Requests of the last minute by Google account, including those that live leases of every kind are about to make.';

create function private.paused_until(p_connection private.google_connections, p_is_write boolean) returns timestamptz
language sql immutable set search_path = '' as $$
select case when p_is_write then greatest(p_connection.paused_until, p_connection.writes_paused_until) else p_connection.paused_until end
$$;
comment on function private.paused_until(private.google_connections, boolean) is
  'When the pause of a connection, or (p_is_write) of its writes, ends; null: it is not paused.';

-- A recursive query reads one index entry for each owner, so the cost does not depend on the length of their queues.
create function private.open_owners(p_kind text) returns table (owner_id uuid, account text, requests_left integer)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  v_rules private.work_kinds;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  return query
  with recursive waiting (owner_id) as (
    (
      select w.owner_id from private.work as w
      where w.kind = p_kind and w.owner_id is not null
      order by w.owner_id
      limit 1
    )
    union all
    select (
      select w.owner_id from private.work as w
      where w.kind = p_kind and w.owner_id > before.owner_id
      order by w.owner_id
      limit 1
    )
    from waiting as before
    where before.owner_id is not null
  ), busy as materialized (
    select distinct w.owner_id from private.work as w
    where v_rules.one_worker_per_owner and w.kind = p_kind and w.lease_token is not null and w.leased_until > clock_timestamp()
  ), spent as materialized (
    select s.account, s.requests from private.requests_spent() as s where v_rules.uses_google
  )
  select
    o.owner_id,
    coalesce(c.google_account_id, o.owner_id::text),
    case when v_rules.uses_google then private.quota('google_requests_per_minute_per_user') - coalesce(s.requests, 0)::integer else 2147483647 end
  from waiting as o
  left join private.google_connections as c on c.user_id = o.owner_id
  left join spent as s on s.account = coalesce(c.google_account_id, o.owner_id::text)
  where o.owner_id is not null
    and (
      not v_rules.uses_google
      or c.user_id is null and not v_rules.requires_connection
      or c.status = 'healthy' and coalesce(private.paused_until(c, v_rules.is_write), '-infinity') <= clock_timestamp()
    )
    and not exists (select from busy as b where b.owner_id = o.owner_id);
end $$;
comment on function private.open_owners(text) is
  'Owners with work of a kind that may be processed now, with their Google account and the requests left in its quota. Excluded: paused and broken connections, and owners whose work another worker has leased.';

create function private.choose_work(p_kind text, p_limit integer) returns setof text
language plpgsql volatile rows 100 set search_path = '' as $$
declare
  v_slice integer := private.setting('slice_rows');
  v_uses_google boolean := (select k.uses_google from private.work_kinds as k where k.kind = p_kind);
begin
  return query
  with owners as materialized (
    select o.owner_id, o.account, o.requests_left from private.open_owners(p_kind) as o
  ), project as materialized (
    select case
      when v_uses_google then
        private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s)
      else 2147483647
    end as requests_left
  ), candidates as (
    select next.subject_id, o.owner_id, o.account, o.requests_left, next.priority, next.due_at, next.requests
    from owners as o
    cross join lateral (
      select w.subject_id, w.priority, w.due_at, w.requests
      from private.work as w
      where w.kind = p_kind and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
      order by w.priority, w.due_at, w.subject_id
      limit v_slice
    ) as next
    where o.requests_left > 0
    union all
    -- Without an owner no request is made; only the reason is stored.
    (
      select w.subject_id, null, '', 1000, w.priority, w.due_at, 0
      from private.work as w
      where w.kind = p_kind and w.owner_id is null and w.due_at <= clock_timestamp() and w.lease_token is null
      order by w.due_at
      limit v_slice
    )
  ), ranked as (
    select
      c.*,
      (row_number() over (partition by c.owner_id order by c.priority, c.due_at, c.subject_id) - 1) / 3 as round,
      sum(c.requests) over (partition by c.account order by c.priority, c.due_at, c.subject_id) as account_so_far,
      sum(c.requests) over (partition by c.account) as account_in_all
    from candidates as c
  ), affordable as (
    select r.*, sum(r.requests) over (order by r.round, r.priority, r.due_at, r.subject_id) as project_so_far
    from ranked as r
    where r.account_so_far <= r.requests_left
      -- An owner at the limit waits until a whole slice fits again, which needs fewer statements than single rows.
      and (
        r.account_in_all <= r.requests_left
        or r.requests_left >= least(v_slice, private.quota('google_requests_per_minute_per_user'))
      )
  )
  select a.subject_id
  from affordable as a, project as p
  where a.project_so_far <= p.requests_left
  -- Three of each owner in turn, so that one owner's long queue delays no other.
  order by a.round, a.priority, a.due_at, a.subject_id
  limit p_limit;
end $$;
comment on function private.choose_work(text, integer) is
  'The next rows of a kind, in order: owners in turn, at most a slice of each, and no more requests than are left in Google''s quotas.';

create function private.reclaim_work(p_kind text) returns text
language sql volatile set search_path = '' as $$
select w.subject_id
from private.work as w
where w.kind = p_kind
  and w.lease_token is not null
  and w.leased_until <= clock_timestamp()
  and w.due_at <= clock_timestamp()
  and (
    w.owner_id is null
    or w.owner_id in (select o.owner_id from private.open_owners(p_kind) as o where o.requests_left >= 2)
  )
  -- One at a time: a poison row must not end the leases of other rows.
  and not exists (
    select from private.work as other
    where other.kind = p_kind and other.lease_token is not null and other.leased_until > clock_timestamp() and other.crashes > 0
  )
order by w.leased_until, w.subject_id
limit 1
for update of w skip locked;
$$;
comment on function private.reclaim_work(text) is
  'Locks one row whose lease expired, or none while another reclaimed row of the kind is being processed.';

create function private.claim_work(p_kind text, p_limit integer, p_lease_seconds integer, p_reclaim boolean default true)
returns setof private.work
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[] := array[]::text[];
begin
  if p_limit < 1 then
    return;
  end if;
  -- One claim at a time, until its commit: two concurrent claims would both use the same rest of the quotas, which all
  -- kinds that use Google share.
  perform pg_advisory_xact_lock(hashtextextended(
    'convene.claim_work.' || (select case when k.uses_google then 'google' else k.kind end from private.work_kinds as k where k.kind = p_kind), 0));
  if p_reclaim then
    v_ids := array(select r.id from (select private.reclaim_work(p_kind) as id) as r where r.id is not null);
  end if;
  if cardinality(v_ids) = 0 then
    v_ids := array(
      select w.subject_id
      from private.work as w
      where w.kind = p_kind
        and w.subject_id = any (array(select private.choose_work(p_kind, p_limit)))
        and w.lease_token is null
        and w.due_at <= clock_timestamp()
      for update skip locked);
  end if;
  return query select l.* from private.lease_work(p_kind, v_ids, p_lease_seconds) as l;
end $$;
comment on function private.claim_work(text, integer, integer, boolean) is
  'Leases due rows of a kind: with p_reclaim one row alone whose lease expired, if there is one; otherwise the next in order.';

create view private.due_work with (security_invoker = true) as
select w.kind, w.subject_id, w.owner_id, w.priority, w.due_at, w.lease_token is not null as is_expired_lease
from private.work as w
join private.work_kinds as k on k.kind = w.kind
left join private.google_connections as c on k.uses_google and c.user_id = w.owner_id
where w.due_at <= clock_timestamp()
  and (w.leased_until is null or w.leased_until <= clock_timestamp())
  and (
    not k.uses_google
    or w.owner_id is null
    or c.user_id is null and not k.requires_connection
    or c.status = 'healthy' and coalesce(private.paused_until(c, k.is_write), '-infinity') <= clock_timestamp()
  );
comment on view private.due_work is
  'Work that can be claimed now. Work of paused connections, and of those that need a new consent, is excluded: it waits and spends no attempt.';
comment on column private.due_work.kind is 'As private.work.';
comment on column private.due_work.subject_id is 'As private.work.';
comment on column private.due_work.owner_id is 'As private.work.';
comment on column private.due_work.priority is 'As private.work.';
comment on column private.due_work.due_at is 'As private.work.';
comment on column private.due_work.is_expired_lease is 'Whether a lease of the row expired without a settlement.';
revoke all on private.due_work from public, anon, authenticated, service_role;

revoke all on function
  private.backoff(integer), private.next_work(private.work, text, double precision), private.store_work(private.work),
  private.enqueue(text, text, uuid, timestamptz), private.lease_length(text, integer), private.lease_work(text, text[], integer),
  private.quota_window(), private.quota(text), private.requests_spent(), private.paused_until(private.google_connections, boolean), private.open_owners(text),
  private.choose_work(text, integer), private.reclaim_work(text), private.claim_work(text, integer, integer, boolean)
from public, anon, authenticated, service_role;

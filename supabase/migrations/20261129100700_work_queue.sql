-- The queue: one narrow table for everything that is due. A worker leases a row, and only the lease's token settles it.
-- Lock order everywhere: connection, subject row, work, event state. A claim locks only work rows (skip locked) and reads
-- the subject afterwards, so it never waits for a change, cancellation or settlement.

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
  time_taken jsonb,
  spends integer not null default 0,
  request_id uuid,
  cause text check ((cause is not null) = (kind = 'conflict_check') and cause in ('named', 'seen', 'unwritten')),
  primary key (kind, subject_id)
) with (fillfactor = 70);

comment on table private.work is 'The only queue: a row exists while something is due or leased.';
comment on column private.work.kind is 'Kind of work; private.work_kinds has the function that processes it.';
comment on column private.work.subject_id is 'Key of the meeting, task event, announcement or notification, as text.';
comment on column private.work.owner_id is
  'The organizer or user; of a notification to a target without an owner, the target. A claim takes rows of the owners in turn. Null: the row has no owner.';
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
comment on column private.work.request_id is 'Request to an edge function that leased the row last (private.request_id).';
comment on column private.work.leased_version is 'desired_version that the lease is for; a failure of it does not count for a later one.';
comment on column private.work.google_account_id is 'Account that the lease uses; the first settlement stores it in private.event_state.';
comment on column private.work.google_calendar_id is 'Calendar that the lease uses; stored with the account.';
comment on column private.work.time_taken is
  'Of a leased write whose time another meeting holds: {people, is_searched}. is_searched: a search found the time, so the write may only '
  'adopt an event; otherwise it is written with a warning. Null: no other meeting holds the time.';

comment on column private.work.cause is
  'Of a conflict_check: named (the caller named the time), seen (another event may take it) or unwritten (a search found the time, longer ago than a hold lasts, and the '
  'event is not written yet). Null: other kinds.';
comment on column private.work.spends is
  'Of a write: guests whom it will invite. What the first lease spends of the owner''s budget; 0 once it is spent.';

create index idx_work_queue on private.work (kind, owner_id, priority, due_at);

create table private.work_turns (
  kind text not null references private.work_kinds (kind),
  owner_id uuid not null,
  taken_at timestamptz not null,
  primary key (kind, owner_id)
) with (fillfactor = 70);

comment on table private.work_turns is 'When rows of each owner were last claimed, so that the owners are served in turn, whatever the ages of their rows.';
comment on column private.work_turns.kind is 'Kind of work.';
comment on column private.work_turns.owner_id is 'As private.work; zeros for rows without an owner.';
comment on column private.work_turns.taken_at is 'When a claim last took rows of the owner.';

create index idx_work_turns_taken on private.work_turns (taken_at);

alter table private.work enable row level security;
alter table private.work_turns enable row level security;
revoke all on private.work, private.work_turns from public, anon, authenticated, service_role;

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
  attempts = w.attempts + case when w.lease_token is not null and w.attempts < began.max_attempts then 1 else 0 end,
  -- Of a write, before the first request: always the account and the calendar of the first attempt.
  google_account_id = case
    when p_kind = 'write' then coalesce(es.google_account_id, w.google_account_id, c.google_account_id)
    else w.google_account_id
  end,
  google_calendar_id = case
    when p_kind <> 'write' then w.google_calendar_id
    when es.google_account_id is not null then es.google_calendar_id
    when w.google_account_id is not null then w.google_calendar_id
    else m.target_calendar_id
  end,
  leased_version = case when p_kind = 'write' then m.desired_version else w.leased_version end,
  spends = 0,
  request_id = private.request_id(),
  -- A first insert is one request; everything else reads the event before it writes.
  requests = case
    when p_kind <> 'write' then w.requests
    when m.google_event_id is null and m.cancelled_at is null and w.crashes = 0 and w.lease_token is null
      and es.outcome_unknown_since is null then 1
    else 2
  end
from (
  select clock_timestamp() as at, private.lease_length(p_kind, p_lease_seconds) as length, private.setting('max_attempts') as max_attempts
  offset 0
) as began
cross join unnest(p_subject_ids) as leased (id)
left join public.meetings as m on p_kind = 'write' and m.meeting_id = leased.id
left join private.event_state as es on p_kind = 'write' and es.kind = 'meeting' and es.subject_id = leased.id
left join private.google_connections as c on c.user_id = m.organizer_user_id
where w.kind = p_kind and w.subject_id = leased.id
returning w.*;
$$;
comment on function private.lease_work(text, text[], integer) is
  'Leases rows, each with its own token; of a write it also stores the account and calendar to use. For every kind, a lease that expired '
  'unsettled counts as a crash and as an attempt.';

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
declare
  -- A volatile function in the condition would keep the index from being used.
  v_since constant timestamptz := clock_timestamp() - private.quota_window();
begin
  return query
  select coalesce(c.google_account_id, spent.user_id::text), sum(spent.requests)::bigint
  from (
    select l.organizer_user_id as user_id, count(*) as requests
    from public.writeback_ledger as l
    where l.step = 'requested' and l.at > v_since
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

create function private.takes_open_meeting(p_kind text, p_priority smallint) returns boolean
language sql immutable set search_path = '' as $$ select p_kind = 'search' or p_kind = 'write' and p_priority = 0 $$;
comment on function private.takes_open_meeting(text, smallint) is 'Whether work leads to a further open meeting: a search, or the first write.';

create view private.full_owners with (security_invoker = true) as
select s.user_id, s.period_start + b.period as until
from private.budget_spending as s
join private.budgets as b on b.budget = s.budget
where s.budget = 'open_meetings' and s.period_start + b.period > clock_timestamp();
comment on view private.full_owners is
  'Users who had open_meetings of private.settings or more when a claim last counted them; they are counted again after until.';
comment on column private.full_owners.user_id is 'The user.';
comment on column private.full_owners.until is 'When they are counted again.';
revoke all on private.full_owners from public, anon, authenticated, service_role;

-- A recursive query reads one index entry for each owner, so the cost does not depend on the length of their queues.
create function private.open_owners(p_kind text)
returns table (owner_id uuid, account text, requests_left integer, budget_left integer, is_full boolean)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  v_rules private.work_kinds;
  v_quota constant integer := private.quota('google_requests_per_minute_per_user');
  v_allowed integer;
  v_period interval;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  if v_rules.budget is not null then
    v_allowed := floor(private.setting(v_rules.budget));
    select b.period into strict v_period from private.budgets as b where b.budget = v_rules.budget;
  end if;
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
    case when v_rules.uses_google then v_quota - coalesce(s.requests, 0)::integer else 2147483647 end,
    case
      when v_rules.budget is null then 2147483647
      when b.user_id is null then v_allowed
      else greatest(0, v_allowed - b.spent)
    end,
    f.user_id is not null
  from waiting as o
  left join private.budget_spending as b
    on b.user_id = o.owner_id and b.budget = v_rules.budget and b.period_start + v_period > clock_timestamp()
  left join private.full_owners as f on f.user_id = o.owner_id
  left join private.google_connections as c on c.user_id = o.owner_id
  left join spent as s on s.account = coalesce(c.google_account_id, o.owner_id::text)
  where o.owner_id is not null
    and (
      not v_rules.uses_google
      or c.user_id is null and not v_rules.requires_connection
      or c.status = 'healthy' and coalesce(private.paused_until(c, v_rules.is_write), '-infinity') <= clock_timestamp()
    )
    and not exists (select from private.live_pauses as p where private.concerns(p, p_kind, o.owner_id))
    and not exists (select from busy as b where b.owner_id = o.owner_id);
end $$;
comment on function private.open_owners(text) is
  'Owners with work of a kind that may be processed now, with their Google account, the requests left in its quota, what is left of the '
  'owner''s budget, and whether the owner has the most open meetings. Excluded: what an operator has paused, paused and broken connections, and owners whose work another worker has leased.';

create function private.turn_owner(p_owner_id uuid) returns uuid
language sql immutable set search_path = '' as $$ select coalesce(p_owner_id, '00000000-0000-0000-0000-000000000000') $$;
comment on function private.turn_owner(uuid) is 'The owner of a row as private.work_turns has it.';

create function private.take_turns(p_kind text, p_owner_ids uuid[]) returns void
language sql volatile set search_path = '' as $$
insert into private.work_turns as t (kind, owner_id, taken_at)
select p_kind, owner.id, clock_timestamp()
from (select distinct private.turn_owner(id) as id from unnest(p_owner_ids) as id) as owner
order by owner.id
on conflict (kind, owner_id) do update set taken_at = excluded.taken_at;
$$;
comment on function private.take_turns(text, uuid[]) is 'Stores that rows of these owners were claimed; the next claim begins with other owners.';

create function private.forget_turns() returns void
language sql volatile security definer set search_path = '' as $$
delete from private.work_turns as t
where (t.kind, t.owner_id) in (
  select o.kind, o.owner_id from private.work_turns as o where o.taken_at < now() - interval '1 day' for update skip locked
);
$$;
comment on function private.forget_turns() is 'Deletes turns of yesterday: an owner whose rows were not claimed since then comes first in any case.';

create function private.choose_work(p_kind text, p_limit integer) returns setof text
language plpgsql volatile rows 100 set search_path = '' as $$
declare
  v_slice constant integer := private.setting('slice_rows');
  v_quota constant integer := private.quota('google_requests_per_minute_per_user');
  v_rules private.work_kinds;
  v_uses_google boolean;
  v_allowed integer := 2147483647;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  v_uses_google := v_rules.uses_google;
  if v_rules.budget is not null then
    v_allowed := floor(private.setting(v_rules.budget));
  end if;
  return query
  with owners as materialized (
    select o.* from private.open_owners(p_kind) as o
  ), project as materialized (
    select case
      when v_uses_google then
        private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s)
      else 2147483647
    end as requests_left
  ), candidates as (
    select next.subject_id, o.owner_id, o.account, o.requests_left, next.priority, next.due_at, next.requests, next.cost, o.budget_left
    from owners as o
    cross join lateral (
      select w.subject_id, w.priority, w.due_at, w.requests, least(v_rules.spends + w.spends, v_allowed) as cost
      from private.work as w
      where w.kind = p_kind and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
        and least(v_rules.spends + w.spends, v_allowed) <= o.budget_left
        and not (o.is_full and private.takes_open_meeting(p_kind, w.priority))
      order by w.priority, w.due_at, w.subject_id
      limit v_slice
    ) as next
    where o.requests_left > 0
    union all
    -- Without an owner no request is made; only the reason is stored.
    (
      select w.subject_id, null, '', 1000, w.priority, w.due_at, 0, 0, 0
      from private.work as w
      where w.kind = p_kind and w.owner_id is null and w.due_at <= clock_timestamp() and w.lease_token is null
        and private.pause_end(p_kind, null) is null
      order by w.due_at
      limit v_slice
    )
  ), ranked as (
    select
      c.*,
      coalesce(t.taken_at, '-infinity') as taken_at,
      (row_number() over (partition by c.owner_id order by c.priority, c.due_at, c.subject_id) - 1) / 3 as round,
      sum(c.cost) over (partition by c.owner_id order by c.priority, c.due_at, c.subject_id) as cost_so_far,
      sum(c.requests) over (partition by c.account order by c.priority, c.due_at, c.subject_id) as account_so_far,
      sum(c.requests) over (partition by c.account) as account_in_all
    from candidates as c
    left join private.work_turns as t on t.kind = p_kind and t.owner_id = private.turn_owner(c.owner_id)
  ), affordable as (
    select r.*, sum(r.requests) over (order by r.round, r.taken_at, r.priority, r.due_at, r.subject_id) as project_so_far
    from ranked as r
    where r.account_so_far <= r.requests_left
      and (r.cost = 0 or r.cost_so_far <= r.budget_left)
      -- An owner at the limit waits until a whole slice fits again, which needs fewer statements than single rows.
      and (
        r.account_in_all <= r.requests_left
        or r.requests_left >= least(v_slice, v_quota)
      )
  )
  select a.subject_id
  from affordable as a, project as p
  where a.project_so_far <= p.requests_left
  -- Three of each owner in turn, first of those who have waited longest since their last turn: neither one owner's long
  -- queue nor old rows of many owners delay another.
  order by a.round, a.taken_at, a.priority, a.due_at, a.subject_id
  limit p_limit;
end $$;
comment on function private.choose_work(text, integer) is
  'The next rows of a kind, in order: owners in turn, at most a slice of each, and no more than is left in Google''s quotas and the owners'' budgets.';

create function private.reclaim_work(p_kind text) returns text
language sql volatile set search_path = '' as $$
select w.subject_id
from private.work as w
where w.kind = p_kind
  and w.lease_token is not null
  and w.leased_until <= clock_timestamp()
  and w.due_at <= clock_timestamp()
  and (
    w.owner_id is null and private.pause_end(p_kind, null) is null
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

create function private.find_full_owners(p_kind text, p_subject_ids text[]) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_limit constant integer := floor(private.setting('open_meetings'));
begin
  if p_kind not in ('search', 'write') then
    return false;
  end if;
  insert into private.budget_spending as s (user_id, budget, period_start, spent)
  select owners.id, 'open_meetings', clock_timestamp(), v_limit
  from (
    select distinct w.owner_id as id
    from private.work as w
    where w.kind = p_kind and w.subject_id = any (p_subject_ids) and w.owner_id is not null
      and private.takes_open_meeting(p_kind, w.priority)
      and not exists (select from private.full_owners as f where f.user_id = w.owner_id)
  ) as owners
  where private.has_open_meetings(owners.id, v_limit)
  order by owners.id
  on conflict (user_id, budget) do update set period_start = excluded.period_start, spent = excluded.spent;
  return found;
end $$;
comment on function private.find_full_owners(text, text[]) is
  'Counts the open meetings of the owners of these rows, and stores who has the most; true if anyone has.';

create function private.spend_for_work(p_kind text, p_subject_ids text[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_rules private.work_kinds;
  v_user_ids uuid[];
  v_amounts integer[];
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  if v_rules.budget is null then
    return;
  end if;
  select array_agg(owners.id), array_agg(owners.cost) into v_user_ids, v_amounts
  from (
    select w.owner_id as id, sum(least(v_rules.spends + w.spends, floor(private.setting(v_rules.budget))))::integer as cost
    from private.work as w
    where w.kind = p_kind and w.subject_id = any (p_subject_ids) and v_rules.spends + w.spends > 0
    group by w.owner_id
  ) as owners;
  if v_user_ids is not null then
    perform private.add_spending(v_rules.budget, v_user_ids, v_amounts);
  end if;
end $$;
comment on function private.spend_for_work(text, text[]) is 'Spends what rows cost that are about to be leased.';

create function private.work_limit(p_work private.work) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_rules private.work_kinds;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_work.kind;
  if v_rules.budget is not null
    and least(v_rules.spends + p_work.spends, floor(private.setting(v_rules.budget))) > private.budget_left(p_work.owner_id, v_rules.budget)
  then
    return private.limit_reached(p_work.owner_id, v_rules.budget);
  elsif private.takes_open_meeting(p_work.kind, p_work.priority)
    and exists (select from private.full_owners as f where f.user_id = p_work.owner_id)
  then
    return private.limit_reached(p_work.owner_id, 'open_meetings');
  end if;
  return null;
end $$;
comment on function private.work_limit(private.work) is 'The budget for which work waits, as private.limit_reached; null: it waits for none.';

create function private.claim_work(p_kind text, p_limit integer, p_lease_seconds integer, p_reclaim boolean default true)
returns setof private.work
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[] := array[]::text[];
  v_chosen text[];
  v_work private.work[];
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
    loop
      v_chosen := array(select private.choose_work(p_kind, p_limit));
      if p_kind in ('search', 'conflict_check') then
        v_chosen := private.meetings_of_one_claim(v_chosen);
      end if;
      v_ids := array(
        select w.subject_id
        from private.work as w
        where w.kind = p_kind
          and w.subject_id = any (v_chosen)
          and w.lease_token is null
          and w.due_at <= clock_timestamp()
        for update skip locked);
      -- The rows of owners who turn out to be full wait, and others take their place.
      exit when not private.find_full_owners(p_kind, v_ids);
    end loop;
  end if;
  perform private.spend_for_work(p_kind, v_ids);
  v_work := array(select l from private.lease_work(p_kind, v_ids, p_lease_seconds) as l);
  perform private.take_turns(p_kind, array(select w.owner_id from unnest(v_work) as w));
  return query select w.* from unnest(v_work) as w;
end $$;
comment on function private.claim_work(text, integer, integer, boolean) is
  'Leases due rows of a kind: with p_reclaim one row alone whose lease expired, if there is one; otherwise the next in order.';

create view private.due_work with (security_invoker = true) as
select w.kind, w.subject_id, w.owner_id, w.priority, w.due_at, w.lease_token is not null as is_expired_lease
from private.work as w
join private.work_kinds as k on k.kind = w.kind
left join private.google_connections as c on k.uses_google and c.user_id = w.owner_id
left join private.budgets as b on b.budget = k.budget
left join private.settings as allowed on allowed.name = k.budget
left join private.budget_spending as s
  on s.user_id = w.owner_id and s.budget = k.budget and s.period_start + b.period > clock_timestamp()
where w.due_at <= clock_timestamp()
  and (w.leased_until is null or w.leased_until <= clock_timestamp())
  and not exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))
  and (
    not k.uses_google
    or w.owner_id is null
    or c.user_id is null and not k.requires_connection
    or c.status = 'healthy' and coalesce(private.paused_until(c, k.is_write), '-infinity') <= clock_timestamp()
  )
  and (
    w.lease_token is not null
    or (s.user_id is null or k.spends + w.spends = 0 or s.spent + least(k.spends + w.spends, allowed.value) <= allowed.value)
    and not (
      private.takes_open_meeting(w.kind, w.priority)
      and exists (select from private.full_owners as f where f.user_id = w.owner_id)
    )
  );
comment on view private.due_work is
  'Work that can be claimed now. Excluded, because it waits and spends no attempt: what an operator has paused, work of paused connections, of '
  'those that need a new consent, and beyond the owner''s budgets.';
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
  private.turn_owner(uuid), private.take_turns(text, uuid[]), private.forget_turns(),
  private.takes_open_meeting(text, smallint), private.find_full_owners(text, text[]), private.spend_for_work(text, text[]),
  private.work_limit(private.work), private.choose_work(text, integer), private.reclaim_work(text), private.claim_work(text, integer, integer, boolean)
from public, anon, authenticated, service_role;

-- Which due rows of the queue come next: owners in turn, without what is paused, and no more than Google's quotas and the
-- owners' budgets allow. Nothing here leases a row.

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

alter table private.work_turns enable row level security;
revoke all on private.work_turns from public, anon, authenticated, service_role;

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
  private.quota_window(), private.quota(text), private.requests_spent(), private.paused_until(private.google_connections, boolean),
  private.takes_open_meeting(text, smallint), private.open_owners(text), private.turn_owner(uuid), private.take_turns(text, uuid[]),
  private.forget_turns(), private.choose_work(text, integer), private.reclaim_work(text)
from public, anon, authenticated, service_role;

-- Claims: a worker leases the rows that come next, after their owners' budgets are charged for them.

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

revoke all on function
  private.lease_length(text, integer), private.lease_work(text, text[], integer), private.find_full_owners(text, text[]),
  private.spend_for_work(text, text[]), private.work_limit(private.work), private.claim_work(text, integer, integer, boolean)
from public, anon, authenticated, service_role;

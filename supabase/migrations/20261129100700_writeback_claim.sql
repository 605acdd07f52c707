-- What is due, stated once. Organizers whom Google slows down wait until paused_until and writes_paused_until; others go on.
create view private.due_writebacks with (security_invoker = true) as
select
  m.meeting_id,
  m.organizer_user_id,
  m.writeback_status is distinct from 'pending' as is_retry,
  m.writeback_next_attempt_at as due_at,
  m.created_at,
  m.writeback_lease_token is not null as is_abandoned
from public.meetings as m
where m.writeback_next_attempt_at <= now()
  and (m.writeback_leased_until is null or m.writeback_leased_until <= now())
  and not exists (
    select from private.google_connections as c
    where c.user_id = m.organizer_user_id and (greatest(c.paused_until, c.writes_paused_until) > now() or c.status <> 'healthy')
  );
comment on view private.due_writebacks is
  'Meetings whose write-back is due and that no live lease covers. Organizers who are paused or have to connect again '
  'are left out: their meetings wait and spend nothing.';
comment on column private.due_writebacks.meeting_id is 'The meeting.';
comment on column private.due_writebacks.organizer_user_id is 'Its organizer.';
comment on column private.due_writebacks.is_retry is 'Whether an attempt was made before.';
comment on column private.due_writebacks.due_at is 'Since when it is due.';
comment on column private.due_writebacks.created_at is 'When the meeting was inserted.';
comment on column private.due_writebacks.is_abandoned is 'Whether an expired lease is on the row: its worker died.';

-- Google counts a sliding minute. Half a second and one per cent stay free for clocks that differ, for
-- meetings that are asked for by name, and for the look after a taken id.
create function private.quota_window() returns interval
language sql immutable set search_path = ''
return interval '60.5 seconds';
comment on function private.quota_window is
  'The period over which requests are counted. Google counts a sliding minute; half a second is kept free for clocks '
  'that differ.';

create function private.quota(p_setting text) returns integer
language sql stable set search_path = ''
return greatest(1, floor(private.setting(p_setting) * 0.99)::integer);
comment on function private.quota is
  'A quota of private.settings less one per cent, which is kept free for meetings written by id and for verification '
  'reads.';

-- At most 20 rows of one organizer are leased together. 18 fills six rounds of three requests.
create function private.writeback_slice() returns integer
language sql immutable set search_path = ''
return 18;
comment on function private.writeback_slice is
  'Rows of one organizer that are leased together: 18 fills six rounds of three requests.';

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
    -- Leased and not settled: the requests are about to be made, or nobody has told of them yet.
    -- A new event is one request; everything else looks first.
    select m.organizer_user_id, sum(case when m.writeback_operation = 'create' and not m.writeback_outcome_unknown then 1 else 2 end)
    from public.meetings as m
    where m.writeback_lease_token is not null and m.writeback_leased_until > clock_timestamp()
    group by 1
  ) as spent
  left join private.google_connections as c on c.user_id = spent.user_id
  group by 1;
end $$;
comment on function private.requests_spent is
  'Requests of the last minute by Google account, including those that live leases are about to make.';

-- Organizers with work who may be worked for: connected well (or not at all, which has to be told), not
-- slowed down, and in no other worker's hands, so that a calendar never has more writes in flight than one
-- worker sends. The walk through the index costs one probe an organizer, however long their queues are.
create function private.open_organizers() returns table (user_id uuid, account text, requests_left integer)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with recursive waiting (user_id) as (
    (
      select m.organizer_user_id
      from public.meetings as m
      where m.writeback_next_attempt_at is not null and m.organizer_user_id is not null
      order by m.organizer_user_id
      limit 1
    )
    union all
    select (
      select m.organizer_user_id
      from public.meetings as m
      where m.writeback_next_attempt_at is not null and m.organizer_user_id > w.user_id
      order by m.organizer_user_id
      limit 1
    )
    from waiting as w
    where w.user_id is not null
  ), spent as materialized (
    select s.account, s.requests from private.requests_spent() as s
  )
  select
    w.user_id,
    coalesce(c.google_account_id, w.user_id::text),
    private.quota('google_requests_per_minute_per_user') - coalesce(s.requests, 0)::integer
  from waiting as w
  left join private.google_connections as c on c.user_id = w.user_id
  left join spent as s on s.account = coalesce(c.google_account_id, w.user_id::text)
  where w.user_id is not null
    and (
      c.user_id is null
      or c.status = 'healthy' and coalesce(greatest(c.paused_until, c.writes_paused_until), '-infinity') <= clock_timestamp()
    )
    and not exists (
      select from public.meetings as busy
      where busy.organizer_user_id = w.user_id
        and busy.writeback_lease_token is not null
        and busy.writeback_leased_until > clock_timestamp()
    );
end $$;
comment on function private.open_organizers is
  'Organizers with due work that may start now: connected (or not connected, which is reported), not paused, and '
  'without a live lease; with the requests left to their account.';

-- When more can be claimed than now: in how many seconds a slice fits under the quotas again.
create function private.seconds_to_quota() returns double precision
language sql volatile set search_path = '' as $$
with blocked as (
  select o.account, least(private.writeback_slice(), private.quota('google_requests_per_minute_per_user')) - o.requests_left as missing
  from private.open_organizers() as o
  where o.requests_left < private.writeback_slice()
    and exists (
      select from public.meetings as m
      where m.organizer_user_id = o.user_id
        and m.writeback_next_attempt_at <= clock_timestamp()
        and m.writeback_lease_token is null
    )
  union all
  select null, least(private.writeback_slice(), private.quota('google_requests_per_minute')) - (private.quota('google_requests_per_minute') - coalesce(sum(s.requests), 0)::integer)
  from private.requests_spent() as s
  having exists (select from private.due_writebacks)
)
select min(extract(epoch from freed.at + private.quota_window() - clock_timestamp()))
from blocked as b
cross join lateral (
  select l.at
  from public.writeback_ledger as l
  left join private.google_connections as c on c.user_id = l.organizer_user_id
  where l.step = 'requested'
    and l.at > clock_timestamp() - private.quota_window()
    and (b.account is null or coalesce(c.google_account_id, l.organizer_user_id::text) = b.account)
  order by l.at
  offset b.missing - 1
  limit 1
) as freed
where b.missing > 0;
$$;
comment on function private.seconds_to_quota is
  'In how many seconds a slice fits under the quotas again; null when nothing waits for them.';

create function private.choose_writebacks(p_limit integer) returns setof text
language plpgsql volatile rows 100 set search_path = '' as $$
begin
  return query
  with organizers as materialized (
    select o.user_id, o.account, o.requests_left from private.open_organizers() as o
  ), project as materialized (
    select private.quota('google_requests_per_minute') - coalesce(sum(s.requests), 0)::integer as requests_left
    from private.requests_spent() as s
  ), candidates as (
    select
      next.meeting_id, o.user_id, o.account, o.requests_left, next.is_retry, next.due_at, next.created_at, next.requests
    from organizers as o
    cross join lateral (
      select
        m.meeting_id, m.writeback_status is distinct from 'pending' as is_retry, m.writeback_next_attempt_at as due_at,
        m.created_at,
        case when m.writeback_operation = 'create' and not m.writeback_outcome_unknown then 1 else 2 end as requests
      from public.meetings as m
      where m.organizer_user_id = o.user_id
        and m.writeback_next_attempt_at <= clock_timestamp()
        and m.writeback_lease_token is null
      order by (m.writeback_status is distinct from 'pending'), m.writeback_next_attempt_at, m.created_at
      limit private.writeback_slice()
    ) as next
    where o.requests_left > 0
    union all
    -- Meetings of nobody: no request is made for them, only the reason told.
    (
      select m.meeting_id, null, '', 1000, m.writeback_status is distinct from 'pending', m.writeback_next_attempt_at, m.created_at, 0
      from public.meetings as m
      where m.organizer_user_id is null
        and m.writeback_next_attempt_at <= clock_timestamp()
        and m.writeback_lease_token is null
      order by m.writeback_next_attempt_at
      limit private.writeback_slice()
    )
  ), ranked as (
    select
      c.*,
      (row_number() over (partition by c.user_id order by c.is_retry, c.due_at, c.created_at, c.meeting_id) - 1) / 3 as round,
      sum(c.requests) over (partition by c.account order by c.is_retry, c.due_at, c.created_at, c.meeting_id) as account_so_far,
      sum(c.requests) over (partition by c.account) as account_in_all
    from candidates as c
  ), affordable as (
    select r.*, sum(r.requests) over (order by r.round, r.is_retry, r.due_at, r.created_at, r.meeting_id) as project_so_far
    from ranked as r
    where r.account_so_far <= r.requests_left
      -- An organizer at the limit waits until a whole slice fits again: statements grow with slices, not rows.
      and (
        r.account_in_all <= r.requests_left
        or r.requests_left >= least(private.writeback_slice(), private.quota('google_requests_per_minute_per_user'))
      )
  )
  select a.meeting_id
  from affordable as a, project as p
  where a.project_so_far <= p.requests_left
  -- Three a time of each organizer, so that nobody's hundred meetings keep somebody else's one waiting.
  order by a.round, a.is_retry, a.due_at, a.created_at, a.meeting_id
  limit p_limit;
end $$;
comment on function private.choose_writebacks is
  'The next meetings to write, in order: at most a slice of each organizer, and no more than the quotas leave room '
  'for.';

-- One abandoned row, unless another one is in somebody's hands: a row that kills its worker must find no
-- neighbours there.
create function private.choose_abandoned_writeback() returns text
language sql volatile set search_path = '' as $$
select m.meeting_id
from public.meetings as m
where m.writeback_lease_token is not null
  and m.writeback_leased_until <= clock_timestamp()
  and m.writeback_next_attempt_at <= clock_timestamp()
  and (
    m.organizer_user_id is null
    or m.organizer_user_id in (select o.user_id from private.open_organizers() as o where o.requests_left >= 2)
  )
  and not exists (
    select from public.meetings as other
    where other.writeback_lease_token is not null
      and other.writeback_leased_until > clock_timestamp()
      and other.writeback_lease_losses > 0
  )
order by m.writeback_leased_until, m.meeting_id
limit 1
for update of m skip locked;
$$;
comment on function private.choose_abandoned_writeback is
  'One row whose lease expired, locked; null while another such row is leased, because a row that kills its worker '
  'must be processed alone.';

-- What a claim costs grows with slices, not with rows, and it hands on no more than the writing of an event needs.

-- Which rows a claim gets, locked. Each layer of functions that hands the rows themselves on copies them once more.
create function private.lock_writebacks(p_limit integer, p_abandoned boolean) returns text[]
language plpgsql set search_path = '' as $$
declare
  v_ids text[];
begin
  -- One claim at a time, to its commit: two at once would both grant the same room under the quotas.
  perform pg_advisory_xact_lock(hashtextextended('convene.claim_writebacks', 0));
  if p_abandoned and p_limit > 0 then
    v_ids := array(
      select a.id from (select private.choose_abandoned_writeback() as id) as a where a.id is not null);
  end if;
  if coalesce(cardinality(v_ids), 0) = 0 then
    v_ids := array(
      select m.meeting_id
      from public.meetings as m
      where m.meeting_id = any (array(select private.choose_writebacks(p_limit)))
        and m.writeback_lease_token is null
        and m.writeback_next_attempt_at <= clock_timestamp()
      for update skip locked);
  end if;
  return v_ids;
end $$;
comment on function private.lock_writebacks is
  'Ids of the rows that a claim leases, locked: one abandoned row alone (p_abandoned), otherwise choose_writebacks.';

-- Leases the given rows. A former lease that nobody settled may have reached Google: it has cost an attempt,
-- and its outcome is unknown. The account and the calendar are frozen here, before the first request, so that
-- every later attempt addresses the same event.
create function private.lease_writebacks(p_meeting_ids text[], p_lease_seconds integer) returns setof public.meetings
language plpgsql set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
begin
  return query
  with leased as (
    update public.meetings as m
    set
      writeback_lease_token = gen_random_uuid(),
      writeback_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
      writeback_attempted_at = clock_timestamp(),
      writeback_attempts = m.writeback_attempts + 1,
      writeback_lease_losses = m.writeback_lease_losses + case when m.writeback_lease_token is null then 0 else 1 end,
      writeback_retry_count = case
        when m.writeback_lease_token is null then m.writeback_retry_count
        else greatest(m.writeback_retry_count, least(3, m.writeback_retry_count + 1))
      end,
      writeback_status = case
        when m.writeback_lease_token is not null and m.writeback_status = 'pending' then 'retrying'
        else m.writeback_status
      end,
      writeback_outcome_unknown = m.writeback_outcome_unknown or m.writeback_lease_token is not null,
      google_calendar_id = case when m.google_account_id is null then m.target_calendar_id else m.google_calendar_id end,
      google_account_id = coalesce(
        m.google_account_id,
        (select c.google_account_id from private.google_connections as c where c.user_id = m.organizer_user_id))
    where m.meeting_id = any (p_meeting_ids)
    returning m.*
  ), recorded as (
    insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, request)
    select
      l.meeting_id, l.organizer_user_id, l.writeback_lease_token, 'claimed',
      jsonb_build_object(
        'operation', l.writeback_operation, 'generation', l.event_generation,
        'attempt', l.writeback_attempts, 'outcome_unknown', l.writeback_outcome_unknown)
    from leased as l
  )
  select * from leased;
end $$;
comment on function private.lease_writebacks is
  'Leases the given rows and freezes account and calendar before the first request. A former lease without settlement '
  'has spent an attempt and left its outcome unknown.';

create function private.claim_writebacks(p_limit integer, p_lease_seconds integer, p_abandoned boolean)
returns setof public.meetings
language plpgsql set search_path = '' as $$
begin
  return query select l.* from private.lease_writebacks(private.lock_writebacks(p_limit, p_abandoned), p_lease_seconds) as l;
end $$;
comment on function private.claim_writebacks is 'lock_writebacks and lease_writebacks in one call.';

-- A claim says whether it left anything, so that nobody has to claim again to find out.
create function public.claim_writeback_slice(p_limit integer, p_lease_seconds integer default 120, p_abandoned boolean default false)
returns json
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_claimed public.meetings[] := array[]::public.meetings[];
  v_meetings json;
  v_connections json;
  v_is_more boolean;
begin
  for v_meeting in select c.* from private.claim_writebacks(p_limit, p_lease_seconds, p_abandoned) as c loop
    -- Candidates are most of what a row weighs, and writing an event needs none of them.
    v_meeting.candidates := '[]';
    v_claimed := v_claimed || v_meeting;
  end loop;
  select coalesce(json_agg(c order by c.writeback_status is distinct from 'pending', c.writeback_next_attempt_at, c.created_at), '[]')
  into v_meetings
  from unnest(v_claimed) as c;
  select coalesce(json_agg(g), '[]') into v_connections
  from private.google_connections as g
  where g.user_id in (select c.organizer_user_id from unnest(v_claimed) as c);
  v_is_more := exists (select from private.due_writebacks);
  return json_build_object(
    'meetings', v_meetings,
    'connections', v_connections,
    'quota_seconds', case when v_is_more and cardinality(v_claimed) < p_limit then private.seconds_to_quota() end,
    'is_more', v_is_more
  );
end $$;
comment on function public.claim_writeback_slice is
  'claim_writebacks with what a batch needs, in one round trip: {meetings, connections, quota_seconds, is_more}; the '
  'meetings without their candidates. p_abandoned: reclaim one row whose worker died, alone, if there is one. '
  'quota_seconds: when a slice fits under Google''s quotas again. is_more: rows are due that this claim left, because '
  'other workers process their organizers or the quotas are used up.';

-- A cancelled meeting whose deletion is due is claimed like any other; a change that was given up says why.
create function public.begin_writeback(p_meeting_id text, p_user_id uuid default null, p_lease_seconds integer default 120)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_connection jsonb;
  v_paused_until timestamptz;
begin
  -- Callers for one meeting queue up here, so exactly one of them gets the lease.
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  -- Candidates are most of what a row weighs, and neither an event nor an answer needs them.
  v_meeting.candidates := '[]';

  select to_jsonb(c), greatest(c.paused_until, c.writes_paused_until) into v_connection, v_paused_until
  from private.google_connections as c
  where c.user_id = v_meeting.organizer_user_id;

  if v_meeting.cancelled_at is null and v_meeting.writeback_status is null then
    return jsonb_build_object('decision', 'no_slot', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.writeback_leased_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.writeback_leased_until - clock_timestamp())));
  elsif v_meeting.writeback_next_attempt_at is null then
    return jsonb_build_object(
      'decision', case
        when v_meeting.writeback_status = 'created' and v_meeting.written_version < v_meeting.desired_version then 'failed'
        when v_meeting.cancelled_at is not null then 'cancelled'
        else v_meeting.writeback_status
      end,
      'meeting', to_jsonb(v_meeting));
  elsif v_meeting.writeback_outcome_unknown
    and v_meeting.writeback_next_attempt_at > clock_timestamp()
    and (
      v_meeting.writeback_retry_count >= 3
      or v_meeting.cancelled_at is not null and v_meeting.writeback_status is distinct from 'created'
    )
  then
    -- The next look decides whether the meeting failed, or ever had an event to delete, so it must not come before
    -- the last request can have landed.
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.writeback_next_attempt_at - clock_timestamp())));
  elsif v_paused_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'paused', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_paused_until - clock_timestamp())));
  end if;

  -- Asked for by name, a meeting need not wait out its backoff.
  select * into v_meeting from private.lease_writebacks(array[p_meeting_id], p_lease_seconds);
  v_meeting.candidates := '[]';
  return jsonb_build_object('decision', 'claimed', 'meeting', to_jsonb(v_meeting), 'connection', v_connection);
end $$;
comment on function public.begin_writeback is
  'One round trip before a write-back of one meeting: {decision, meeting, connection, retry_after_seconds}. decision: '
  'claimed, created, failed (also a change that was given up), in_progress, paused, no_slot, cancelled or not_found '
  '(also for another user''s meeting).';

revoke all on private.due_writebacks from public, anon, authenticated, service_role;
revoke all on function
  private.quota_window,
  private.quota,
  private.writeback_slice,
  private.requests_spent,
  private.open_organizers,
  private.seconds_to_quota,
  private.choose_writebacks,
  private.choose_abandoned_writeback,
  private.lock_writebacks,
  private.lease_writebacks,
  private.claim_writebacks,
  public.claim_writeback_slice,
  public.begin_writeback
from public, anon, authenticated, service_role;

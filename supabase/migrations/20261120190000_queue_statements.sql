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

create or replace function private.claim_writebacks(p_limit integer, p_lease_seconds integer, p_abandoned boolean)
returns setof public.meetings
language plpgsql set search_path = '' as $$
begin
  return query select l.* from private.lease_writebacks(private.lock_writebacks(p_limit, p_abandoned), p_lease_seconds) as l;
end $$;

create or replace function public.claim_writebacks(p_limit integer default 10, p_lease_seconds integer default 120)
returns setof public.meetings
language plpgsql set search_path = '' as $$
begin
  return query select l.* from private.lease_writebacks(private.lock_writebacks(p_limit, true), p_lease_seconds) as l;
end $$;

create or replace function private.lease_writebacks(p_meeting_ids text[], p_lease_seconds integer) returns setof public.meetings
language plpgsql set search_path = '' as $$
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

-- Candidates are most of what a row weighs, and writing an event needs none of them.
create or replace function public.claim_writeback_slice(p_limit integer, p_lease_seconds integer default 120, p_abandoned boolean default false)
returns json
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_claimed public.meetings[] := array[]::public.meetings[];
  v_meetings json;
  v_connections json;
begin
  for v_meeting in select c.* from private.claim_writebacks(p_limit, p_lease_seconds, p_abandoned) as c loop
    v_meeting.candidates := '[]';
    v_claimed := v_claimed || v_meeting;
  end loop;
  select coalesce(json_agg(c order by c.writeback_status is distinct from 'pending', c.writeback_next_attempt_at, c.created_at), '[]')
  into v_meetings
  from unnest(v_claimed) as c;
  select coalesce(json_agg(g), '[]') into v_connections
  from private.google_connections as g
  where g.user_id in (select c.organizer_user_id from unnest(v_claimed) as c);
  return json_build_object(
    'meetings', v_meetings,
    'connections', v_connections,
    'quota_seconds', case when cardinality(v_claimed) < p_limit then private.seconds_to_quota() end,
    'is_busy', cardinality(v_claimed) = 0 and exists (select from private.due_writebacks)
  );
end $$;
comment on function public.claim_writeback_slice(integer, integer, boolean) is
  'claim_writebacks with what a batch needs, in one round trip: {meetings, connections, quota_seconds, is_busy}; the meetings without their '
  'candidates. p_abandoned: take over one row whose worker has died, alone, if there is one. quota_seconds: when a slice fits under '
  'Google''s quotas again. is_busy: nothing was claimed though rows are due, because others work on them or the quotas are used up.';

revoke all on function private.lock_writebacks(integer, boolean) from public, anon, authenticated, service_role;
grant execute on function private.lock_writebacks(integer, boolean) to service_role;

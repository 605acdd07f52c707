-- A claim says whether it left anything, so that nobody has to claim again to find out.

create or replace function public.claim_writeback_slice(p_limit integer, p_lease_seconds integer default 120, p_abandoned boolean default false)
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
comment on function public.claim_writeback_slice(integer, integer, boolean) is
  'claim_writebacks with what a batch needs, in one round trip: {meetings, connections, quota_seconds, is_more}; the meetings without their '
  'candidates. p_abandoned: take over one row whose worker has died, alone, if there is one. quota_seconds: when a slice fits under '
  'Google''s quotas again. is_more: rows are due that this claim left, because others work for their organizers or the quotas are used up.';

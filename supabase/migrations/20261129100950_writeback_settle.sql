-- Settlements of write-backs: one function for a single meeting and for groups.

create function private.write_event_of(p_settlement jsonb, p_healthy_account_id text) returns jsonb
language sql stable set search_path = '' as $$
select case p_settlement ->> 'outcome'
  when 'failed' then
    p_settlement - array['steps', 'meeting_id', 'lease_token', 'outcome'] || jsonb_build_object(
      'type', 'failed',
      'healthy_account_id', p_healthy_account_id,
      'verdict', case
        when (p_settlement ->> 'outcome_unknown')::boolean then
          case when coalesce((p_settlement ->> 'spends_attempt')::boolean, true) then 'unknown' else 'unverified' end
        when not coalesce((p_settlement ->> 'should_retry')::boolean, false) then 'reject'
        when coalesce((p_settlement ->> 'spends_attempt')::boolean, true) then 'retry'
        else 'defer'
      end)
  when 'written' then p_settlement - array['steps', 'meeting_id', 'lease_token', 'outcome'] || '{"type": "written"}'
  else '{"type": "released"}'
end
$$;
comment on function private.write_event_of(jsonb, text) is 'A settlement of public.settle_writebacks as an event of private.next_write_state.';

create function private.withdraw_move(p_meeting_id text, p_written_version integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_move private.moves;
begin
  update private.moves as v
  set decision = 'kept', reason = 'time_changed', at = clock_timestamp()
  from public.meetings as m
  where m.meeting_id = p_meeting_id and v.meeting_id = m.meeting_id and v.decision = 'moved' and v.accepted_starts_at is null
    and v.desired_version > m.written_version and v.desired_version <= p_written_version
  returning v.* into v_move;
  if v_move.meeting_id is null or not exists (
    select from private.event_state as es
    where es.kind = 'meeting' and es.subject_id = p_meeting_id and (es.named_fields ->> 'time')::integer = v_move.desired_version)
  then
    return;
  end if;
  -- From this time people moved the event.
  perform set_config('convene.is_storing', 'true', true);
  update public.meetings as m
  set starts_at = v_move.from_starts_at, ends_at = v_move.from_ends_at, score = null, reasoning = null, candidates = '[]'
  where m.meeting_id = p_meeting_id;
  perform set_config('convene.is_storing', 'false', true);
end $$;
comment on function private.withdraw_move(text, integer) is
  'An automatic move that the version p_written_version should have written: people had moved the event before, so it keeps their time.';

create function private.give_up_move(p_meeting_id text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  m public.meetings;
  v_state private.event_state;
  v_move private.moves;
begin
  select f.* into m from public.meetings as f
  where f.meeting_id = p_meeting_id and f.google_event_id is not null and f.cancelled_at is null
    and f.written_version = f.desired_version - 1 and split_part(f.writeback_error, ':', 1) in ('not_organizer', 'event_missing')
    and not exists (select from private.work as w where w.kind = 'write' and w.subject_id = f.meeting_id);
  update private.moves as v
  set
    decision = 'kept', at = clock_timestamp(),
    reason = case split_part(m.writeback_error, ':', 1) when 'not_organizer' then 'not_organizer' else 'cancelled' end
  where v.meeting_id = m.meeting_id and v.decision = 'moved' and v.accepted_starts_at is null and v.desired_version = m.desired_version
  returning v.* into v_move;
  if v_move.meeting_id is null then
    return;
  end if;
  perform set_config('convene.is_storing', 'true', true);
  update public.meetings as u
  set
    starts_at = v_move.from_starts_at, ends_at = v_move.from_ends_at, score = null, reasoning = null, candidates = '[]',
    writeback_error = null, writeback_retry_count = 0, written_version = u.desired_version
  where u.meeting_id = p_meeting_id;
  perform set_config('convene.is_storing', 'false', true);
  -- What people changed meanwhile waited for the write.
  select es.* into v_state from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  if v_state.seen_event ->> 'status' <> 'cancelled' then
    perform private.adopt_seen_meeting(p_meeting_id, v_state.seen_event, false);
  end if;
end $$;
comment on function private.give_up_move(text) is
  'An automatic move whose event cannot be written any more, because another person organizes it now or people deleted it: no user asked for the move, so the row '
  'goes back to the time of the event, and no error is left. Other changes are given up as their row says.';

create function public.settle_writebacks(p_settlements jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_given jsonb[] := array(select g.value from jsonb_array_elements(p_settlements) as g (value));
  v_ids text[] := array(select g ->> 'meeting_id' from unnest(v_given) as g);
  v_states private.write_state[];
  v_results jsonb;
  v_meeting_id text;
begin
  -- Connections are locked first: a settlement either sees a concurrent connection, or the connection finds its meeting
  -- settled.
  perform from private.google_connections as c
  where c.user_id in (
    select m.organizer_user_id
    from unnest(v_given) as g
    join public.meetings as m on m.meeting_id = g ->> 'meeting_id'
    where split_part(g ->> 'error', ':', 1) = any (private.connection_failures()))
  order by c.user_id
  for share;
  v_states := private.lock_write_states(v_ids);
  perform private.withdraw_move(s.meeting_id, (g ->> 'written_version')::integer)
  from unnest(v_given) as g
  join unnest(v_states) as s on s.meeting_id = g ->> 'meeting_id' and (s.work).lease_token = (g ->> 'lease_token')::uuid
  where g ->> 'outcome' = 'written' and (g ->> 'is_move_withdrawn')::boolean
  order by s.meeting_id;

  with accepted as materialized (
    select
      s.meeting_id, s.organizer_user_id, (s.work).leased_at, g as settlement,
      private.next_write_state(
        s, private.write_event_of(g, (
          select c.google_account_id from private.google_connections as c
          where g ? 'error' and c.user_id = s.organizer_user_id and c.status = 'healthy'))) as next
    from unnest(v_given) as g
    join unnest(v_states) as s on s.meeting_id = g ->> 'meeting_id'
    where case
      when g ->> 'lease_token' is not null then (s.work).lease_token = (g ->> 'lease_token')::uuid
      -- Without a token (the documented positional calls) only where no worker holds a lease and nothing is settled.
      when (s.work).leased_until > clock_timestamp() then false
      when g ->> 'outcome' = 'written' then s.status is distinct from 'created'
      else s.status in ('pending', 'retrying')
    end
  ), stored as materialized (
    select private.store_write_states(array(select a.next from accepted as a order by a.meeting_id))
  ), steps as (
    select
      a.meeting_id, a.organizer_user_id, (a.settlement ->> 'lease_token')::uuid as lease_token, step.ordinality as place, step.step,
      -- The quotas count requests by this time. A request was sent between the claim and now, even if the worker's clock
      -- is wrong.
      least(greatest(coalesce(step.at, clock_timestamp()), coalesce(a.leased_at, '-infinity')), clock_timestamp()) as at,
      step.request, step.status, step.reason, step.outcome, null as decision, step.duration_ms
    from accepted as a
    cross join lateral rows from (
      jsonb_to_recordset(a.settlement -> 'steps') as (
        step text, at timestamptz, request jsonb, status integer, reason text, outcome text, duration_ms integer)
    ) with ordinality as step
    union all
    select
      a.meeting_id, a.organizer_user_id, (a.settlement ->> 'lease_token')::uuid, 1000000, 'settled', clock_timestamp(), null, null,
      split_part(a.settlement ->> 'error', ':', 1), null,
      case when a.settlement ->> 'outcome' = 'released' then 'released' else coalesce((a.next).status, 'cancelled') end, null
    from accepted as a
  ), recorded as (
    insert into public.writeback_ledger
      (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
    select
      e.meeting_id, e.organizer_user_id, e.lease_token, e.step, e.at, e.request, e.status, e.reason, e.outcome, e.decision, e.duration_ms
    from steps as e
    order by e.place
  )
  select coalesce(
    jsonb_agg(jsonb_build_object(
      'meeting_id', g ->> 'meeting_id', 'settled', a.meeting_id is not null, 'writeback_status', (a.next).status)),
    '[]')
  into v_results
  from stored, unnest(v_given) as g
  left join accepted as a on a.meeting_id = g ->> 'meeting_id';

  -- Until now the row kept what the change named, also where people have set something else since it was written. An event
  -- that this attempt inserted is as the row has it, unless a sync has seen it changed since; and where it replaces one that
  -- people deleted, its guests have not replied yet.
  for v_meeting_id in
    select g ->> 'meeting_id'
    from unnest(v_given) as g
    join jsonb_array_elements(v_results) as r (value) on r.value ->> 'meeting_id' = g ->> 'meeting_id'
    where (r.value ->> 'settled')::boolean and g ->> 'outcome' = 'written' and g ->> 'operation' <> 'cancel'
      and (
        g ->> 'operation' = 'update'
        or coalesce(jsonb_typeof(g -> 'written_fields'), 'null') = 'null'
        or (g ->> 'event_generation')::integer > 1
        or exists (
          select from private.event_state as es
          where es.kind = 'meeting' and es.subject_id = g ->> 'meeting_id' and es.seen_event ->> 'etag' <> g #>> '{seen,etag}'))
    order by 1
  loop
    perform private.adopt_seen_meeting(v_meeting_id, es.seen_event, false)
    from private.event_state as es
    where es.kind = 'meeting' and es.subject_id = v_meeting_id and es.seen_event ->> 'status' <> 'cancelled';
  end loop;
  for v_meeting_id in
    select r.value ->> 'meeting_id'
    from unnest(v_given) as g
    join jsonb_array_elements(v_results) as r (value) on r.value ->> 'meeting_id' = g ->> 'meeting_id'
    where (r.value ->> 'settled')::boolean and split_part(g ->> 'error', ':', 1) in ('not_organizer', 'event_missing')
    order by 1
  loop
    perform private.give_up_move(v_meeting_id);
  end loop;
  return v_results;
end $$;
comment on function public.settle_writebacks(jsonb) is
  'Settles leases, a group in one statement. Each element {meeting_id, lease_token, outcome, steps, event_generation} and, where outcome is '
  'written: {operation, google_event_id, google_calendar_id, google_event_link, event, written_version, is_move_withdrawn: people had moved the event before an automatic move}; failed: {error, should_retry, '
  'outcome_unknown, spends_attempt, not_before_seconds}; released: nothing was tried, the due time stays. Returns '
  '[{meeting_id, settled, writeback_status}]; a lost lease changes nothing, and settled is false.';

revoke all on function private.write_event_of, private.withdraw_move, private.give_up_move, public.settle_writebacks from public, anon, authenticated, service_role;

-- Claims of due writes. Edge functions share no memory, so the claim enforces Google's quotas.

create function private.meeting_json(p_meeting public.meetings) returns jsonb
language sql volatile set search_path = '' as $$
select to_jsonb(p_meeting) || (select to_jsonb(s) from private.meeting_state(p_meeting) as s) || jsonb_build_object(
  'write_due_at', (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id),
  'search_due_at', (
    select w.due_at from private.work as w
    where w.kind = 'search' and w.subject_id = p_meeting.meeting_id and w.due_at < 'infinity'));
$$;
comment on function private.meeting_json(public.meetings) is
  'A meeting as edge functions read it: the columns of its row, its state (private.meeting_state), and when its write and its search are due (null: not due).';

-- A slice has hundreds of rows, and the availability of the participants can be megabytes in each.
create function private.without_availability(p_item jsonb) returns jsonb
language sql immutable set search_path = ''
return case jsonb_typeof(p_item)
  when 'object' then p_item - array['busy', 'calendar_summary', 'open_hours', 'exdates', 'preferences', 'calendar_ids']
  else p_item
end;
comment on function private.without_availability(jsonb) is 'A participant, or member of a group, as an event has them.';

create function private.as_guests(p_participants jsonb) returns jsonb
language sql stable set search_path = '' as $$
select case
  when jsonb_typeof(p_participants) <> 'array' or pg_column_size(p_participants) < 2000 then p_participants
  else (
    select jsonb_agg(
      case
        when private.is_group(p.item) then p.item || jsonb_build_object('any_of', (
          select jsonb_agg(private.without_availability(member.item) order by member.place)
          from jsonb_array_elements(p.item -> 'any_of') with ordinality as member (item, place)))
        else private.without_availability(p.item)
      end
      order by p.place)
    from jsonb_array_elements(p_participants) with ordinality as p (item, place))
end
$$;
comment on function private.as_guests(jsonb) is 'Participants as an event has them: a large list without its availability.';

create function private.leased_meetings(p_work private.work[]) returns table (place bigint, meeting jsonb)
language sql stable set search_path = '' as $$
select
  w.ordinality,
  to_jsonb(m) || jsonb_build_object(
    -- Candidates are most of the size of a row, and neither an event nor a response needs them.
    'candidates', '[]'::jsonb,
    'participants', private.as_guests(m.participants),
    'constraints', case when pg_column_size(m.constraints) < 2000 then m.constraints else '{}' end,
    'lease_token', w.lease_token,
    'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
    'operation', private.write_operation(m),
    'write_due_at', w.due_at,
    'search_due_at', null,
    'attempts', w.attempts,
    'max_attempts', settings.max_attempts,
    'crashes', w.crashes,
    'outcome_unknown', w.crashes > 0 or es.outcome_unknown_since is not null,
    'google_account_id', w.google_account_id,
    'google_calendar_id', w.google_calendar_id,
    'time_taken', w.time_taken,
    'named_fields', coalesce(es.named_fields, '{}'),
    'written_fields', es.written_fields,
    'moved_from', (
      select jsonb_build_object('starts_at', v.from_starts_at, 'ends_at', v.from_ends_at)
      from private.moves as v
      where v.meeting_id = m.meeting_id and v.decision = 'moved' and v.accepted_starts_at is null
        and v.desired_version > m.written_version and v.desired_version = (es.named_fields ->> 'time')::integer),
    'deletion_sent', m.cancelled_at is not null and exists (
      select from public.writeback_ledger as l
      where l.meeting_id = m.meeting_id and l.step = 'requested' and l.request ->> 'method' = 'delete'
        and l.request ->> 'event_id' = m.google_event_id))
from (select private.setting('max_attempts') as max_attempts offset 0) as settings
cross join unnest(p_work) with ordinality as w
join public.meetings as m on m.meeting_id = w.subject_id
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
-- Computed once a row, however often a caller names it.
offset 0;
$$;
comment on function private.leased_meetings(private.work[]) is
  'Leased meetings as returned to workers, in the order of p_work (place, from 1): the columns of the row without candidates, and lease_token, '
  'lease_seconds, operation, write_due_at, attempts, max_attempts, crashes, outcome_unknown, google_account_id, google_calendar_id, '
  'time_taken, named_fields, written_fields, moved_from ({starts_at, ends_at} from which Convene moves it automatically; null: it does not) and deletion_sent (a deletion of the event was sent to Google before).';

create function private.record_claims(p_work private.work[]) returns void
language sql volatile set search_path = '' as $$
insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, request)
select
  w.subject_id, w.owner_id, w.lease_token, 'claimed',
  jsonb_build_object(
    'operation', private.write_operation(m), 'generation', m.event_generation,
    'attempt', w.attempts + 1, 'outcome_unknown', w.crashes > 0 or es.outcome_unknown_since is not null)
    || case when w.time_taken is not null then jsonb_build_object('time_taken', w.time_taken) else '{}' end
from unnest(p_work) as w
join public.meetings as m on m.meeting_id = w.subject_id
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id;
$$;
comment on function private.record_claims(private.work[]) is 'Records leases in the ledger.';

create function private.claim_writes(p_limit integer, p_lease_seconds integer, p_reclaim boolean) returns private.work[]
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[];
begin
  v_work := array(
    select w from private.claim_work('write', p_limit, p_lease_seconds, p_reclaim) as w order by w.priority, w.due_at, w.subject_id);
  v_work := private.hold_for_writes(v_work);
  perform private.record_claims(v_work);
  return v_work;
end $$;
comment on function private.claim_writes(integer, integer, boolean) is 'Leases due writes (private.claim_work), stores their account and calendar, reserves their time (private.hold_for_writes), and records the claims.';

create function private.seconds_to_quota(p_kind text) returns double precision
language sql volatile set search_path = '' as $$
with slice as (
  select private.setting('slice_rows')::integer as rows
), blocked as (
  select o.account, least(slice.rows, private.quota('google_requests_per_minute_per_user')) - o.requests_left as missing
  from private.open_owners(p_kind) as o, slice
  where o.requests_left < slice.rows
    and exists (
      select from private.work as w
      where w.kind = p_kind and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
    )
  union all
  select
    null,
    least(slice.rows, private.quota('google_requests_per_minute'))
      - (private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s))
  from slice
  where exists (select from private.due_work as d where d.kind = p_kind)
)
select min(extract(epoch from freed.at + private.quota_window() - clock_timestamp()))
from blocked as b
cross join lateral (
  select l.at
  from public.writeback_ledger as l
  left join private.google_connections as c on c.user_id = l.organizer_user_id
  where l.step = 'requested'
    and l.at > (select clock_timestamp() - private.quota_window())
    and (b.account is null or coalesce(c.google_account_id, l.organizer_user_id::text) = b.account)
  order by l.at
  offset b.missing - 1
  limit 1
) as freed
where b.missing > 0;
$$;
comment on function private.seconds_to_quota(text) is
  'Seconds until a slice of a kind of work that uses Google fits its quotas again; null: the quotas delay no work.';

create function public.claim_writeback_slice(p_limit integer, p_lease_seconds integer default null, p_reclaim boolean default false)
returns json
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[] := private.claim_writes(p_limit, p_lease_seconds, p_reclaim);
  v_meetings json;
  v_connections json;
  v_is_more boolean;
begin
  select coalesce(json_agg(l.meeting order by l.place), '[]') into v_meetings from private.leased_meetings(v_work) as l;
  select coalesce(json_agg(g), '[]') into v_connections
  from private.google_connections as g
  where g.user_id in (select w.owner_id from unnest(v_work) as w);
  -- Saves the caller another claim to learn whether rows are left.
  v_is_more := exists (select from private.due_work as d where d.kind = 'write');
  return json_build_object(
    'meetings', v_meetings,
    'connections', v_connections,
    'quota_seconds', case when v_is_more and coalesce(cardinality(v_work), 0) < p_limit then private.seconds_to_quota('write') end,
    'is_more', v_is_more
  );
end $$;
comment on function public.claim_writeback_slice(integer, integer, boolean) is
  'Leases due writes with the connections of their organizers, in one round trip: {meetings, connections, quota_seconds, is_more}. p_reclaim: one row alone whose lease '
  'expired, if there is one. quota_seconds: seconds until a slice fits Google''s quotas again. is_more: due rows were not claimed, '
  'because other workers process their organizers or the quotas are used up.';

create function private.lease_wait(p_operation text) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'is_leased', true, 'operation', p_operation, 'wait_seconds', private.setting('lease_wait_seconds'));
$$;
comment on function private.lease_wait(text) is
  'What a call is told that finds its row leased by another worker: {is_leased, operation, wait_seconds}, the longest time to wait for the lease to end.';

create function private.search_wait(p_meeting_id text) returns jsonb
language sql volatile set search_path = '' as $$
select private.lease_wait('create')
  || jsonb_build_object('stage', 'search', 'retry_after_seconds', ceil(extract(epoch from greatest(s.ends_at, clock_timestamp() + interval '1 second') - clock_timestamp())))
  -- Waiting for a search that is repeated later would only hold the caller up.
  || case when s.ends_at > clock_timestamp() + make_interval(secs => private.setting('lease_wait_seconds')) and not s.is_leased
    then jsonb_build_object('wait_seconds', 0) else '{}' end
from (
  select
    coalesce(w.leased_until >= clock_timestamp(), false) as is_leased,
    case when w.leased_until >= clock_timestamp() then w.leased_until else w.due_at end as ends_at
  from private.work as w
  where w.kind = 'search' and w.subject_id = p_meeting_id
) as s
-- Leased but not due is the search of a call; if its worker died, no other one repeats it.
where s.is_leased or s.ends_at < 'infinity'
$$;
comment on function private.search_wait(text) is
  'What a call is told that is to write a meeting whose search is due or leased: private.lease_wait, with wait_seconds 0 if it is due only later, stage '
  '(search) and retry_after_seconds; null: no search is due.';

create function public.begin_writeback(
  p_meeting_id text,
  p_user_id uuid default null,
  p_lease_seconds integer default null,
  p_waited_for text default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_state private.write_state;
  v_connection private.google_connections;
  v_work private.work[];
  v_due_at timestamptz;
  v_decision text;
  v_retry_at timestamptz;
  v_limit jsonb;
  v_pause jsonb;
  v_more jsonb := jsonb_build_object();
begin
  -- This lock serializes concurrent callers for one meeting, so exactly one of them gets the lease.
  foreach v_state in array private.lock_write_states(array[p_meeting_id]) loop
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  end loop;
  if v_meeting.meeting_id is null or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  select * into v_connection from private.google_connections as c where c.user_id = v_meeting.organizer_user_id;

  if v_state.status is null and not v_state.is_cancelled then
    v_more := private.search_wait(p_meeting_id);
    v_decision := case when v_more is null then 'no_slot' else 'in_progress' end;
    v_more := coalesce(v_more, '{}');
  elsif (v_state.work).leased_until > clock_timestamp() then
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).leased_until;
    v_more := private.lease_wait(private.write_operation(v_meeting));
  elsif (v_state.work).subject_id is null
    and not v_state.is_cancelled
    and (v_state.status in ('pending', 'retrying') or v_state.status = 'created' and v_state.event_id is null)
  then
    -- The row was stored before Convene was installed, or with its triggers disabled.
    v_meeting := private.apply_write_event(p_meeting_id, jsonb_build_object('type', 'set_pending', 'former', v_state.status));
  elsif (v_state.work).subject_id is null then
    v_decision := case
      when v_state.event_id is not null and v_state.written_version < v_state.desired_version then 'failed'
      when v_state.is_cancelled then 'cancelled'
      else v_state.status
    end;
    if v_decision = 'created' and p_waited_for = 'create' then
      v_more := jsonb_build_object('already_exists', not private.acknowledge_event('meeting', p_meeting_id));
    end if;
  elsif v_state.outcome_unknown
    and (v_state.work).due_at > clock_timestamp()
    and ((v_state.work).attempts >= private.setting('max_attempts') or v_state.is_cancelled and v_state.event_id is null)
  then
    -- The next verification decides whether the meeting failed or has an event to delete, so it waits until the last
    -- request can have taken effect.
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).due_at;
    v_more := jsonb_build_object('verified_at', v_retry_at);
  elsif private.paused_until(v_connection, true) > clock_timestamp()
    and private.pause_end('write', v_meeting.organizer_user_id) is null
  then
    v_decision := 'paused';
    v_retry_at := private.paused_until(v_connection, true);
  elsif p_waited_for is not null and v_state.error is not null and (v_state.work).lease_token is null then
    -- Many callers may have waited for the attempt that failed: if each made another one, the retry budget would be used up at once.
    v_decision := 'retrying';
    v_retry_at := (v_state.work).due_at;
  end if;

  if v_decision is null then
    v_pause := private.pause_refusal('write', v_meeting.organizer_user_id);
    v_decision := v_pause ->> 'decision';
    v_more := coalesce(v_pause, v_more);
  end if;
  if v_decision is null then
    perform private.find_full_owners('write', array[p_meeting_id]);
    select private.work_limit(w) into v_limit from private.work as w
    where w.kind = 'write' and w.subject_id = p_meeting_id and w.lease_token is null;
    v_decision := case when v_limit is not null then 'limit_reached' end;
  end if;
  if v_decision is not null then
    v_meeting.candidates := '[]';
    return jsonb_build_object('decision', v_decision, 'meeting', private.meeting_json(v_meeting)) || coalesce(v_limit, '{}') || v_more
      || case
        when v_retry_at is not null then
          jsonb_build_object('retry_after_seconds', ceil(extract(epoch from least(v_retry_at, clock_timestamp() + interval '1 day') - clock_timestamp())))
        else '{}'
      end;
  end if;

  -- A call with a meeting_id ignores the backoff; write_due_at is the due time that it would have had.
  v_due_at := (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id);
  perform private.spend_for_work('write', array[p_meeting_id]);
  perform private.lock_people(array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = p_meeting_id and h.state = 'ended'));
  v_work := private.hold_for_writes(array(select w from private.lease_work('write', array[p_meeting_id], p_lease_seconds) as w));
  if cardinality(v_work) = 0 then
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
    v_meeting.candidates := '[]';
    return jsonb_build_object('decision', 'in_progress', 'meeting', private.meeting_json(v_meeting), 'retry_after_seconds', 2)
      || coalesce(case when v_meeting.starts_at is null then private.search_wait(p_meeting_id) end, '{}');
  end if;
  perform private.record_claims(v_work);
  v_work[1].due_at := v_due_at;
  return jsonb_build_object(
    'decision', 'claimed',
    'meeting', (select l.meeting from private.leased_meetings(v_work) as l),
    'connection', case when v_connection.user_id is not null then to_jsonb(v_connection) end);
end $$;
comment on function public.begin_writeback(text, uuid, integer, text) is
  'Leases one meeting for its write-back, in one round trip: {decision, meeting, connection, retry_after_seconds}. decision: '
  'claimed, created, failed (also a change that was given up), in_progress, retrying, paused (by Google''s limits), processing_paused (by an '
  'operator; paused_until), limit_reached (limit, allowed, until), no_slot, cancelled or not_found '
  '(also for another user''s meeting). in_progress with is_leased, operation and wait_seconds: another worker has the lease of its write, or its search is due or leased (wait_seconds 0: due only later); without: '
  'the outcome is unknown until verified_at, or the meeting gets another time. p_waited_for: the operation for whose lease the caller has waited; '
  'it then gets what that attempt ended with: retrying if it failed and is repeated, and with created already_exists, '
  'false for the first caller that waited for the creation of an event whose response no caller read.';

revoke all on function
  private.meeting_json, private.without_availability, private.as_guests, private.leased_meetings, private.record_claims, private.claim_writes,
  private.seconds_to_quota, private.lease_wait, private.search_wait, public.claim_writeback_slice, public.begin_writeback
from public, anon, authenticated, service_role;

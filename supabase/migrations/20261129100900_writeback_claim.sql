-- Claims of due writes. Edge functions share no memory, so the claim enforces Google's quotas.

create function private.meeting_json(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select to_jsonb(p_meeting) || jsonb_build_object(
  'write_due_at', (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id),
  'search_due_at', (
    select w.due_at from private.work as w
    where w.kind = 'search' and w.subject_id = p_meeting.meeting_id and w.due_at < 'infinity'));
$$;
comment on function private.meeting_json(public.meetings) is
  'A meeting as edge functions read it: the columns of its row, and when its write and its search are due (null: not due).';

create function private.leased_meeting_json(p_meeting public.meetings, p_work private.work, p_due_at timestamptz) returns jsonb
language sql stable set search_path = '' as $$
select to_jsonb(p_meeting) || jsonb_build_object(
  -- Candidates are most of the size of a row, and neither an event nor a response needs them.
  'candidates', '[]'::jsonb,
  'lease_token', p_work.lease_token,
  'lease_seconds', extract(epoch from p_work.leased_until - p_work.leased_at),
  'operation', private.write_operation(p_meeting),
  'write_due_at', p_due_at,
  'search_due_at', null,
  'attempts', p_work.attempts,
  'max_attempts', private.setting('max_attempts'),
  'crashes', p_work.crashes,
  'outcome_unknown', p_work.crashes > 0 or es.outcome_unknown_since is not null,
  'google_account_id', p_work.google_account_id,
  'google_calendar_id', p_work.google_calendar_id,
  'removed_participants', coalesce(to_jsonb(es.removed_participants), '[]'),
  'settings_version', coalesce(es.settings_version, 1)
)
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id;
$$;
comment on function private.leased_meeting_json(public.meetings, private.work, timestamptz) is
  'A leased meeting as returned to workers: the columns of its row without candidates, and lease_token, lease_seconds, operation, write_due_at, attempts, max_attempts, '
  'crashes, outcome_unknown, google_account_id, google_calendar_id, removed_participants and settings_version.';

create function private.freeze_accounts(p_work private.work[]) returns setof private.work
language sql volatile set search_path = '' as $$
update private.work as w
set
  google_account_id = coalesce(es.google_account_id, w.google_account_id, c.google_account_id),
  google_calendar_id = case
    when es.google_account_id is not null then es.google_calendar_id
    when w.google_account_id is not null then w.google_calendar_id
    else m.target_calendar_id
  end,
  leased_version = m.desired_version,
  requests = case
    when m.google_event_id is null and m.cancelled_at is null and w.crashes = 0 and es.outcome_unknown_since is null then 1
    else 2
  end
from unnest(p_work) as leased
join public.meetings as m on m.meeting_id = leased.subject_id
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = leased.subject_id
left join private.google_connections as c on c.user_id = m.organizer_user_id
where w.kind = 'write' and w.subject_id = leased.subject_id
returning w.*;
$$;
comment on function private.freeze_accounts(private.work[]) is
  'Stores in leased rows, before the first request, the account and calendar to use: always those of the first attempt.';

create function private.record_claims(p_work private.work[]) returns void
language sql volatile set search_path = '' as $$
insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, request)
select
  w.subject_id, w.owner_id, w.lease_token, 'claimed',
  jsonb_build_object(
    'operation', private.write_operation(m), 'generation', m.event_generation,
    'attempt', w.attempts + 1, 'outcome_unknown', w.crashes > 0 or es.outcome_unknown_since is not null)
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
  v_work := array(select w from private.claim_work('write', p_limit, p_lease_seconds, p_reclaim) as w);
  v_work := array(select w from private.freeze_accounts(v_work) as w order by w.priority, w.due_at, w.subject_id);
  perform private.record_claims(v_work);
  return v_work;
end $$;
comment on function private.claim_writes(integer, integer, boolean) is 'Leases due writes (private.claim_work), stores their account and calendar, and records the claims.';

create function private.seconds_to_quota() returns double precision
language sql volatile set search_path = '' as $$
with slice as (
  select private.setting('slice_rows')::integer as rows
), blocked as (
  select o.account, least(slice.rows, private.quota('google_requests_per_minute_per_user')) - o.requests_left as missing
  from private.open_owners('write') as o, slice
  where o.requests_left < slice.rows
    and exists (
      select from private.work as w
      where w.kind = 'write' and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
    )
  union all
  select
    null,
    least(slice.rows, private.quota('google_requests_per_minute'))
      - (private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s))
  from slice
  where exists (select from private.due_work as d where d.kind = 'write')
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
comment on function private.seconds_to_quota() is 'Seconds until a slice fits Google''s quotas again; null: the quotas delay no work.';

create function public.claim_writeback_slice(p_limit integer, p_lease_seconds integer default null, p_reclaim boolean default false)
returns json
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[] := private.claim_writes(p_limit, p_lease_seconds, p_reclaim);
  v_meetings json;
  v_connections json;
  v_is_more boolean;
begin
  select coalesce(json_agg(private.leased_meeting_json(m, w, w.due_at) order by w.priority, w.due_at, w.subject_id), '[]')
  into v_meetings
  from unnest(v_work) as w
  join public.meetings as m on m.meeting_id = w.subject_id;
  select coalesce(json_agg(g), '[]') into v_connections
  from private.google_connections as g
  where g.user_id in (select w.owner_id from unnest(v_work) as w);
  -- Saves the caller another claim to learn whether rows are left.
  v_is_more := exists (select from private.due_work as d where d.kind = 'write');
  return json_build_object(
    'meetings', v_meetings,
    'connections', v_connections,
    'quota_seconds', case when v_is_more and coalesce(cardinality(v_work), 0) < p_limit then private.seconds_to_quota() end,
    'is_more', v_is_more
  );
end $$;
comment on function public.claim_writeback_slice(integer, integer, boolean) is
  'Leases due writes with the connections of their organizers, in one round trip: {meetings, connections, quota_seconds, is_more}. p_reclaim: one row alone whose lease '
  'expired, if there is one. quota_seconds: seconds until a slice fits Google''s quotas again. is_more: due rows were not claimed, '
  'because other workers process their organizers or the quotas are used up.';

create function public.begin_writeback(p_meeting_id text, p_user_id uuid default null, p_lease_seconds integer default null)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_state private.write_state;
  v_connection private.google_connections;
  v_work private.work[];
  v_due_at timestamptz;
  v_decision text;
  v_retry_at timestamptz;
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
    v_decision := 'no_slot';
  elsif (v_state.work).leased_until > clock_timestamp() then
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).leased_until;
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
  elsif v_state.outcome_unknown
    and (v_state.work).due_at > clock_timestamp()
    and ((v_state.work).attempts >= private.setting('max_attempts') or v_state.is_cancelled and v_state.event_id is null)
  then
    -- The next verification decides whether the meeting failed or has an event to delete, so it waits until the last
    -- request can have taken effect.
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).due_at;
  elsif private.paused_until(v_connection, true) > clock_timestamp() then
    v_decision := 'paused';
    v_retry_at := private.paused_until(v_connection, true);
  end if;

  if v_decision is not null then
    v_meeting.candidates := '[]';
    return jsonb_build_object('decision', v_decision, 'meeting', private.meeting_json(v_meeting))
      || case
        when v_retry_at is not null then
          jsonb_build_object('retry_after_seconds', ceil(extract(epoch from least(v_retry_at, clock_timestamp() + interval '1 day') - clock_timestamp())))
        else '{}'
      end;
  end if;

  -- A call with a meeting_id ignores the backoff; write_due_at is the due time that it would have had.
  v_due_at := (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id);
  v_work := array(select w from private.lease_work('write', array[p_meeting_id], p_lease_seconds) as w);
  v_work := array(select w from private.freeze_accounts(v_work) as w);
  perform private.record_claims(v_work);
  return jsonb_build_object(
    'decision', 'claimed',
    'meeting', private.leased_meeting_json(v_meeting, v_work[1], v_due_at),
    'connection', case when v_connection.user_id is not null then to_jsonb(v_connection) end);
end $$;
comment on function public.begin_writeback(text, uuid, integer) is
  'Leases one meeting for its write-back, in one round trip: {decision, meeting, connection, retry_after_seconds}. decision: '
  'claimed, created, failed (also a change that was given up), in_progress, paused, no_slot, cancelled or not_found '
  '(also for another user''s meeting).';

revoke all on function
  private.meeting_json, private.leased_meeting_json, private.freeze_accounts, private.record_claims, private.claim_writes,
  private.seconds_to_quota, public.claim_writeback_slice, public.begin_writeback
from public, anon, authenticated, service_role;

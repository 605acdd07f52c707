-- The write-back queue. A meeting is due when writeback_next_attempt_at has come and no live lease covers
-- it. Whoever works on it holds a lease token, and only that token can settle it.

create function private.record_steps(p_meeting public.meetings, p_lease_token uuid, p_steps jsonb) returns void
language sql set search_path = '' as $$
  insert into public.writeback_ledger
    (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
  select
    p_meeting.meeting_id, p_meeting.organizer_user_id, p_lease_token,
    step.step, coalesce(step.at, clock_timestamp()),
    step.request, step.status, step.reason, step.outcome, step.decision, step.duration_ms
  from jsonb_to_recordset(p_steps) as step (
    step text, at timestamptz, request jsonb, status integer, reason text, outcome text, decision text, duration_ms integer);
$$;

-- Leases the given rows. A former lease that nobody settled may have reached Google: the outcome is unknown.
-- The account and the calendar are frozen here, before the first request, so that every later attempt
-- addresses the same event.
create function private.lease_writebacks(p_meeting_ids text[], p_lease_seconds integer) returns setof public.meetings
language sql set search_path = '' as $$
with leased as (
  update public.meetings as m
  set
    writeback_lease_token = gen_random_uuid(),
    writeback_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
    writeback_attempted_at = clock_timestamp(),
    writeback_attempts = m.writeback_attempts + 1,
    writeback_outcome_unknown = m.writeback_outcome_unknown or m.writeback_lease_token is not null,
    google_calendar_id = case when m.google_account_id is null then m.target_calendar_id else m.google_calendar_id end,
    google_account_id = coalesce(m.google_account_id, c.google_account_id)
  from unnest(p_meeting_ids) as wanted (meeting_id)
  left join lateral (
    select gc.google_account_id
    from public.meetings as o
    join private.google_connections as gc on gc.user_id = o.organizer_user_id
    where o.meeting_id = wanted.meeting_id
  ) as c on true
  where m.meeting_id = wanted.meeting_id
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
$$;

-- What is due, stated once. Organizers whom Google slows down wait until paused_until; others go on.
create view private.due_writebacks with (security_invoker = true) as
select
  m.meeting_id,
  m.organizer_user_id,
  m.writeback_status <> 'pending' as is_retry,
  m.writeback_next_attempt_at as due_at,
  m.created_at
from public.meetings as m
where m.writeback_next_attempt_at <= now()
  and (m.writeback_leased_until is null or m.writeback_leased_until <= now())
  and not exists (
    select from private.google_connections as c
    where c.user_id = m.organizer_user_id and c.paused_until > now()
  );
comment on view private.due_writebacks is 'Meetings whose write-back is due now and that nobody is working on.';
revoke all on private.due_writebacks from public, anon, authenticated, service_role;
grant select, update on private.due_writebacks to service_role;

create function public.get_pending_writebacks(p_limit integer default 10) returns setof public.meetings
language sql stable set search_path = '' as $$
select m.*
from private.due_writebacks as due
join public.meetings as m on m.meeting_id = due.meeting_id
order by due.is_retry, due.due_at, due.created_at
limit p_limit;
$$;
comment on function public.get_pending_writebacks(integer) is
  'Meetings whose write-back is due, new ones before retries, oldest first. Read-only; claim_writebacks leases the same rows.';

create function public.claim_writebacks(p_limit integer default 10, p_lease_seconds integer default 120)
returns setof public.meetings
language sql set search_path = '' as $$
with due as (
  select d.meeting_id
  from private.due_writebacks as d
  order by d.is_retry, d.due_at, d.created_at
  limit p_limit
  for update skip locked
)
select l.* from private.lease_writebacks((select array_agg(due.meeting_id) from due), p_lease_seconds) as l;
$$;
comment on function public.claim_writebacks(integer, integer) is
  'Leases what get_pending_writebacks lists. Each row carries its writeback_lease_token; settle with it before the lease ends.';

create function public.begin_writeback(p_meeting_id text, p_user_id uuid default null, p_lease_seconds integer default 120)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_connection jsonb;
begin
  -- Callers for one meeting queue up here, so exactly one of them gets the lease.
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;

  select to_jsonb(c) into v_connection from private.google_connections as c where c.user_id = v_meeting.organizer_user_id;

  if v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.writeback_status is null then
    return jsonb_build_object('decision', 'no_slot', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.writeback_leased_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.writeback_leased_until - clock_timestamp())));
  elsif v_meeting.writeback_next_attempt_at is null then
    return jsonb_build_object('decision', v_meeting.writeback_status, 'meeting', to_jsonb(v_meeting));
  elsif (v_connection ->> 'paused_until')::timestamptz > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'paused', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from (v_connection ->> 'paused_until')::timestamptz - clock_timestamp())));
  end if;

  -- Asked for by name, a meeting need not wait out its backoff.
  select * into v_meeting from private.lease_writebacks(array[p_meeting_id], p_lease_seconds);
  return jsonb_build_object('decision', 'claimed', 'meeting', to_jsonb(v_meeting), 'connection', v_connection);
end $$;
comment on function public.begin_writeback(text, uuid, integer) is
  'One round trip before a write-back of one meeting: {decision, meeting, connection, retry_after_seconds}. '
  'decision: claimed, created, failed, in_progress, paused, no_slot, cancelled or not_found (also for another user''s).';

create function public.mark_writeback_success(
  p_meeting_id text,
  p_google_event_id text,
  p_google_calendar_id text,
  p_google_event_link text,
  p_lease_token uuid default null,
  p_event jsonb default '{}',
  p_written_version integer default null,
  p_event_generation integer default null,
  p_steps jsonb default '[]'
) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  update public.meetings as m
  set
    google_event_id = p_google_event_id,
    google_calendar_id = coalesce(p_google_calendar_id, m.google_calendar_id),
    google_event_link = p_google_event_link,
    writeback_status = 'created',
    writeback_error = null,
    writeback_succeeded_at = clock_timestamp(),
    writeback_outcome_unknown = false,
    writeback_lease_token = null,
    writeback_leased_until = null,
    written_version = coalesce(p_written_version, m.desired_version),
    writeback_operation = case when coalesce(p_written_version, m.desired_version) < m.desired_version then 'update' else m.writeback_operation end,
    -- Changed while the request was under way: due again, as an update of the same event.
    writeback_next_attempt_at = case when coalesce(p_written_version, m.desired_version) < m.desired_version then clock_timestamp() end,
    event_generation = coalesce(p_event_generation, m.event_generation),
    meet_link = coalesce(p_event ->> 'meet_link', m.meet_link),
    organizer_email = coalesce(p_event ->> 'organizer_email', m.organizer_email),
    organizer_display_name = coalesce(p_event ->> 'organizer_display_name', m.organizer_display_name),
    organizer_self = coalesce((p_event ->> 'organizer_self')::boolean, m.organizer_self),
    attendees = coalesce(p_event -> 'attendees', m.attendees)
  where m.meeting_id = p_meeting_id
    and case
      when p_lease_token is not null then m.writeback_lease_token = p_lease_token
      -- Without a token (the documented positional call) only where nobody is at work and nothing is settled.
      else m.writeback_status is distinct from 'created'
        and (m.writeback_leased_until is null or m.writeback_leased_until <= clock_timestamp())
    end
  returning m.* into v_meeting;
  if not found then
    return false;
  end if;
  perform private.record_steps(
    v_meeting, p_lease_token,
    p_steps || jsonb_build_array(jsonb_build_object('step', 'settled', 'decision', 'created')));
  return true;
end $$;
comment on function public.mark_writeback_success(text, text, text, text, uuid, jsonb, integer, integer, jsonb) is
  'The event exists. p_lease_token: from the claim; a lease that was lost changes nothing and returns false. '
  'p_event: {meet_link, organizer_email, organizer_display_name, organizer_self, attendees}. p_steps: ledger rows of this lease.';

-- Exponential with full jitter: after the first failure up to a minute, then up to four.
create function private.writeback_backoff(p_failures integer) returns interval
language sql volatile set search_path = ''
return make_interval(secs => random() * least(3600, 60 * 4 ^ greatest(p_failures - 1, 0)));

create function public.mark_writeback_failure(
  p_meeting_id text,
  p_error_message text,
  p_should_retry boolean default true,
  p_lease_token uuid default null,
  p_outcome_unknown boolean default false,
  p_spends_attempt boolean default true,
  p_not_before_seconds double precision default null,
  p_event_generation integer default null,
  p_steps jsonb default '[]'
) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  update public.meetings as m
  set
    writeback_status = verdict.status,
    writeback_error = left(p_error_message, 2000),
    writeback_attempted_at = coalesce(m.writeback_attempted_at, clock_timestamp()),
    writeback_retry_count = verdict.failures,
    writeback_attempts = case when p_spends_attempt then m.writeback_attempts else greatest(m.writeback_attempts - 1, 0) end,
    writeback_outcome_unknown = p_outcome_unknown,
    writeback_next_attempt_at = case
      when verdict.status in ('pending', 'retrying') then
        clock_timestamp() + coalesce(make_interval(secs => p_not_before_seconds), private.writeback_backoff(verdict.failures))
    end,
    writeback_lease_token = null,
    writeback_leased_until = null,
    event_generation = coalesce(p_event_generation, m.event_generation)
  from (
    select
      f.meeting_id,
      f.failures,
      case
        when f.writeback_status = 'created' then 'created'
        -- Whether the event exists is not known yet, so no number of attempts may call it failed.
        when p_outcome_unknown then 'retrying'
        when p_should_retry and f.failures < 3 then 'retrying'
        else 'failed'
      end as status
    from (
      select s.meeting_id, s.writeback_status, s.writeback_retry_count + case when p_spends_attempt then 1 else 0 end as failures
      from public.meetings as s
      where s.meeting_id = p_meeting_id
      for update
    ) as f
  ) as verdict
  where m.meeting_id = verdict.meeting_id
    and case
      when p_lease_token is not null then m.writeback_lease_token = p_lease_token
      else m.writeback_status in ('pending', 'retrying')
        and (m.writeback_leased_until is null or m.writeback_leased_until <= clock_timestamp())
    end
  returning m.* into v_meeting;
  if not found then
    return false;
  end if;
  perform private.record_steps(
    v_meeting, p_lease_token,
    p_steps || jsonb_build_array(jsonb_build_object('step', 'settled', 'decision', v_meeting.writeback_status, 'reason', split_part(p_error_message, ':', 1))));
  return true;
end $$;
comment on function public.mark_writeback_failure(text, text, boolean, uuid, boolean, boolean, double precision, integer, jsonb) is
  'The attempt failed. Three failed attempts in all make the row failed; p_should_retry false does at once. '
  'p_outcome_unknown: the request may have landed (never becomes failed). p_spends_attempt false: rate limits and looks.';

-- Functions that are SQL-standard bodies run with the caller's rights, and so need them all the way down.
revoke all on function
  private.record_steps(public.meetings, uuid, jsonb),
  private.lease_writebacks(text[], integer),
  private.writeback_backoff(integer),
  public.get_pending_writebacks(integer),
  public.claim_writebacks(integer, integer),
  public.begin_writeback(text, uuid, integer),
  public.mark_writeback_success(text, text, text, text, uuid, jsonb, integer, integer, jsonb),
  public.mark_writeback_failure(text, text, boolean, uuid, boolean, boolean, double precision, integer, jsonb)
from public, anon, authenticated, service_role;
grant execute on function
  private.record_steps(public.meetings, uuid, jsonb),
  private.lease_writebacks(text[], integer),
  private.writeback_backoff(integer),
  public.get_pending_writebacks(integer),
  public.claim_writebacks(integer, integer),
  public.begin_writeback(text, uuid, integer),
  public.mark_writeback_success(text, text, text, text, uuid, jsonb, integer, integer, jsonb),
  public.mark_writeback_failure(text, text, boolean, uuid, boolean, boolean, double precision, integer, jsonb)
to service_role;

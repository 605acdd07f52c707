-- What becomes of a lease, stated once for one meeting and for groups of them.

-- Exponential with full jitter: after the first failure up to a minute, then up to four, and so on to an hour.
create or replace function private.writeback_backoff(p_failures integer) returns interval
language sql volatile set search_path = ''
return make_interval(secs => random() * least(3600, 60 * 4 ^ least(greatest(p_failures - 1, 0), 10)));

create function public.settle_writebacks(p_settlements jsonb) returns jsonb
language sql set search_path = '' as $$
with given as materialized (
  select
    g.*,
    coalesce(g.spends_attempt, true) as spends,
    coalesce(g.outcome_unknown, false) as unknown,
    coalesce(g.should_retry, true) as retries
  from jsonb_to_recordset(p_settlements) as g (
    meeting_id text, lease_token uuid, outcome text, steps jsonb, event_generation integer,
    operation text, google_event_id text, google_calendar_id text, google_event_link text, event jsonb, written_version integer,
    error text, should_retry boolean, outcome_unknown boolean, spends_attempt boolean, not_before_seconds double precision)
), verdict as materialized (
  select
    g.*,
    m.writeback_retry_count + case when g.outcome = 'failed' and g.spends then 1 else 0 end as failures,
    m.writeback_looks + case when g.outcome = 'failed' and g.unknown and not g.spends then 1 else 0 end as looks,
    -- Whether the event exists is not known yet, so no number of attempts may call it failed; and a limit
    -- that costs no attempt cannot use up the last one.
    g.unknown or g.retries and (not g.spends or m.writeback_retry_count < 2) as is_tried_again,
    coalesce(g.written_version, m.desired_version) as written,
    -- Changed or cancelled while the request was under way: due again, with attempts of its own.
    coalesce(g.written_version, m.desired_version) < m.desired_version
      or m.writeback_operation = 'cancel' and g.operation <> 'cancel' as is_superseded
  from given as g
  join public.meetings as m on m.meeting_id = g.meeting_id
  where case
    when g.lease_token is not null then m.writeback_lease_token = g.lease_token
    -- Without a token (the documented positional calls) only where nobody is at work and nothing is settled.
    when m.writeback_leased_until > clock_timestamp() then false
    when g.outcome = 'written' then m.writeback_status is distinct from 'created'
    else m.writeback_status in ('pending', 'retrying')
  end
  order by m.meeting_id
  for update of m
), settled as (
  update public.meetings as m
  set
    writeback_lease_token = null,
    writeback_leased_until = null,
    writeback_attempted_at = coalesce(m.writeback_attempted_at, clock_timestamp()),
    event_generation = coalesce(v.event_generation, m.event_generation),
    writeback_lease_losses = case when v.outcome = 'released' then m.writeback_lease_losses else 0 end,
    writeback_looks = case v.outcome when 'released' then m.writeback_looks when 'failed' then v.looks else 0 end,
    writeback_attempts = case
      when v.outcome = 'written' then case when v.is_superseded then 0 else m.writeback_attempts end
      when v.outcome = 'failed' and v.spends then m.writeback_attempts
      else greatest(m.writeback_attempts - 1, 0)
    end,
    writeback_retry_count = case
      when v.outcome = 'written' and v.is_superseded then 0
      when v.outcome = 'failed' then v.failures
      else m.writeback_retry_count
    end,
    writeback_status = case v.outcome
      when 'released' then m.writeback_status
      when 'written' then
        case
          -- Cancelled before any event existed: nothing was ever created.
          when m.writeback_operation = 'cancel' and coalesce(v.google_event_id, m.google_event_id) is null then null
          else 'created'
        end
      else
        case
          when m.writeback_status = 'created' then 'created'
          when v.is_tried_again then 'retrying'
          else 'failed'
        end
    end,
    writeback_error = case v.outcome when 'released' then m.writeback_error when 'failed' then left(v.error, 2000) end,
    writeback_outcome_unknown = case v.outcome when 'released' then m.writeback_outcome_unknown when 'failed' then v.unknown else false end,
    writeback_next_attempt_at = case
      when v.outcome = 'released' then m.writeback_next_attempt_at
      when v.outcome = 'written' then case when v.is_superseded then clock_timestamp() end
      when v.is_tried_again then
        clock_timestamp() + coalesce(make_interval(secs => v.not_before_seconds), private.writeback_backoff(v.failures + v.looks))
    end,
    writeback_operation = case
      when v.outcome = 'written' and v.is_superseded and m.writeback_operation = 'create' then 'update'
      else m.writeback_operation
    end,
    google_event_id = coalesce(v.google_event_id, m.google_event_id),
    google_calendar_id = coalesce(v.google_calendar_id, m.google_calendar_id),
    google_event_link = case
      when v.outcome = 'written' and v.operation is distinct from 'cancel' then v.google_event_link
      else m.google_event_link
    end,
    writeback_succeeded_at = case
      when v.outcome = 'written' and v.operation is distinct from 'cancel' then clock_timestamp()
      else m.writeback_succeeded_at
    end,
    written_version = case when v.outcome = 'written' then v.written else m.written_version end,
    meet_link = coalesce(v.event ->> 'meet_link', m.meet_link),
    organizer_email = coalesce(v.event ->> 'organizer_email', m.organizer_email),
    organizer_display_name = coalesce(v.event ->> 'organizer_display_name', m.organizer_display_name),
    organizer_self = coalesce((v.event ->> 'organizer_self')::boolean, m.organizer_self),
    attendees = coalesce(v.event -> 'attendees', m.attendees)
  from verdict as v
  where m.meeting_id = v.meeting_id
  returning
    m.meeting_id, m.organizer_user_id, m.writeback_status, m.writeback_attempted_at, v.lease_token, v.steps, v.outcome, v.operation, v.error
), recorded as (
  insert into public.writeback_ledger
    (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
  select
    s.meeting_id, s.organizer_user_id, s.lease_token, step.step,
    -- A request was made between the claim and now, whatever the worker's clock says: the quotas count by it.
    least(greatest(coalesce(step.at, clock_timestamp()), s.writeback_attempted_at), clock_timestamp()),
    step.request, step.status, step.reason, step.outcome, step.decision, step.duration_ms
  from settled as s
  cross join lateral rows from (
    jsonb_to_recordset(
      coalesce(s.steps, '[]') || jsonb_build_object(
        'step', 'settled',
        'decision', case when s.outcome = 'released' then 'released' else coalesce(s.writeback_status, 'cancelled') end,
        'reason', split_part(s.error, ':', 1))
    ) as (
      step text, at timestamptz, request jsonb, status integer, reason text, outcome text, decision text, duration_ms integer)
  ) with ordinality as step
  order by s.meeting_id, step.ordinality
)
select coalesce(
  jsonb_agg(jsonb_build_object('meeting_id', g.meeting_id, 'settled', s.meeting_id is not null, 'writeback_status', s.writeback_status)),
  '[]')
from given as g
left join settled as s on s.meeting_id = g.meeting_id;
$$;
comment on function public.settle_writebacks(jsonb) is
  'Ends leases, a whole group in one statement. Each element {meeting_id, lease_token, outcome, steps, event_generation} and, where outcome is '
  'written: {operation, google_event_id, google_calendar_id, google_event_link, event, written_version}; failed: {error, should_retry, '
  'outcome_unknown, spends_attempt, not_before_seconds}; released: nothing was tried, the row is due as before. Answers '
  '[{meeting_id, settled, writeback_status}]; a lease that was lost changes nothing and is not settled.';

create or replace function public.mark_writeback_success(
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
language sql set search_path = '' as $$
select (public.settle_writebacks(jsonb_build_array(jsonb_build_object(
  'meeting_id', p_meeting_id, 'lease_token', p_lease_token, 'outcome', 'written', 'google_event_id', p_google_event_id,
  'google_calendar_id', p_google_calendar_id, 'google_event_link', p_google_event_link, 'event', p_event,
  'written_version', p_written_version, 'event_generation', p_event_generation, 'steps', p_steps
))) #>> '{0,settled}')::boolean;
$$;

create or replace function public.mark_writeback_failure(
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
language sql set search_path = '' as $$
select (public.settle_writebacks(jsonb_build_array(jsonb_build_object(
  'meeting_id', p_meeting_id, 'lease_token', p_lease_token, 'outcome', 'failed', 'error', p_error_message,
  'should_retry', p_should_retry, 'outcome_unknown', p_outcome_unknown, 'spends_attempt', p_spends_attempt,
  'not_before_seconds', p_not_before_seconds, 'event_generation', p_event_generation, 'steps', p_steps
))) #>> '{0,settled}')::boolean;
$$;

revoke all on function public.settle_writebacks(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.settle_writebacks(jsonb) to service_role;

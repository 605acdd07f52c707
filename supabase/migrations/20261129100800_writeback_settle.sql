-- What becomes of a lease, stated once for one meeting and for groups of them.

-- Every value is computed from the row as it is at the update, not as it was when the statement began: a
-- change of the meeting may come in between. A meeting that was changed or cancelled meanwhile is superseded.
create function public.settle_writebacks(p_settlements jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_answers jsonb;
begin
  with given as materialized (
    select
      g.*,
      g.outcome = 'written' as is_written,
      g.outcome = 'failed' as is_failed,
      g.outcome = 'released' as is_released,
      case when g.outcome = 'failed' and coalesce(g.spends_attempt, true) then 1 else 0 end as spent,
      case when g.outcome = 'failed' and g.outcome_unknown and not g.spends_attempt then 1 else 0 end as looked
    from jsonb_to_recordset(p_settlements) as g (
      meeting_id text, lease_token uuid, outcome text, steps jsonb, event_generation integer,
      operation text, google_event_id text, google_calendar_id text, google_event_link text, event jsonb, written_version integer,
      error text, should_retry boolean, outcome_unknown boolean, spends_attempt boolean, not_before_seconds double precision)
    order by g.meeting_id
  ), settled as (
    update public.meetings as m
    set
      writeback_lease_token = null,
      writeback_leased_until = null,
      writeback_attempted_at = coalesce(m.writeback_attempted_at, clock_timestamp()),
      event_generation = coalesce(g.event_generation, m.event_generation),
      writeback_lease_losses = case when g.is_released then m.writeback_lease_losses else 0 end,
      writeback_looks = case when g.is_released then m.writeback_looks when g.looked = 1 then m.writeback_looks + 1 else 0 end,
      -- What supersedes it has attempts of its own.
      writeback_attempts = case
        when g.is_written and (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then 0
        when g.is_written or g.spent = 1 then m.writeback_attempts
        else greatest(m.writeback_attempts - 1, 0)
      end,
      writeback_retry_count = case
        when g.is_written and (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then 0
        else m.writeback_retry_count + g.spent
      end,
      writeback_status = case
        when g.is_released then m.writeback_status
        -- Cancelled before any event existed: nothing was ever created.
        when g.is_written and m.writeback_operation = 'cancel' and coalesce(g.google_event_id, m.google_event_id) is null then null
        when g.is_written or m.writeback_status = 'created' then 'created'
        -- Whether the event exists is not known yet, so no number of attempts may call it failed; and what costs
        -- no attempt cannot use up the last one.
        when g.outcome_unknown or g.should_retry and (g.spent = 0 or m.writeback_retry_count < 2) then 'retrying'
        else 'failed'
      end,
      writeback_error = case when g.is_released then m.writeback_error else left(g.error, 2000) end,
      writeback_outcome_unknown = case when g.is_released then m.writeback_outcome_unknown else g.is_failed and coalesce(g.outcome_unknown, false) end,
      writeback_next_attempt_at = case
        when g.is_released then m.writeback_next_attempt_at
        when g.is_written then case when (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then clock_timestamp() end
        when g.outcome_unknown or g.should_retry and (g.spent = 0 or m.writeback_retry_count < 2) then
          clock_timestamp() + coalesce(
            make_interval(secs => g.not_before_seconds),
            greatest(
              private.writeback_backoff(m.writeback_retry_count + g.spent + case when g.looked = 1 then m.writeback_looks + 1 else 0 end),
              -- A request whose answer is lost may still be on its way: the look comes after it can have landed.
              case when g.outcome_unknown and g.spent = 1 then interval '30 seconds' end))
      end,
      writeback_operation = case
        when g.is_written and m.writeback_operation = 'create' and (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then 'update'
        else m.writeback_operation
      end,
      google_event_id = coalesce(g.google_event_id, m.google_event_id),
      google_calendar_id = coalesce(g.google_calendar_id, m.google_calendar_id),
      google_event_link = case when g.is_written and g.operation is distinct from 'cancel' then g.google_event_link else m.google_event_link end,
      writeback_succeeded_at = case
        when g.is_written and g.operation is distinct from 'cancel' then clock_timestamp()
        else m.writeback_succeeded_at
      end,
      written_version = case when g.is_written then coalesce(g.written_version, m.desired_version) else m.written_version end,
      meet_link = coalesce(g.event ->> 'meet_link', m.meet_link),
      organizer_email = coalesce(g.event ->> 'organizer_email', m.organizer_email),
      organizer_display_name = coalesce(g.event ->> 'organizer_display_name', m.organizer_display_name),
      organizer_self = coalesce((g.event ->> 'organizer_self')::boolean, m.organizer_self),
      attendees = coalesce(g.event -> 'attendees', m.attendees)
    from given as g
    where m.meeting_id = g.meeting_id
      and case
        when g.lease_token is not null then m.writeback_lease_token = g.lease_token
        -- Without a token (the documented positional calls) only where nobody is at work and nothing is settled.
        when m.writeback_leased_until > clock_timestamp() then false
        when g.is_written then m.writeback_status is distinct from 'created'
        else m.writeback_status in ('pending', 'retrying')
      end
    returning
      m.meeting_id, m.organizer_user_id, m.writeback_status, m.writeback_attempted_at,
      g.lease_token, g.steps, g.is_released, g.error
  ), steps as (
    select
      s.meeting_id, s.organizer_user_id, s.lease_token, step.ordinality as place, step.step,
      -- A request was made between the claim and now, whatever the worker's clock says: the quotas count by it.
      least(greatest(coalesce(step.at, clock_timestamp()), s.writeback_attempted_at), clock_timestamp()) as at,
      step.request, step.status, step.reason, step.outcome, null as decision, step.duration_ms
    from settled as s
    cross join lateral rows from (
      jsonb_to_recordset(s.steps) as (
        step text, at timestamptz, request jsonb, status integer, reason text, outcome text, duration_ms integer)
    ) with ordinality as step
    union all
    select
      s.meeting_id, s.organizer_user_id, s.lease_token, 1000000, 'settled', clock_timestamp(), null, null,
      split_part(s.error, ':', 1), null,
      case when s.is_released then 'released' else coalesce(s.writeback_status, 'cancelled') end, null
    from settled as s
  ), recorded as (
    insert into public.writeback_ledger
      (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
    select
      e.meeting_id, e.organizer_user_id, e.lease_token, e.step, e.at, e.request, e.status, e.reason, e.outcome, e.decision, e.duration_ms
    from steps as e
    order by e.place
  )
  select coalesce(
    jsonb_agg(jsonb_build_object('meeting_id', g.meeting_id, 'settled', s.meeting_id is not null, 'writeback_status', s.writeback_status)),
    '[]')
  into v_answers
  from given as g
  left join settled as s on s.meeting_id = g.meeting_id;
  return v_answers;
end $$;
comment on function public.settle_writebacks is
  'Ends leases, a whole group in one statement. Each element {meeting_id, lease_token, outcome, steps, '
  'event_generation} and, where outcome is written: {operation, google_event_id, google_calendar_id, '
  'google_event_link, event, written_version}; failed: {error, should_retry, outcome_unknown, spends_attempt, '
  'not_before_seconds}; released: nothing was tried, the row is due as before. Returns [{meeting_id, settled, '
  'writeback_status}]; a lost lease changes nothing and is not settled.';

revoke all on function public.settle_writebacks from public, anon, authenticated, service_role;

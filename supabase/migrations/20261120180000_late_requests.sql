-- A cancellation of a meeting whose outcome is unknown looks whether there is an event, and believes what it
-- sees. So it waits, as a last look does, until a request that was given up has had its half minute to land.

create or replace function public.cancel_meeting(p_meeting_id text, p_user_id uuid default null, p_expected_version integer default null)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_may_exist boolean;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'already_cancelled', 'meeting', to_jsonb(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', to_jsonb(v_meeting));
  end if;

  -- A meeting that failed with a known outcome has no event, and one that nobody ever took up has none.
  v_may_exist := v_meeting.writeback_outcome_unknown
    or v_meeting.writeback_lease_token is not null
    or coalesce(v_meeting.writeback_status, 'none') = 'created'
    or (coalesce(v_meeting.writeback_status, 'none') in ('pending', 'retrying') and v_meeting.writeback_attempted_at is not null);

  update public.meetings as m
  set
    cancelled_at = clock_timestamp(),
    desired_version = m.desired_version + 1,
    scheduling_next_attempt_at = null,
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    writeback_operation = 'cancel',
    writeback_status = case when v_may_exist then m.writeback_status end,
    writeback_error = null,
    writeback_retry_count = 0,
    writeback_attempts = 0,
    writeback_outcome_unknown = v_may_exist and (m.writeback_outcome_unknown or m.writeback_status <> 'created'),
    -- A request whose answer was lost may still be on its way: whether there is an event is looked at later.
    writeback_next_attempt_at = case
      when v_may_exist and m.writeback_outcome_unknown and m.writeback_status <> 'created' then clock_timestamp() + interval '30 seconds'
      when v_may_exist then clock_timestamp()
    end
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
end $$;

create or replace function public.begin_writeback(p_meeting_id text, p_user_id uuid default null, p_lease_seconds integer default 120)
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
  elsif (v_connection ->> 'paused_until')::timestamptz > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'paused', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from (v_connection ->> 'paused_until')::timestamptz - clock_timestamp())));
  end if;

  -- Asked for by name, a meeting need not wait out its backoff.
  select * into v_meeting from private.lease_writebacks(array[p_meeting_id], p_lease_seconds);
  return jsonb_build_object('decision', 'claimed', 'meeting', to_jsonb(v_meeting), 'connection', v_connection);
end $$;

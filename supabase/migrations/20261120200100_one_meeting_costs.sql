-- What one write-back by name costs in the database.

-- With the ids at hand a plan looks a little cheaper than one for any ids, and so it was made anew for every lease:
-- a quarter of what leasing one meeting takes.
alter function private.lease_writebacks(text[], integer) set plan_cache_mode = 'force_generic_plan';

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
  -- Candidates are most of what a row weighs, and neither an event nor an answer needs them.
  v_meeting.candidates := '[]';

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
  v_meeting.candidates := '[]';
  return jsonb_build_object('decision', 'claimed', 'meeting', to_jsonb(v_meeting), 'connection', v_connection);
end $$;

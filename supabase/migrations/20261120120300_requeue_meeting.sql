create function public.requeue_meeting(p_meeting_id text, p_user_id uuid default null) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_code text;
  v_is_given_up boolean;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_code := split_part(v_meeting.writeback_error, ':', 1);
  v_is_given_up := v_meeting.writeback_next_attempt_at is null and (
    v_meeting.writeback_status = 'failed'
    or v_meeting.writeback_status = 'created' and v_meeting.written_version < v_meeting.desired_version);
  if not coalesce(v_is_given_up, false) then
    return jsonb_build_object(
      'decision', case when v_meeting.cancelled_at is not null then 'cancelled' else coalesce(v_meeting.writeback_status, 'no_slot') end,
      'meeting', to_jsonb(v_meeting));
  elsif v_meeting.cancelled_at is null
    and v_meeting.starts_at <= clock_timestamp()
    and not v_meeting.writeback_outcome_unknown
    and (v_meeting.writeback_status = 'failed' or v_code = 'event_missing')
  then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', to_jsonb(v_meeting));
  end if;

  if v_meeting.cancelled_at is null and v_meeting.writeback_status = 'created' and v_code = 'event_missing' then
    -- Written anew, but only after a look: should the event have come back, it is adopted instead.
    update public.meetings as m
    set
      writeback_status = 'pending',
      writeback_operation = 'create',
      writeback_outcome_unknown = true,
      written_version = 0,
      google_event_id = null,
      google_event_link = null,
      meet_link = null,
      attendees = '[]'
    where m.meeting_id = p_meeting_id;
  elsif v_meeting.writeback_status = 'failed' then
    update public.meetings as m
    set
      writeback_status = 'pending',
      -- A stranger's event keeps our id taken; every other failure left it free, or ours.
      event_generation = m.event_generation + case when v_code = 'foreign_event' then 1 else 0 end,
      -- Nothing was written with the former account, so it binds nobody.
      google_account_id = case when m.writeback_outcome_unknown then m.google_account_id end
    where m.meeting_id = p_meeting_id;
  end if;
  update public.meetings as m
  set writeback_error = null, writeback_retry_count = 0, writeback_attempts = 0, writeback_next_attempt_at = clock_timestamp()
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  return jsonb_build_object('decision', 'requeued', 'meeting', to_jsonb(v_meeting));
end $$;
comment on function public.requeue_meeting(text, uuid) is
  'Gives a meeting that failed, or a change or cancellation that was given up, three new attempts. p_user_id null: anybody''s. '
  '{decision, meeting}: requeued, slot_expired, not_found, or how the meeting stands: created, pending, retrying, no_slot, cancelled.';

-- What waited for a grant goes on by itself once there is one. Security definer: connections are stored by
-- the service role, which may not ring the doorbells.
create function private.resume_after_reconnect() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_codes constant text[] := array[
    'invalid_grant', 'invalid_credentials', 'insufficient_permissions', 'not_connected', 'wrong_account'];
begin
  update public.meetings as m
  set
    writeback_status = case when m.writeback_status = 'failed' then 'pending' else m.writeback_status end,
    writeback_error = null,
    writeback_retry_count = 0,
    writeback_attempts = 0,
    writeback_next_attempt_at = clock_timestamp(),
    google_account_id = case
      when m.writeback_status = 'failed' and not m.writeback_outcome_unknown then null
      else m.google_account_id
    end
  where m.organizer_user_id = new.user_id
    and split_part(m.writeback_error, ':', 1) = any (v_codes)
    and m.writeback_lease_token is null
    and (
      m.writeback_status = 'failed'
      or m.writeback_status = 'retrying'
      or m.writeback_status = 'created' and m.written_version < m.desired_version
    )
    -- An event that exists, or may, is reached only with the account it was begun with.
    and (
      m.google_account_id = new.google_account_id
      or m.google_account_id is null
      or m.writeback_status = 'failed' and not m.writeback_outcome_unknown
    );

  update public.meetings as m
  set
    scheduling_status = 'pending',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = null,
    scheduling_attempts = 0,
    scheduling_next_attempt_at = clock_timestamp()
  where m.organizer_user_id = new.user_id
    and m.scheduling_status = 'failed'
    and m.scheduling_error = 'needs_reauth'
    and m.cancelled_at is null;
  if found then
    perform private.wake('schedule', '{"batch": true, "background": true}');
  end if;
  return null;
end $$;

create trigger google_connections_resume
  after insert or update of status on private.google_connections
  for each row
  when (new.status = 'healthy')
  execute function private.resume_after_reconnect();

revoke all on function public.requeue_meeting(text, uuid), private.resume_after_reconnect()
from public, anon, authenticated, service_role;
grant execute on function public.requeue_meeting(text, uuid) to service_role;

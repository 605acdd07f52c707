-- Work that waits for a Google connection continues automatically after the user has connected.

create function private.resume_after_reconnect() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_ids text[];
  v_state private.write_state;
  v_meeting public.meetings;
  v_way text;
begin
  v_ids := array(
    select m.meeting_id
    from public.meetings as m
    where m.organizer_user_id = new.user_id
      and split_part(m.writeback_error, ':', 1) = any (private.connection_failures())
      and not exists (
        select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id and w.lease_token is not null)
    order by m.meeting_id
    for update);
  -- All rows are locked first, then all people: locking one meeting after the other could deadlock.
  perform private.lock_people(array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = any (v_ids) and h.state = 'ended'));

  foreach v_state in array private.lock_write_states(v_ids) loop
    -- An event that exists or may exist can be changed only with the account of its first attempt.
    continue when (v_state.work).lease_token is not null
      or not coalesce(split_part(v_state.error, ':', 1) = any (private.connection_failures()), false)
      or v_state.google_account_id <> new.google_account_id and (v_state.event_id is not null or v_state.outcome_unknown)
      or v_state.event_id is not null and v_state.written_version >= v_state.desired_version
      or v_state.event_id is null and coalesce(v_state.status not in ('failed', 'retrying'), true);
    select * into v_meeting from public.meetings as m where m.meeting_id = v_state.meeting_id;
    -- The write refuses a slot that has passed, with its own error.
    v_way := case
      when v_state.status = 'failed' and v_meeting.starts_at > clock_timestamp() then private.way_back(v_meeting, v_state.outcome_unknown)
      else 'write'
    end;
    case v_way
      when 'search' then
        perform private.search_again(v_meeting.meeting_id);
      when 'taken' then
        update public.meetings as m
        set writeback_error = 'slot_taken: Another meeting has been given the time. Change the time, or schedule the meeting again.'
        where m.meeting_id = v_meeting.meeting_id;
      else
        perform private.apply_write_event(v_meeting.meeting_id, '{"type": "requeued"}');
    end case;
  end loop;

  for v_meeting in
    update public.meetings as m
    set scheduling_status = 'pending', scheduling_error = null, scheduling_reason = null, scheduling_details = null
    where m.organizer_user_id = new.user_id
      and m.scheduling_status = 'failed'
      and m.scheduling_error = 'needs_reauth'
      and m.cancelled_at is null
    returning m.*
  loop
    perform private.enqueue('search', v_meeting.meeting_id, v_meeting.organizer_user_id);
  end loop;
  return null;
end $$;
comment on function private.resume_after_reconnect() is
  'Trigger: when a Google connection becomes healthy, makes due the meetings that failed or wait because of it.';

create trigger google_connections_resume
  after insert or update of status on private.google_connections
  for each row
  when (new.status = 'healthy')
  execute function private.resume_after_reconnect();

revoke all on function private.resume_after_reconnect from public, anon, authenticated, service_role;

-- What waited for a grant continues by itself once there is one.

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
  -- All rows first, then all people at once: taken a meeting at a time, the locks could close a circle.
  perform private.lock_people(array(
    select distinct lower(a.value ->> 'email')
    from public.meetings as m
    cross join jsonb_array_elements(coalesce(private.chosen_candidate(m) -> 'participant_availability', '[]')) as a
    where m.meeting_id = any (v_ids)));

  foreach v_state in array private.lock_write_states(v_ids) loop
    -- An event that exists, or may, is reached only with the account it was begun with.
    continue when (v_state.work).lease_token is not null
      or not coalesce(split_part(v_state.error, ':', 1) = any (private.connection_failures()), false)
      or v_state.google_account_id <> new.google_account_id and (v_state.event_id is not null or v_state.outcome_unknown)
      or v_state.event_id is not null and v_state.written_version >= v_state.desired_version
      or v_state.event_id is null and coalesce(v_state.status not in ('failed', 'retrying'), true);
    select * into v_meeting from public.meetings as m where m.meeting_id = v_state.meeting_id;
    -- A slot that has passed is refused by the write, which says so.
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
  'Makes due what failed or waits because of the organizer''s Google connection, once that connection is healthy.';

create trigger google_connections_resume
  after insert or update of status on private.google_connections
  for each row
  when (new.status = 'healthy')
  execute function private.resume_after_reconnect();

revoke all on function private.resume_after_reconnect from public, anon, authenticated, service_role;

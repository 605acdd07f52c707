-- Security definer: connections are stored by the service role, which may not call private.wake.
create function private.resume_after_reconnect() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_ids text[];
  v_meeting public.meetings;
  v_way text;
  v_is_searched boolean := false;
begin
  v_ids := array(
    select m.meeting_id
    from public.meetings as m
    where m.organizer_user_id = new.user_id
      and split_part(m.writeback_error, ':', 1) = any (private.connection_failures())
      and m.writeback_lease_token is null
      and (
        m.writeback_status = 'failed'
        or m.writeback_status = 'retrying'
        or m.writeback_status = 'created' and m.written_version < m.desired_version
      )
      and private.can_write_with(m, new.google_account_id)
    order by m.meeting_id
    for update);
  -- All rows first, then all people at once: locked a meeting at a time, two transactions could deadlock.
  perform private.lock_people(array(
    select distinct lower(a.value ->> 'email')
    from public.meetings as m
    cross join jsonb_array_elements(coalesce(private.chosen_candidate(m) -> 'participant_availability', '[]')) as a
    where m.meeting_id = any (v_ids)));

  for v_meeting in select * from public.meetings as m where m.meeting_id = any (v_ids) order by m.meeting_id loop
    -- For a slot in the past, write-back reports slot_expired.
    v_way := case
      when v_meeting.writeback_status = 'failed' and v_meeting.starts_at > clock_timestamp() then private.way_back(v_meeting)
      else 'write'
    end;
    case v_way
      when 'search' then
        perform private.search_again(v_meeting.meeting_id);
        v_is_searched := true;
      when 'taken' then
        update public.meetings as m
        set writeback_error = 'slot_taken: Another meeting has been given the time. Change the time, or schedule the meeting again.'
        where m.meeting_id = v_meeting.meeting_id;
      else
        update public.meetings as m
        set
          writeback_status = case when m.writeback_status = 'failed' then 'pending' else m.writeback_status end,
          writeback_error = null,
          writeback_retry_count = 0,
          writeback_attempts = 0,
          writeback_looks = 0,
          writeback_next_attempt_at = clock_timestamp(),
          google_account_id = case
            when m.writeback_status = 'failed' and not m.writeback_outcome_unknown then null
            else m.google_account_id
          end
        where m.meeting_id = v_meeting.meeting_id;
    end case;
  end loop;

  update public.meetings as m
  set
    scheduling_status = 'pending',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = null,
    scheduling_next_attempt_at = clock_timestamp()
  where m.organizer_user_id = new.user_id
    and m.scheduling_status = 'failed'
    and m.scheduling_error = 'needs_reauth'
    and m.cancelled_at is null;
  if found or v_is_searched then
    perform private.wake_schedule();
  end if;
  return null;
end $$;
comment on function private.resume_after_reconnect is
  'Trigger: what failed or waited for want of a Google connection becomes due when the user connects.';

create trigger google_connections_resume
  after insert or update of status on private.google_connections
  for each row
  when (new.status = 'healthy')
  execute function private.resume_after_reconnect();

revoke all on function private.resume_after_reconnect from public, anon, authenticated, service_role;

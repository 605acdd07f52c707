create function private.chosen_candidate(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select p_meeting.candidates -> 0
where (p_meeting.candidates -> 0 ->> 'start_time')::timestamptz = p_meeting.starts_at
  and (p_meeting.candidates -> 0 ->> 'end_time')::timestamptz = p_meeting.ends_at
$$;
comment on function private.chosen_candidate is
  'The stored candidate that is the meeting''s slot; null for a slot that the caller gave.';

-- The holds of a failed meeting have ended. Before it is written after a requeue, its time is held again, or a search
-- finds another one.
create function private.hold_slot_again(p_meeting public.meetings) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_ids constant text[] := array[p_meeting.meeting_id];
  v_people text[] := array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id and h.state = 'ended');
begin
  -- Before any row of a hold is locked: other transactions lock rows of holds after the people.
  perform private.lock_people(v_people);
  perform private.end_expired_holds(v_people);
  perform private.end_revoked_holds(v_ids);
  if private.unheld_meetings(v_ids) <> '{}'
    or not exists (select from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id and not h.is_given)
      and exists (select from private.named_times_taken(v_ids))
  then
    return false;
  end if;
  if private.may_hold(p_meeting.organizer_user_id) then
    perform private.hold_again(v_ids, clock_timestamp() + make_interval(mins => private.setting('hold_minutes')::integer));
  end if;
  return true;
end $$;
comment on function private.hold_slot_again is
  'Holds the time of a meeting with a slot again; false when another meeting holds it. A slot that no search found is only compared '
  'with the holds of the organizer and of participants who share with the organizer.';

-- Holds end five minutes after their meeting was written. Within that time they show everything that was booked since
-- the search; later only the calendars do, so a search has to read them again.
create function private.way_back(p_meeting public.meetings, p_outcome_unknown boolean) returns text
language plpgsql set search_path = '' as $$
declare
  v_is_chosen boolean := private.chosen_candidate(p_meeting) is not null;
begin
  if p_meeting.cancelled_at is not null then
    return 'write';
  elsif p_outcome_unknown then
    -- The event may exist: verification comes first, even if another meeting holds the time.
    perform private.hold_slot_again(p_meeting);
    return 'write';
  elsif v_is_chosen and p_meeting.writeback_status = 'failed'
    and coalesce(p_meeting.writeback_attempted_at, '-infinity') < clock_timestamp() - make_interval(mins => private.setting('written_hold_minutes')::integer)
  then
    return 'search';
  elsif private.hold_slot_again(p_meeting) then
    return 'write';
  elsif v_is_chosen and p_meeting.writeback_status = 'failed' then
    return 'search';
  end if;
  return 'taken';
end $$;
comment on function private.way_back is
  'Next step of a requeued meeting without event: write (its time is held again), search (a search chose the time, and '
  'it may be taken) or taken (the caller gave the time, and another meeting holds it).';

create function private.search_again(p_meeting_id text) returns public.meetings
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  perform private.apply_write_event(p_meeting_id, '{"type": "search_again"}');
  update public.meetings as m
  set
    starts_at = null,
    ends_at = null,
    timezone = null,
    score = null,
    reasoning = null,
    candidates = '[]',
    scheduled_at = null,
    scheduling_status = 'pending',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = null
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  perform private.enqueue('search', p_meeting_id, v_meeting.organizer_user_id);
  return v_meeting;
end $$;
comment on function private.search_again(text) is 'Makes a meeting without event due for a search, like a new one.';

create function public.requeue_meeting(p_meeting_id text, p_user_id uuid default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_state private.write_state;
  v_meeting public.meetings;
  v_is_given_up boolean;
  v_way text;
begin
  foreach v_state in array private.lock_write_states(array[p_meeting_id]) loop
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  end loop;
  if v_meeting.meeting_id is null or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  if v_meeting.scheduling_status = 'failed' and v_meeting.starts_at is null and v_meeting.cancelled_at is null
    and v_meeting.organizer_user_id is not null
    and not exists (select from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id)
  then
    return jsonb_build_object('decision', 'requeued', 'meeting', private.meeting_json(private.search_again(p_meeting_id)));
  end if;
  v_is_given_up := (v_state.work).subject_id is null and coalesce(
    case
      when v_state.event_id is not null then v_state.written_version < v_state.desired_version
      -- Pending without a work row: an application stored it.
      else v_state.status = 'failed' or not v_state.is_cancelled and v_state.status is not null
    end,
    false);
  if not v_is_given_up then
    return jsonb_build_object(
      'decision', case when v_state.is_cancelled then 'cancelled' else coalesce(v_state.status, 'no_slot') end,
      'meeting', private.meeting_json(v_meeting));
  elsif not v_state.is_cancelled
    and v_meeting.starts_at <= clock_timestamp()
    and not v_state.outcome_unknown
    and (v_state.event_id is null or split_part(v_state.error, ':', 1) in ('event_missing', 'slot_expired'))
  then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', private.meeting_json(v_meeting));
  end if;

  v_way := private.way_back(v_meeting, v_state.outcome_unknown);
  if v_way = 'taken' then
    return jsonb_build_object('decision', 'slot_taken', 'meeting', private.meeting_json(v_meeting));
  elsif v_way = 'search' then
    v_meeting := private.search_again(p_meeting_id);
  else
    v_meeting := private.apply_write_event(p_meeting_id, '{"type": "requeued"}');
  end if;
  return jsonb_build_object('decision', 'requeued', 'meeting', private.meeting_json(v_meeting));
end $$;
comment on function public.requeue_meeting(text, uuid) is
  'Gives a failed meeting, or a change or cancellation that was given up, three new attempts and holds the time of its '
  'participants again. If a search chose the time and it may be taken, the meeting is searched again (scheduling_status '
  'pending), as is one whose search failed. p_user_id null: any user''s meeting. {decision, meeting}: requeued, slot_expired, slot_taken (another '
  'meeting holds the given time), not_found, or the state of the meeting: created, pending, retrying, no_slot, '
  'cancelled.';

revoke all on function
  private.chosen_candidate,
  private.hold_slot_again,
  private.way_back,
  private.search_again,
  public.requeue_meeting
from public, anon, authenticated, service_role;

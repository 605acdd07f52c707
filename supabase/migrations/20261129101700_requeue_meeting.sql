-- A meeting that failed has released its holds. Before it is written after all, its time is held again, or another time
-- is searched for.
create function private.chosen_candidate(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select p_meeting.candidates -> 0
where (p_meeting.candidates -> 0 ->> 'start_time')::timestamptz = p_meeting.starts_at
  and (p_meeting.candidates -> 0 ->> 'end_time')::timestamptz = p_meeting.ends_at
$$;
comment on function private.chosen_candidate is
  'The stored candidate that is the meeting''s slot; null for a slot that the caller gave.';

create function private.occurrences_of(p_candidate jsonb) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_agg(
  jsonb_build_object(
    'start_time', o.value,
    'end_time', (o.value #>> '{}')::timestamptz
      + ((p_candidate ->> 'end_time')::timestamptz - (p_candidate ->> 'start_time')::timestamptz))
  order by o.ordinality)
from jsonb_array_elements(p_candidate -> 'recurrence' -> 'start_times') with ordinality as o
where not exists (
  select from jsonb_array_elements(p_candidate -> 'recurrence' -> 'clashes') as c where c.value -> 'start_time' = o.value
)
$$;
comment on function private.occurrences_of is
  'Occurrences of a stored candidate in the form that settle_scheduling takes, without those that clashed when it was '
  'found; null for a single meeting.';

create function private.hold_slot_again(p_meeting public.meetings) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_chosen jsonb := private.chosen_candidate(p_meeting);
  v_held text[];
begin
  if v_chosen is null then
    return not exists (
      select from private.slot_holds as h
      where h.participant_email in (select e from private.participant_emails(p_meeting.participants) as e)
        and h.held && tstzrange(p_meeting.starts_at, p_meeting.ends_at)
        and h.meeting_id <> p_meeting.meeting_id
        and (h.expires_at is null or h.expires_at > clock_timestamp())
    );
  end if;
  v_held := array(
    select distinct lower(a.value ->> 'email')
    from jsonb_array_elements(v_chosen -> 'participant_availability') as a
    where a.value ->> 'status' <> 'unknown'
    except select unnest(p_meeting.removed_participants)
    -- People whose busy time came with the request were not read from a calendar.
    except
    select lower(p.value ->> 'email')
    from jsonb_array_elements(p_meeting.participants) as p
    where jsonb_typeof(p.value) = 'object' and (p.value ? 'busy' or p.value -> 'calendar_summary' ? 'busy_slots')
  );
  return private.hold_first_free(
    p_meeting, v_held, jsonb_build_array(v_chosen), jsonb_build_array(private.occurrences_of(v_chosen))) is not null;
end $$;
comment on function private.hold_slot_again is
  'Takes the time of a meeting with a slot again; false when another meeting holds it. A slot that the caller gave is '
  'only compared with the holds of others.';

-- Holds outlive the write-back of their meeting by five minutes: until then they show everything that was booked
-- meanwhile, later only the calendars do.
create function private.way_back(p_meeting public.meetings) returns text
language plpgsql set search_path = '' as $$
declare
  v_is_chosen boolean := private.chosen_candidate(p_meeting) is not null;
begin
  if p_meeting.cancelled_at is not null then
    return 'write';
  elsif p_meeting.writeback_outcome_unknown then
    -- The event may exist: the verification read comes first, whether or not the time is held by others.
    perform private.hold_slot_again(p_meeting);
    return 'write';
  elsif v_is_chosen and p_meeting.writeback_status = 'failed'
    and coalesce(p_meeting.writeback_attempted_at, '-infinity') < clock_timestamp() - interval '5 minutes'
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
  'How a meeting without event goes on: write (its time is held again), search (a search chose the time and it may be '
  'gone) or taken (the caller gave the time and another meeting holds it).';

create function private.search_again(p_meeting_id text) returns public.meetings
language sql set search_path = '' as $$
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
  scheduling_details = null,
  scheduling_retry_count = 0,
  scheduling_waits = 0,
  scheduling_lease_losses = 0,
  scheduling_lease_token = null,
  scheduling_leased_until = null,
  scheduling_next_attempt_at = clock_timestamp(),
  writeback_status = null,
  writeback_error = null,
  writeback_retry_count = 0,
  writeback_attempts = 0,
  writeback_looks = 0,
  writeback_lease_losses = 0,
  writeback_next_attempt_at = null,
  event_generation = m.event_generation
    + case when split_part(m.writeback_error, ':', 1) = 'foreign_event' then 1 else 0 end,
  google_account_id = null
where m.meeting_id = p_meeting_id
returning m.*;
$$;
comment on function private.search_again is
  'Makes a meeting wait for a slot as if it had just been inserted; nothing of it was ever written.';

create function public.requeue_meeting(p_meeting_id text, p_user_id uuid default null) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_code text;
  v_is_given_up boolean;
  v_way text;
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

  v_way := private.way_back(v_meeting);
  if v_way = 'taken' then
    return jsonb_build_object('decision', 'slot_taken', 'meeting', to_jsonb(v_meeting));
  elsif v_way = 'search' then
    v_meeting := private.search_again(p_meeting_id);
    perform private.wake_schedule();
    return jsonb_build_object('decision', 'requeued', 'meeting', to_jsonb(v_meeting));
  end if;

  if v_meeting.cancelled_at is null and v_meeting.writeback_status = 'created' and v_code = 'event_missing' then
    -- Created again, but only after a verification read: an event that is back is adopted instead.
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
      -- A foreign event keeps our id taken; every other failure left the id free, or ours.
      event_generation = m.event_generation + case when v_code = 'foreign_event' then 1 else 0 end,
      -- Nothing was written with the former account, so another one may write.
      google_account_id = case when m.writeback_outcome_unknown then m.google_account_id end
    where m.meeting_id = p_meeting_id;
  end if;
  update public.meetings as m
  set
    writeback_error = null,
    writeback_retry_count = 0,
    writeback_attempts = 0,
    writeback_looks = 0,
    writeback_lease_losses = 0,
    writeback_next_attempt_at = clock_timestamp()
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  return jsonb_build_object('decision', 'requeued', 'meeting', to_jsonb(v_meeting));
end $$;
comment on function public.requeue_meeting is
  'Gives a meeting that failed, or a change or cancellation that was given up, three new attempts and holds its '
  'people''s time again. A time that a search chose and that may be gone is searched for again (scheduling_status '
  'pending). p_user_id null: any user''s meeting. {decision, meeting}: requeued, slot_expired, slot_taken (another '
  'meeting holds the given time), not_found, or the state of the meeting: created, pending, retrying, no_slot, '
  'cancelled.';

revoke all on function
  private.chosen_candidate,
  private.occurrences_of,
  private.hold_slot_again,
  private.way_back,
  private.search_again,
  public.requeue_meeting
from public, anon, authenticated, service_role;

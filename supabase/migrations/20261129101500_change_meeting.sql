create function private.changeable_columns() returns text[]
language sql immutable set search_path = '' as $$
select array[
  'title', 'description', 'description_details', 'locale', 'location', 'participants', 'starts_at', 'ends_at', 'timezone', 'conference', 'recurrence',
  'constraints', 'weights', 'allow_concessions', 'target_calendar_id', 'reminders', 'auto_reschedule', 'on_conflict', 'guests_can_modify',
  'guests_can_invite_others', 'guests_can_see_other_guests']
$$;
comment on function private.changeable_columns() is 'Columns of meetings that a change may name.';

create function private.change_problem(p_changes jsonb) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  (
    select jsonb_build_object(
      'path', key,
      'message', format('Unknown field %s. A change may name %s', key, array_to_string(private.changeable_columns(), ', ')))
    from jsonb_object_keys(p_changes) as key
    where key <> all (private.changeable_columns())
    order by key
    limit 1
  ),
  (
    select jsonb_build_object('path', key, 'message', 'Expected a value')
    from jsonb_each(p_changes) as given (key, value)
    where key not in ('title', 'description', 'location', 'recurrence', 'weights', 'reminders', 'auto_reschedule') and jsonb_typeof(value) = 'null'
    order by key
    limit 1
  ),
  case
    when (p_changes ? 'starts_at') <> (p_changes ? 'ends_at') then
      jsonb_build_object(
        'path', case when p_changes ? 'starts_at' then 'ends_at' else 'starts_at' end,
        'message', 'A new time needs both starts_at and ends_at')
  end
)
$$;
comment on function private.change_problem(jsonb) is 'The first problem of the fields of a change as {path, message}, or null.';

create function private.fields_named_by(p_changes jsonb) returns text[]
language sql immutable set search_path = '' as $$
select coalesce(
  array_agg(distinct case
    when key in ('starts_at', 'ends_at') then 'time'
    -- They change only the text of the event.
    when key in ('description_details', 'locale') then 'description'
    when key = 'timezone' then case when p_changes ? 'starts_at' then 'time' else 'zone' end
    else key
  end),
  '{}')
from jsonb_object_keys(p_changes) as key
-- Guests are named one by one, and the others are no fields of the event.
where key not in (
  'participants', 'constraints', 'weights', 'allow_concessions', 'target_calendar_id', 'auto_reschedule', 'on_conflict');
$$;
comment on function private.fields_named_by(jsonb) is 'Fields of the event that a change names, guests aside (private.event_state.named_fields).';

create function private.reason_not_to_write(p_meeting public.meetings) returns text
language sql stable set search_path = '' as $$
select case
  when p_meeting.google_event_id is null then null
  when exists (
    select from private.event_state as es
    join private.google_connections as c on c.user_id = p_meeting.organizer_user_id
    where es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id and es.google_account_id <> c.google_account_id
  ) then 'wrong_account'
  -- A secondary calendar may be one of the organizer's own: the write finds out.
  when not p_meeting.organizer_self and p_meeting.organizer_email not like '%@group.calendar.google.com' then 'not_organizer'
end;
$$;
comment on function private.reason_not_to_write(public.meetings) is
  'Why a change or cancellation of an existing event is refused before Google is asked: wrong_account (another Google account is connected than the event was written with), '
  'not_organizer (the event was handed to another person); null: no reason is known.';

create function public.change_meeting(
  p_meeting_id text,
  p_user_id uuid,
  p_changes jsonb,
  p_expected_version integer default null,
  p_series jsonb default null,
  p_check jsonb default null
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_changed public.meetings;
  v_problem jsonb := private.change_problem(p_changes);
  v_named constant text[] := private.fields_named_by(p_changes);
  v_is_moved boolean;
  v_is_changed boolean;
  v_is_due boolean;
  v_is_other_search boolean;
  v_series jsonb;
  v_is_rearranged boolean;
  v_people text[];
  v_occurrences jsonb;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', private.meeting_json(v_meeting));
  elsif v_problem is null then
    v_changed := jsonb_populate_record(v_meeting, p_changes);
    v_changed.participants := private.keep_choices(v_changed.participants, v_meeting.participants);
    if p_changes ? 'starts_at' then
      v_changed.starts_at := date_trunc('second', v_changed.starts_at);
      v_changed.ends_at := date_trunc('second', v_changed.ends_at);
      -- A given time is no candidate of a search, so no later search replaces it.
      v_changed.candidates := '[]';
    end if;
    v_problem := private.meeting_problem(v_changed, v_meeting);
    if v_problem is null and (
      private.frozen_calendar_differs(v_meeting, p_changes)
      or v_meeting.google_event_id is not null and v_changed.target_calendar_id <> v_meeting.target_calendar_id)
    then
      v_problem := private.problem(
        'target_calendar_id', 'The event cannot move to another calendar. Leave this field out, or cancel the meeting and schedule a new one');
    end if;
  end if;
  if v_problem is not null then
    return jsonb_build_object('decision', 'invalid', 'meeting', private.meeting_json(v_meeting)) || v_problem;
  end if;

  v_is_moved := (v_changed.starts_at, v_changed.ends_at) is distinct from (v_meeting.starts_at, v_meeting.ends_at);
  v_is_changed := v_changed is distinct from v_meeting;
  -- What is named wins over what people have set on the event, also where the row has the value already.
  v_is_due := v_named <> '{}' and (v_is_changed or v_meeting.google_event_id is not null)
    or v_changed.participants <> v_meeting.participants;
  if not v_is_changed and not v_is_due then
    return jsonb_build_object('decision', 'unchanged', 'meeting', private.meeting_json(v_meeting));
  elsif v_is_moved and v_changed.starts_at <= clock_timestamp() then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', private.meeting_json(v_meeting));
  elsif v_is_due and private.reason_not_to_write(v_meeting) is not null then
    return jsonb_build_object('decision', private.reason_not_to_write(v_meeting), 'meeting', private.meeting_json(v_meeting));
  end if;

  v_is_other_search := v_meeting.starts_at is null and not v_is_moved
    and (v_changed.participants, v_changed.constraints, v_changed.recurrence, v_changed.weights, v_changed.allow_concessions)
      is distinct from (v_meeting.participants, v_meeting.constraints, v_meeting.recurrence, v_meeting.weights, v_meeting.allow_concessions);
  v_series := private.series_of(v_changed);
  v_is_rearranged := v_changed.starts_at is not null
    and v_series - 'recurrence_horizon' is distinct from private.series_of(v_meeting) - 'recurrence_horizon';
  if v_is_rearranged then
    if v_changed.recurrence is not null and p_series is not null and p_series -> 'of' is distinct from v_series then
      return jsonb_build_object('decision', 'expand', 'series', v_series);
    end if;
    v_occurrences := coalesce(
      case when v_changed.recurrence is not null then p_series -> 'occurrences' end,
      jsonb_build_array(jsonb_build_object('start_time', v_changed.starts_at, 'end_time', v_changed.ends_at)));
    -- Before the update: a trigger deletes the holds of a former slot.
    v_people := private.people_to_hold(v_changed);
  end if;

  if v_is_moved then
    -- A given time replaces the result of a search in progress.
    delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif v_is_other_search then
    -- A search in progress has the old request: it loses its lease and starts again.
    update private.work as w
    set due_at = clock_timestamp(), lease_token = null, leased_at = null, leased_until = null
    where w.kind = 'search' and w.subject_id = p_meeting_id and w.lease_token is not null;
  end if;
  update public.meetings as m
  set
    title = v_changed.title,
    description = v_changed.description,
    location = v_changed.location,
    description_details = v_changed.description_details,
    locale = v_changed.locale,
    participants = v_changed.participants,
    constraints = v_changed.constraints,
    recurrence = v_changed.recurrence,
    weights = v_changed.weights,
    allow_concessions = v_changed.allow_concessions,
    target_calendar_id = v_changed.target_calendar_id,
    conference = v_changed.conference,
    reminders = v_changed.reminders,
    auto_reschedule = v_changed.auto_reschedule,
    on_conflict = v_changed.on_conflict,
    guests_can_modify = v_changed.guests_can_modify,
    guests_can_invite_others = v_changed.guests_can_invite_others,
    guests_can_see_other_guests = v_changed.guests_can_see_other_guests,
    -- A meeting without conference has no link, even while its event still shows one.
    meet_link = case when v_changed.conference <> 'none' then m.meet_link end,
    starts_at = v_changed.starts_at,
    ends_at = v_changed.ends_at,
    timezone = case when v_changed.starts_at is null then v_changed.timezone else coalesce(v_changed.timezone, 'UTC') end,
    -- A given time has no score.
    score = case when not v_is_moved then m.score end,
    reasoning = case when not v_is_moved then m.reasoning end,
    candidates = v_changed.candidates,
    scheduled_at = case when v_is_moved then clock_timestamp() else m.scheduled_at end,
    scheduling_status = case when v_is_moved then 'scheduled' else m.scheduling_status end,
    scheduling_error = case when not v_is_moved then m.scheduling_error end,
    scheduling_reason = case when not v_is_moved then m.scheduling_reason end,
    scheduling_details = case when not v_is_moved then m.scheduling_details end
  where m.meeting_id = p_meeting_id;
  if v_is_due then
    if v_named <> '{}' and v_meeting.starts_at is not null then
      perform private.name_fields(v_meeting, v_named);
    end if;
    v_meeting := private.apply_write_event(p_meeting_id, jsonb_build_object('type', 'changed', 'is_moved', v_is_moved));
  else
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  end if;
  if v_is_rearranged then
    perform private.hold_changed_times(v_meeting, v_people, v_occurrences);
  end if;
  if v_is_moved and v_meeting.on_conflict <> 'ignore' then
    if p_check is null then
      perform private.request_check(p_meeting_id, v_meeting.organizer_user_id, 'named');
    else
      delete from private.work as w where w.kind = 'conflict_check' and w.subject_id = p_meeting_id;
      perform private.store_conflicts(v_meeting, p_check);
    end if;
  end if;
  -- What failed may succeed with the change, which is why people make it.
  if v_is_other_search and v_meeting.scheduling_status = 'failed' and v_meeting.organizer_user_id is not null then
    v_meeting := private.search_again(p_meeting_id);
  end if;
  return jsonb_build_object(
    'decision', case when v_is_changed then 'changed' else 'unchanged' end, 'meeting', private.meeting_json(v_meeting));
end $$;
comment on function public.change_meeting(text, uuid, jsonb, integer, jsonb, jsonb) is
  'Changes title, description, location, description_details, locale, participants, the time (starts_at with ends_at; timezone alone keeps the instant), conference, recurrence (null ends '
  'the repeating), constraints, weights, allow_concessions, target_calendar_id (while there is no event), reminders, auto_reschedule, on_conflict or guest permissions of a meeting. What is named is stored with the next version. An existing event becomes due for an '
  'update, also for values that the row has already; a meeting without event is written with the change. A search that failed starts again '
  'when participants, constraints, weights, allow_concessions or recurrence change. '
  'A changed time or recurrence is held until the event is written. p_series {of, occurrences [{start_time, end_time}]}: the occurrences of the series as changed, which SQL does not '
  'expand; if it names none, or those of another series, nothing is changed and the decision is expand, with series, the value of `of`; null: only the first occurrence is held. '
  'p_check: who has something else at the new time, as the caller has just read it (private.store_conflicts); null: a check of it becomes due. '
  'p_user_id null: any user''s meeting. p_expected_version: the desired_version the change is based on. {decision, '
  'meeting, path, message, series}: changed, unchanged, expand, invalid, slot_expired, version_conflict, cancelled, not_found, or not_organizer and wrong_account '
  '(private.reason_not_to_write).';

revoke all on function
  private.changeable_columns,
  private.change_problem,
  private.fields_named_by,
  private.reason_not_to_write,
  public.change_meeting
from public, anon, authenticated, service_role;

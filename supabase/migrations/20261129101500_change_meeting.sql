create function private.change_problem(p_changes jsonb) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  (
    select jsonb_build_object('path', key, 'message', 'Unknown field')
    from jsonb_object_keys(p_changes) as key
    where key not in ('title', 'description', 'location', 'participants', 'starts_at', 'ends_at', 'timezone')
    limit 1
  ),
  (
    select jsonb_build_object('path', key, 'message', 'Expected a value')
    from jsonb_each(p_changes) as given (key, value)
    where key in ('participants', 'starts_at', 'ends_at', 'timezone') and jsonb_typeof(value) = 'null'
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

create function public.change_meeting(
  p_meeting_id text,
  p_user_id uuid,
  p_changes jsonb,
  p_expected_version integer default null
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_changed public.meetings;
  v_problem jsonb := private.change_problem(p_changes);
  v_is_moved boolean;
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
    v_problem := private.meeting_problem(v_changed);
  end if;
  if v_problem is not null then
    return jsonb_build_object('decision', 'invalid', 'meeting', private.meeting_json(v_meeting)) || v_problem;
  end if;

  v_is_moved := (v_changed.starts_at, v_changed.ends_at) is distinct from (v_meeting.starts_at, v_meeting.ends_at);
  if v_changed is not distinct from v_meeting then
    return jsonb_build_object('decision', 'unchanged', 'meeting', private.meeting_json(v_meeting));
  elsif v_is_moved and v_changed.starts_at <= clock_timestamp() then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', private.meeting_json(v_meeting));
  end if;

  if v_is_moved then
    -- A given time replaces the result of a search in progress.
    delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif v_changed.participants <> v_meeting.participants and v_meeting.starts_at is null then
    -- A search in progress has the old participants: it loses its lease and starts again.
    update private.work as w
    set due_at = clock_timestamp(), lease_token = null, leased_at = null, leased_until = null
    where w.kind = 'search' and w.subject_id = p_meeting_id and w.lease_token is not null;
  end if;
  update public.meetings as m
  set
    title = v_changed.title,
    description = v_changed.description,
    location = v_changed.location,
    participants = v_changed.participants,
    starts_at = v_changed.starts_at,
    ends_at = v_changed.ends_at,
    timezone = case when v_changed.starts_at is null then v_changed.timezone else coalesce(v_changed.timezone, 'UTC') end,
    -- A given time has no score.
    score = case when not v_is_moved then m.score end,
    reasoning = case when not v_is_moved then m.reasoning end,
    candidates = case when v_is_moved then '[]' else m.candidates end,
    scheduled_at = case when v_is_moved then clock_timestamp() else m.scheduled_at end,
    scheduling_status = case when v_is_moved then 'scheduled' else m.scheduling_status end,
    scheduling_error = case when not v_is_moved then m.scheduling_error end,
    scheduling_reason = case when not v_is_moved then m.scheduling_reason end,
    scheduling_details = case when not v_is_moved then m.scheduling_details end
  where m.meeting_id = p_meeting_id;
  v_meeting := private.apply_write_event(p_meeting_id, jsonb_build_object('type', 'changed', 'is_moved', v_is_moved));
  return jsonb_build_object('decision', 'changed', 'meeting', private.meeting_json(v_meeting));
end $$;
comment on function public.change_meeting(text, uuid, jsonb, integer) is
  'Changes title, description, location, participants or the time (starts_at with ends_at, and timezone) of a '
  'meeting. An existing event becomes due for an update; a meeting without event is written with the change. '
  'p_user_id null: any user''s meeting. p_expected_version: the desired_version the change is based on. {decision, '
  'meeting, path, message}: changed, unchanged, invalid, slot_expired, version_conflict, cancelled or not_found.';

revoke all on function
  private.change_problem,
  public.change_meeting
from public, anon, authenticated, service_role;

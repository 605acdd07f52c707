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
comment on function private.change_problem is 'The first problem of the fields of a change as {path, message}, or null.';

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
    return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', to_jsonb(v_meeting));
  elsif v_problem is null then
    v_changed := jsonb_populate_record(v_meeting, p_changes);
    v_problem := private.meeting_problem(v_changed);
  end if;
  if v_problem is not null then
    return jsonb_build_object('decision', 'invalid', 'meeting', to_jsonb(v_meeting)) || v_problem;
  end if;

  v_is_moved := (v_changed.starts_at, v_changed.ends_at) is distinct from (v_meeting.starts_at, v_meeting.ends_at);
  if v_changed is not distinct from v_meeting then
    return jsonb_build_object('decision', 'unchanged', 'meeting', to_jsonb(v_meeting));
  elsif v_is_moved and v_changed.starts_at <= clock_timestamp() then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', to_jsonb(v_meeting));
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
    desired_version = m.desired_version + 1,
    writeback_operation = case when m.writeback_status = 'created' then 'update' else m.writeback_operation end,
    writeback_status = case when m.writeback_status is null and v_is_moved then 'pending' else m.writeback_status end,
    writeback_next_attempt_at = case
      when m.writeback_status = 'created' or m.writeback_status is null and v_is_moved then clock_timestamp()
      else m.writeback_next_attempt_at
    end
  where m.meeting_id = p_meeting_id;

  if v_is_moved then
    -- A time that the caller gives has no score, and supersedes a search in progress.
    update public.meetings as m
    set
      score = null,
      reasoning = null,
      candidates = '[]',
      scheduled_at = clock_timestamp(),
      scheduling_status = 'scheduled',
      scheduling_error = null,
      scheduling_reason = null,
      scheduling_details = null,
      scheduling_next_attempt_at = null,
      scheduling_lease_token = null,
      scheduling_leased_until = null
    where m.meeting_id = p_meeting_id;
  elsif v_changed.participants <> v_meeting.participants then
    -- A search in progress is for people who no longer take part: it starts again.
    update public.meetings as m
    set scheduling_next_attempt_at = clock_timestamp(), scheduling_lease_token = null, scheduling_leased_until = null
    where m.meeting_id = p_meeting_id and m.scheduling_lease_token is not null and m.starts_at is null;
  end if;
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'changed', 'meeting', to_jsonb(v_meeting));
end $$;
comment on function public.change_meeting is
  'Changes title, description, location, participants or the time (starts_at with ends_at, and timezone) of a '
  'meeting. An existing event becomes due for an update; one that is still to be written is written as changed. '
  'p_user_id null: any user''s meeting. p_expected_version: the desired_version the change is based on. {decision, '
  'meeting, path, message}: changed, unchanged, invalid, slot_expired, version_conflict, cancelled or not_found.';

revoke all on function
  private.change_problem,
  public.change_meeting
from public, anon, authenticated, service_role;

-- The cancellation of a meeting whose outcome is unknown verifies whether there is an event. It waits, as a last
-- verification read does, until a request whose response was lost has had 30 seconds to take effect.
create function public.cancel_meeting(p_meeting_id text, p_user_id uuid default null, p_expected_version integer default null)
returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_may_exist boolean;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'already_cancelled', 'meeting', to_jsonb(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', to_jsonb(v_meeting));
  end if;

  -- A meeting that failed with a known outcome has no event, nor has one that was never leased.
  v_may_exist := v_meeting.writeback_outcome_unknown
    or v_meeting.writeback_lease_token is not null
    or coalesce(v_meeting.writeback_status, 'none') = 'created'
    or (coalesce(v_meeting.writeback_status, 'none') in ('pending', 'retrying') and v_meeting.writeback_attempted_at is not null);

  update public.meetings as m
  set
    cancelled_at = clock_timestamp(),
    desired_version = m.desired_version + 1,
    scheduling_next_attempt_at = null,
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    writeback_operation = 'cancel',
    writeback_status = case when v_may_exist then m.writeback_status end,
    writeback_error = null,
    writeback_retry_count = 0,
    writeback_attempts = 0,
    writeback_outcome_unknown = v_may_exist and (m.writeback_outcome_unknown or m.writeback_status <> 'created'),
    -- A request whose response was lost may still take effect: the verification read comes later.
    writeback_next_attempt_at = case
      when v_may_exist and m.writeback_outcome_unknown and m.writeback_status <> 'created' then clock_timestamp() + interval '30 seconds'
      when v_may_exist then clock_timestamp()
    end
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
end $$;
comment on function public.cancel_meeting is
  'Cancels a meeting for good. Where an event exists or may exist its deletion becomes due (guests are notified '
  'once); otherwise nothing becomes due. p_user_id null: any user''s meeting. {decision, meeting}: cancelled, '
  'already_cancelled, version_conflict or not_found.';

create function public.cancel_meetings_of_user(p_user_id uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_cancelled integer;
begin
  perform public.cancel_meeting(m.meeting_id)
  from public.meetings as m
  where m.organizer_user_id = p_user_id and m.cancelled_at is null and coalesce(m.ends_at > now(), true);
  get diagnostics v_cancelled = row_count;
  return jsonb_build_object(
    'cancelled', v_cancelled,
    'waiting', (
      select count(*)
      from public.meetings as m
      where m.organizer_user_id = p_user_id and m.cancelled_at is not null and m.writeback_next_attempt_at is not null
    ));
end $$;
comment on function public.cancel_meetings_of_user is
  'Before a user is deleted: cancels every meeting that is not over. {cancelled: by this call, waiting: cancellations '
  'that are still to be written to Google}; delete the user when nothing waits.';

create function private.meetings_refuse_delete() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- Without an organizer there is no connection through which an event could be deleted.
  if old.organizer_user_id is not null and (
    old.writeback_lease_token is not null
    or old.writeback_outcome_unknown
    or (old.writeback_status = 'created' and (old.cancelled_at is null or old.written_version < old.desired_version))
  ) then
    raise exception 'meeting % has an event on Google Calendar, or may have one', old.meeting_id
      using errcode = '55006', hint = 'Cancel it first (DELETE meetings, or public.cancel_meeting); delete the row once nothing is due.';
  end if;
  return old;
end $$;
comment on function private.meetings_refuse_delete is
  'Trigger: refuses to delete a meeting whose event exists on Google Calendar, or may exist.';

create trigger meetings_refuse_delete
  before delete on public.meetings
  for each row execute function private.meetings_refuse_delete();

revoke all on function
  public.cancel_meeting,
  public.cancel_meetings_of_user,
  private.meetings_refuse_delete
from public, anon, authenticated, service_role;

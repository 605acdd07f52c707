-- A cancellation of a meeting with an unknown outcome verifies whether there is an event, and ends if there is none. So
-- it waits half a minute, until a request without response can no longer take effect.
create function public.cancel_meeting(p_meeting_id text, p_user_id uuid default null, p_expected_version integer default null)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'already_cancelled', 'meeting', private.meeting_json(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', private.meeting_json(v_meeting));
  elsif private.reason_not_to_write(v_meeting) is not null then
    return jsonb_build_object('decision', private.reason_not_to_write(v_meeting), 'meeting', private.meeting_json(v_meeting));
  end if;
  delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  v_meeting := private.apply_write_event(p_meeting_id, '{"type": "cancelled"}');
  return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
end $$;
comment on function public.cancel_meeting(text, uuid, integer) is
  'Cancels a meeting for good. If an event exists or may exist, its deletion becomes due (guests are notified '
  'once); otherwise nothing becomes due. p_user_id null: any user''s meeting. {decision, meeting}: cancelled, '
  'already_cancelled, version_conflict, not_found, or not_organizer and wrong_account (private.reason_not_to_write).';

create function public.cancel_meetings_of_user(p_user_id uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_cancelled integer;
begin
  select count(*) filter (where c.decided ->> 'decision' = 'cancelled') into v_cancelled
  from (
    select public.cancel_meeting(m.meeting_id) as decided
    from public.meetings as m
    where m.organizer_user_id = p_user_id and m.cancelled_at is null and coalesce(m.ends_at > now(), true)
  ) as c;
  return jsonb_build_object(
    'cancelled', v_cancelled,
    'waiting', (
      select count(*)
      from public.meetings as m
      where m.organizer_user_id = p_user_id and m.cancelled_at is not null
        and exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id)
    ));
end $$;
comment on function public.cancel_meetings_of_user(uuid) is
  'For use before a user is deleted: cancels every meeting that is not over and whose event the user can delete. {cancelled: by this call, waiting: '
  'cancellations that are still to be written to Google}; delete the user when waiting is 0.';


revoke all on function
  public.cancel_meeting,
  public.cancel_meetings_of_user
from public, anon, authenticated, service_role;

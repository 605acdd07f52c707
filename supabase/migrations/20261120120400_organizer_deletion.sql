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
comment on function public.cancel_meetings_of_user(uuid) is
  'Before a user is deleted: cancels every meeting that is not over. {cancelled: by this call, waiting: cancellations that Google has not '
  'been told yet}; delete the user when nothing waits.';

-- auth.users is deleted without asking us: its meetings stay, detached, and what they waited for ends with
-- a reason. A worker that is at it may still finish and says so by its lease.
create function private.meetings_detach() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.writeback_next_attempt_at is not null then
    new.writeback_status := case when new.writeback_status = 'created' then 'created' else 'failed' end;
    new.writeback_error := 'organizer_deleted: The organizer''s account was deleted before Google Calendar was told.';
    new.writeback_next_attempt_at := null;
  end if;
  if new.scheduling_next_attempt_at is not null then
    new.scheduling_status := 'failed';
    new.scheduling_error := 'organizer_deleted';
    new.scheduling_reason := 'The organizer''s account was deleted before a time was found.';
    new.scheduling_next_attempt_at := null;
  end if;
  return new;
end $$;

create trigger meetings_detach
  before update of organizer_user_id on public.meetings
  for each row
  when (old.organizer_user_id is not null and new.organizer_user_id is null)
  execute function private.meetings_detach();

revoke all on function public.cancel_meetings_of_user(uuid), private.meetings_detach()
from public, anon, authenticated, service_role;
grant execute on function public.cancel_meetings_of_user(uuid) to service_role;

-- A user may choose the id of a new meeting or task. Where another user has it, the user learns so (409) instead of a
-- message about a key; an id of the user's own stays a unique violation, so that an upsert of an own row works, and so does
-- an upsert by a secret key or by SQL. Security definer: the row of another user is invisible to the user.
create function private.meetings_check_id() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if auth.uid() is not null and exists (
    select from public.meetings as m
    where m.meeting_id = new.meeting_id and m.organizer_user_id is distinct from new.organizer_user_id)
  then
    raise exception 'meeting_id_taken: Another user has a meeting with this meeting_id.'
      using errcode = '23505', hint = 'Choose another meeting_id, or leave it out: the database then chooses one.';
  end if;
  return new;
end $$;
comment on function private.meetings_check_id() is 'Trigger: refuses the id of another user''s meeting.';

create trigger meetings_check_id
  before insert on public.meetings
  for each row execute function private.meetings_check_id();

create function private.tasks_check_id() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if auth.uid() is not null and exists (
    select from public.tasks as t where t.id = new.id and t.user_id is distinct from new.user_id)
  then
    raise exception 'task_id_taken: Another user has a task with this id.'
      using errcode = '23505', hint = 'Choose another id, or leave it out: the database then chooses one.';
  end if;
  return new;
end $$;
comment on function private.tasks_check_id() is 'Trigger: refuses the id of another user''s task.';

do $$
begin
  if not private.is_adopted('tasks') then
    create trigger tasks_check_id
      before insert on public.tasks
      for each row execute function private.tasks_check_id();
  end if;
end $$;

revoke all on function private.meetings_check_id, private.tasks_check_id from public, anon, authenticated, service_role;

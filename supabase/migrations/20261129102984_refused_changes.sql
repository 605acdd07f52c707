-- Users change and delete their meetings and the events of their tasks with functions, which also write the event. Without
-- a grant, Postgres would refuse an UPDATE or DELETE before any of this is executed, with 403 and no hint. So users have the
-- grant (grants.sql), these triggers refuse every statement, and row level security has no policy that would let it reach a
-- row. Not security definer: current_user is the role that asked. An adopted table keeps its application's rights.
create function private.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  if current_user in ('anon', 'authenticated') then
    raise exception 'forbidden: A user may not % rows of %.', lower(tg_op), tg_table_name
      using errcode = '42501', hint = tg_argv[0];
  end if;
  return null;
end $$;
comment on function private.refuse_change() is 'Trigger: refuses a statement of a user, with the function to call as its hint.';

do $$
begin
  if not private.is_adopted('meetings') then
    create trigger meetings_refuse_update
      before update on public.meetings
      for each statement execute function private.refuse_change(
        'Send PATCH meetings with meeting_id and what is to change, or POST schedule for another time: docs/operations.md.');
    create trigger meetings_refuse_user_delete
      before delete on public.meetings
      for each statement execute function private.refuse_change(
        'Send DELETE meetings with meeting_id: it cancels the meeting and deletes its event. docs/operations.md.');
  end if;
  if not private.is_adopted('task_calendar_events') then
    create trigger task_calendar_events_refuse_update
      before update on public.task_calendar_events
      for each statement execute function private.refuse_change(
        'Send PATCH task-events with event_id and what is to change: docs/task-events.md.');
    create trigger task_calendar_events_refuse_delete
      before delete on public.task_calendar_events
      for each statement execute function private.refuse_change('Send DELETE task-events with event_id: docs/task-events.md.');
  end if;
end $$;

revoke all on function private.refuse_change from public, anon, authenticated, service_role;

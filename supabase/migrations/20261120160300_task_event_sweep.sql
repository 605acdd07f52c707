-- Creations and changes that were interrupted are finished by task-events, woken each minute while one is due.
create function private.sweep_task_events() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from public.task_calendar_events as e
    where e.next_attempt_at <= now() and (e.leased_until is null or e.leased_until <= now())
  ) then
    perform private.wake('task-events', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.sweep_task_events() is 'Wakes task-events for events that are due; an idle system makes no call.';
revoke all on function private.sweep_task_events() from public, anon, authenticated, service_role;

select cron.schedule('convene-sweep-task-events', '* * * * *', 'select private.sweep_task_events()');

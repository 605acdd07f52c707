-- Wake-ups: triggers that start a function early, and sweeps (cron jobs) that find what no trigger announced. A wake-up
-- that is lost costs a minute, never a meeting.
do $$
begin
  -- Where these schemas exist, Supabase has installed the extensions in them.
  if to_regnamespace('net') is null then
    create extension if not exists pg_net with schema extensions;
  end if;
  if to_regnamespace('vault') is null then
    create extension if not exists supabase_vault with schema vault;
  end if;
end $$;

create function private.wake(p_function text, p_body jsonb) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_url text;
  v_key text;
begin
  select s.decrypted_secret into v_url from vault.decrypted_secrets as s where s.name = 'convene_functions_url';
  select s.decrypted_secret into v_key from vault.decrypted_secrets as s where s.name = 'convene_automations_key';
  if v_url is null or v_key is null then
    return;
  end if;
  perform net.http_post(
    url := v_url || '/' || p_function,
    body := p_body,
    headers := jsonb_build_object('Content-Type', 'application/json', 'apikey', v_key),
    timeout_milliseconds := 5000
  );
exception
  -- A wake-up that fails must not fail the statement that caused it.
  when others then
    raise log 'convene could not wake %: %', p_function, sqlerrm;
end $$;
comment on function private.wake is
  'Posts p_body to an edge function through pg_net. Does nothing while the Vault entries convene_functions_url and '
  'convene_automations_key are missing, and never fails the statement that calls it.';

-- Security definer: the role that writes a meeting has no rights in this schema. The body has no candidates: with 200
-- participants they alone exceed what a function reads of a body, and the function reads the row itself.
create function private.meetings_wake() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.wake(
    tg_argv[0],
    jsonb_build_object(
      'type', tg_op,
      'table', tg_table_name,
      'schema', tg_table_schema,
      'record', to_jsonb(new) - 'candidates',
      'old_record', case when tg_op = 'UPDATE' then to_jsonb(old) - 'candidates' end
    )
  );
  return null;
end $$;
comment on function private.meetings_wake is
  'Trigger: wakes the function that its argument names with Supabase''s webhook payload, without the candidates.';

-- A row that schedule itself inserted is leased already and needs no call.
create trigger meetings_wake_schedule
  after insert on public.meetings
  for each row
  when (new.scheduling_status = 'pending' and new.scheduling_lease_token is null)
  execute function private.meetings_wake('schedule');

create trigger meetings_wake_write_back_inserted
  after insert on public.meetings
  for each row
  when (new.writeback_status = 'pending')
  execute function private.meetings_wake('write-back');

create trigger meetings_wake_write_back_updated
  after update of writeback_status on public.meetings
  for each row
  when (new.writeback_status = 'pending' and old.writeback_status is distinct from 'pending')
  execute function private.meetings_wake('write-back');

-- For operations on existing events; new meetings have the triggers above.
create trigger meetings_wake_write_back_changed
  after update on public.meetings
  for each row
  when (
    new.writeback_operation <> 'create'
    and new.writeback_lease_token is null
    and new.writeback_next_attempt_at <= clock_timestamp()
    and (
      old.writeback_next_attempt_at is null
      or old.writeback_lease_token is not null
      or new.desired_version > old.desired_version
    )
    and (new.writeback_status is distinct from 'pending' or old.writeback_status = 'pending')
  )
  execute function private.meetings_wake('write-back');

create function private.wake_schedule() returns void
language sql security definer set search_path = '' as $$
select private.wake('schedule', '{"batch": true, "background": true}');
$$;
comment on function private.wake_schedule is 'Wakes a batch of schedule.';

-- Security definer: workers may wake these two functions, and no other.
create function private.wake_write_back() returns void
language sql security definer set search_path = '' as $$
select private.wake('write-back', '{"batch": true, "background": true}');
$$;
comment on function private.wake_write_back is 'Wakes a batch of write-back.';

-- A call processes no more rows than its CPU budget allows; the rest is for another call.
create function public.finish_writeback_batch(p_wake boolean default false) returns integer
language plpgsql set search_path = '' as $$
declare
  v_remaining integer;
begin
  select count(*) into v_remaining from private.due_writebacks;
  if p_wake and v_remaining > 0 then
    perform private.wake_write_back();
  end if;
  return v_remaining;
end $$;
comment on function public.finish_writeback_batch is
  'How many write-backs are still due; p_wake: wakes write-back again if there are any.';

create function private.ring_for_notifications(p_added uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if p_added is not null and not exists (
    select from private.due_notifications as d where d.attempts = 0 and d.notification_id <> all (p_added)
  ) then
    perform private.wake('notify', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.ring_for_notifications is
  'Wakes notify for new notifications, unless an earlier one still waits for its first delivery: that call delivers '
  'these as well.';

create function private.sweep() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.due_schedulings) then
    perform private.wake('schedule', '{"batch": true, "background": true}');
  end if;
  if exists (select from private.due_writebacks as due where not due.is_abandoned) then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.sweep is 'Wakes schedule and write-back for due rows; nothing due, no call.';

create function private.take_over_leases() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.due_writebacks as due where due.is_abandoned)
    and not exists (select from private.due_writebacks as due where not due.is_abandoned)
  then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.take_over_leases is
  'Wakes write-back for rows whose worker died, unless the sweep wakes it anyway: every batch begins with such rows.';

create function private.sweep_meet_links() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.due_meet_links) then
    perform private.wake('meetings/meet-links', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.sweep_meet_links is 'Wakes meetings/meet-links for due Meet links; nothing due, no call.';

create function private.sweep_notifications() returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.notifications as n
  where n.notification_id in (
    select o.notification_id from public.notifications as o
    where o.next_attempt_at is null and o.created_at < now() - interval '90 days'
    order by o.created_at
    limit 1000
  );
  if exists (select from private.due_notifications) then
    perform private.wake('notify', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.sweep_notifications is
  'Wakes notify for due notifications and deletes finished ones after 90 days; nothing due, no call.';

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
comment on function private.sweep_task_events is 'Wakes task-events for due events; nothing due, no call.';

revoke all on function
  private.wake,
  private.meetings_wake,
  private.wake_schedule,
  private.wake_write_back,
  public.finish_writeback_batch,
  private.ring_for_notifications,
  private.sweep,
  private.take_over_leases,
  private.sweep_meet_links,
  private.sweep_notifications,
  private.sweep_task_events
from public, anon, authenticated, service_role;

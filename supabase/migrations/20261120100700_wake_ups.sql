-- Doorbells. A lost one costs a minute (the cron sweep finds the row), never a meeting.
do $$
begin
  -- Where the extensions stand already, Supabase has installed them in these schemas.
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
  -- Whatever is wrong with the doorbell, the statement that rang it must go through.
  when others then
    raise log 'convene could not wake %: %', p_function, sqlerrm;
end $$;
comment on function private.wake(text, jsonb) is
  'Posts p_body to a function through pg_net. Does nothing while the Vault entries convene_functions_url and convene_automations_key are missing.';

-- Security definer: whoever inserts a meeting has no rights in this schema.
create function private.meetings_wake() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.wake(
    tg_argv[0],
    jsonb_build_object(
      'type', tg_op,
      'table', tg_table_name,
      'schema', tg_table_schema,
      'record', to_jsonb(new),
      'old_record', case when tg_op = 'UPDATE' then to_jsonb(old) end
    )
  );
  return null;
end $$;

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

create function private.sweep() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.due_schedulings) then
    perform private.wake('schedule', '{"batch": true, "background": true}');
  end if;
  if exists (select from private.due_writebacks) then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.sweep() is 'Wakes schedule and write-back for rows that are due; an idle system makes no call.';

revoke all on function private.wake(text, jsonb), private.meetings_wake(), private.sweep()
from public, anon, authenticated, service_role;

-- Abandoned rows have a job of their own, so that each call is made for one reason and none twice a minute.
create or replace function private.sweep() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.due_schedulings) then
    perform private.wake('schedule', '{"batch": true, "background": true}');
  end if;
  if exists (select from private.due_writebacks as due where not due.is_abandoned) then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $$;

create function private.take_over_leases() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.due_writebacks as due where due.is_abandoned)
    and not exists (select from private.due_writebacks as due where not due.is_abandoned)
  then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $$;
comment on function private.take_over_leases() is
  'Wakes write-back for rows whose worker has died, unless the sweep wakes it anyway: every batch begins with such rows.';

-- Security definer: workers may ring this one doorbell, and no other.
create function private.wake_write_back() returns void
language sql security definer set search_path = '' as $$
select private.wake('write-back', '{"batch": true, "background": true}');
$$;

-- A call does no more rows than its CPU budget allows; what is left is for another call.
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
comment on function public.finish_writeback_batch(boolean) is
  'How many write-backs are still due; p_wake: calls write-back again if there are any.';

revoke all on function private.take_over_leases(), private.wake_write_back(), public.finish_writeback_batch(boolean)
from public, anon, authenticated, service_role;
grant execute on function public.finish_writeback_batch(boolean), private.wake_write_back() to service_role;

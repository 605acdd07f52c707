-- Wake-ups: the triggers that call a function as soon as a row is due, and the sweep that calls it every minute. If a
-- wake-up is lost, the row is processed by the next sweep.
create table private.wake_ups (
  wakes text primary key,
  called_at timestamptz not null default '-infinity'
);
comment on table private.wake_ups is 'When each function was last woken, so that many rows wake it once.';
comment on column private.wake_ups.wakes is 'Edge function and path, as in private.work_kinds.';
comment on column private.wake_ups.called_at is 'When the last wake-up was posted.';
insert into private.wake_ups (wakes) select distinct k.wakes from private.work_kinds as k;
alter table private.wake_ups enable row level security;
revoke all on private.wake_ups from public, anon, authenticated, service_role;

create function private.is_time_to_wake(p_function text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
  -- An insert never waits here. While or just after another transaction wakes the function, no second wake-up is needed:
  -- the function checks the queue again before it ends (shared/http/look_once_more.ts).
  perform from private.wake_ups as w
  where w.wakes = p_function and w.called_at < clock_timestamp() - make_interval(secs => private.setting('wake_up_seconds')::double precision)
  for update skip locked;
  if not found then
    return false;
  end if;
  update private.wake_ups as w set called_at = clock_timestamp() where w.wakes = p_function;
  return true;
end $$;
comment on function private.is_time_to_wake(text) is
  'Whether a function may be woken now; if so, stores the time. False within wake_up_seconds of its last wake-up.';

create function private.wake_worker(p_kind text, p_rows bigint, p_subject_id text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_function text;
begin
  select k.wakes into strict v_function from private.work_kinds as k where k.kind = p_kind;
  if not private.is_time_to_wake(v_function) then
    return;
  end if;
  perform private.wake(v_function, case
    when p_rows = 1 and p_kind in ('search', 'write') then jsonb_build_object(
      'type', 'INSERT', 'table', 'meetings', 'schema', 'public', 'record', jsonb_build_object('meeting_id', p_subject_id), 'old_record', null)
    else '{"batch": true, "background": true}'
  end);
end $$;
comment on function private.wake_worker(text, bigint, text) is
  'Wakes the function of a kind for rows that became due: one row by its id, several as a batch. Wake-ups within wake_up_seconds are combined.';

create function private.work_wake_inserted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if current_setting('convene.is_fanning_out', true) = 'true' then
    return null;
  end if;
  perform private.wake_worker(due.kind, due.rows, due.subject_id)
  from (
    select w.kind, count(*) as rows, min(w.subject_id) as subject_id
    from new_work as w
    where w.lease_token is null and w.due_at <= clock_timestamp()
      and not exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))
    group by w.kind
  ) as due;
  return null;
end $$;
comment on function private.work_wake_inserted() is 'Trigger: wakes the function of rows that are due when they are inserted.';

create trigger work_wake_inserted
  after insert on private.work
  referencing new table as new_work
  for each statement execute function private.work_wake_inserted();

create function private.work_wake_updated() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.wake_worker(due.kind, due.rows, due.subject_id)
  from (
    select w.kind, count(*) as rows, min(w.subject_id) as subject_id
    from new_work as w
    join old_work as o on o.kind = w.kind and o.subject_id = w.subject_id
    -- Neither a claim nor a release makes a row due.
    where w.lease_token is null and w.due_at <= clock_timestamp() and w.due_at is distinct from o.due_at
      and not exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))
    group by w.kind
  ) as due;
  return null;
end $$;
comment on function private.work_wake_updated() is 'Trigger: wakes the function of rows that become due by a change or at the end of a lease.';

create trigger work_wake_updated
  after update on private.work
  referencing old table as old_work new table as new_work
  for each statement execute function private.work_wake_updated();

create function private.wake_for_rest(p_kind text) returns void
language sql volatile security definer set search_path = '' as $$
select private.wake(k.wakes, '{"batch": true, "background": true}')
from private.work_kinds as k
where k.kind = p_kind and private.is_time_to_wake(k.wakes);
$$;
comment on function private.wake_for_rest(text) is
  'Calls the function of a kind again, because the CPU limit of an edge function bounds the rows of one call. Skipped if '
  'the function was woken within wake_up_seconds.';

create function public.finish_batch(p_kind text, p_wake boolean default false) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_rules private.work_kinds;
  v_remaining integer;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  -- Announcements and notifications are one queue to their worker.
  select count(*) into v_remaining
  from private.due_work as d
  join private.work_kinds as k on k.kind = d.kind
  where k.wakes = v_rules.wakes;
  if p_wake and v_remaining > 0 then
    perform private.wake_for_rest(p_kind);
  end if;
  return jsonb_build_object(
    'remaining', v_remaining,
    'quota_seconds', case when v_remaining > 0 and v_rules.uses_google then private.seconds_to_quota(p_kind) end);
end $$;
comment on function public.finish_batch(text, boolean) is
  '{remaining, quota_seconds}: the number of rows of a kind that are still due, and the seconds until Google''s quotas let a slice of them '
  'through (null: they hold nothing back). p_wake: calls its function again if there are any.';

create function private.sweep() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  -- An expired search that is leased but not due: its caller no longer waits for the result.
  delete from private.work as w where w.due_at = 'infinity' and w.leased_until <= clock_timestamp() - interval '1 hour';
  -- Not combined with other wake-ups: the uncommitted wake-up of a long transaction must not delay the sweep.
  perform private.post_wake_up(due.wakes, '{"batch": true, "background": true}')
  from (
    select distinct k.wakes
    from private.work_kinds as k
    where exists (select from private.due_work as d where d.kind = k.kind)
  ) as due;
end $$;
comment on function private.sweep() is 'Calls the function of every kind with due work or expired leases; without such work it makes no call. Raises when it cannot call, so that pg_cron shows the job as failed.';

revoke all on function
  private.is_time_to_wake,
  private.wake_worker,
  private.work_wake_inserted,
  private.work_wake_updated,
  private.wake_for_rest,
  public.finish_batch,
  private.sweep
from public, anon, authenticated, service_role;

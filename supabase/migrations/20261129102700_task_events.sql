-- Work on one event of a task, like the write-back of a meeting: whoever works holds a lease token, and only
-- that token can settle the row. A change is recorded in pending_change before Google is asked.
create function private.lease_task_event(p_id uuid, p_lease_seconds integer) returns jsonb
language sql set search_path = '' as $$
update public.task_calendar_events as e
set
  -- A former lease that nobody settled may have reached Google.
  outcome_unknown = e.outcome_unknown or e.lease_token is not null,
  lease_token = gen_random_uuid(),
  leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
  attempts = e.attempts + 1,
  google_account_id = coalesce(
    e.google_account_id,
    (select c.google_account_id from private.google_connections as c where c.user_id = e.user_id))
where e.id = p_id
returning to_jsonb(e);
$$;
comment on function private.lease_task_event is
  'Leases one row. A former lease without settlement leaves the outcome unknown.';

create function private.task_event_answer(p_decision text, p_event jsonb, p_user_id uuid) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object(
  'decision', p_decision,
  'event', p_event,
  'task', (select to_jsonb(t) from public.tasks as t where t.id::text = p_event ->> 'task_id'),
  'connection', (select to_jsonb(c) from private.google_connections as c where c.user_id = p_user_id),
  'retry_after_seconds', greatest(1, ceil(extract(epoch from (p_event ->> 'leased_until')::timestamptz - clock_timestamp())))
);
$$;
comment on function private.task_event_answer is
  '{decision, event, task, connection, retry_after_seconds}: what the begin and claim functions return.';

create function public.begin_task_event(
  p_task_id text, p_user_id uuid, p_wanted jsonb, p_lease_seconds integer default 120
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_task public.tasks;
  v_event public.task_calendar_events;
  v_key uuid := gen_random_uuid();
begin
  -- Callers for one task queue up here, so one task gets one event.
  select * into v_task from public.tasks as t where t.id::text = p_task_id for update;
  if not found or v_task.deleted_at is not null
    or (p_user_id is not null and v_task.user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;

  select * into v_event
  from public.task_calendar_events as e
  where e.task_id = v_task.id and e.deleted_at is null and not coalesce(e.is_exception, false)
  order by e.created_at desc
  limit 1
  for update;

  if not found then
    insert into public.task_calendar_events (
      user_id, task_id, calendar_id, calendar_event_id, event_key, organizer_self, wanted, sync_status, next_attempt_at)
    values (
      v_task.user_id, v_task.id, coalesce(p_wanted ->> 'calendar_id', 'primary'),
      'convene' || replace(v_key::text, '-', '') || 'g1', v_key, null, p_wanted, 'pending', clock_timestamp())
    returning * into v_event;
  elsif v_event.sync_status not in ('pending', 'failed') then
    return private.task_event_answer('exists', to_jsonb(v_event), v_task.user_id);
  elsif v_event.leased_until > clock_timestamp() then
    return private.task_event_answer('in_progress', to_jsonb(v_event), v_task.user_id);
  elsif v_event.lease_token is null and not v_event.outcome_unknown then
    -- Nothing of the former wish can be on Google, so the new one counts.
    update public.task_calendar_events as e
    set wanted = p_wanted, calendar_id = coalesce(p_wanted ->> 'calendar_id', 'primary'), sync_status = 'pending',
      google_account_id = null, next_attempt_at = clock_timestamp()
    where e.id = v_event.id;
  end if;

  return private.task_event_answer('claimed', private.lease_task_event(v_event.id, p_lease_seconds), v_task.user_id);
end $$;
comment on function public.begin_task_event is
  'Leases the row of a task''s event, inserted if there is none: {decision, event, task, connection, '
  'retry_after_seconds}. decision: claimed, exists, in_progress or not_found (also for another user''s task).';

create function public.begin_event_change(
  p_user_id uuid, p_calendar_id text, p_calendar_event_id text, p_lease_seconds integer default 120
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_event public.task_calendar_events;
begin
  insert into public.task_calendar_events (user_id, calendar_id, calendar_event_id, organizer_self, sync_source, sync_status)
  values (p_user_id, p_calendar_id, p_calendar_event_id, null, 'google', 'synced')
  on conflict (user_id, calendar_id, calendar_event_id) do nothing;
  select * into v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
  for update;
  if v_event.leased_until > clock_timestamp() then
    return private.task_event_answer('in_progress', to_jsonb(v_event), p_user_id);
  elsif v_event.sync_status in ('pending', 'failed') then
    return private.task_event_answer('unwritten', to_jsonb(v_event), p_user_id);
  elsif v_event.deleted_at is not null then
    return private.task_event_answer('deleted', to_jsonb(v_event), p_user_id);
  end if;
  return private.task_event_answer('claimed', private.lease_task_event(v_event.id, p_lease_seconds), p_user_id);
end $$;
comment on function public.begin_event_change is
  'Leases the row of an event that is to be changed, inserted if there is none: {decision, event, task, connection, '
  'retry_after_seconds}. decision: claimed, in_progress, unwritten or deleted.';

create function private.put_task_event(p_event jsonb) returns void
language sql set search_path = '' as $$
insert into public.task_calendar_events as e (
  user_id, task_id, calendar_id, calendar_event_id, event_key, event_link, event_start, event_end, event_title,
  timezone, is_all_day, organizer_email, organizer_display_name, organizer_self, attendees, recurrence_rule,
  is_master_event, recurrence_master_id, recurrence_instance_date, original_start_time, is_exception,
  exception_type, series_update_scope, sync_status, sync_source, last_synced_at, etag, deleted_at, google_account_id)
select
  r.user_id, r.task_id, r.calendar_id, r.calendar_event_id, coalesce(r.event_key, gen_random_uuid()), r.event_link,
  r.event_start, r.event_end, r.event_title, r.timezone, coalesce(r.is_all_day, false), r.organizer_email,
  r.organizer_display_name, r.organizer_self, coalesce(r.attendees, '[]'), r.recurrence_rule,
  coalesce(r.is_master_event, false), r.recurrence_master_id, r.recurrence_instance_date, r.original_start_time,
  coalesce(r.is_exception, false), r.exception_type, r.series_update_scope, coalesce(r.sync_status, 'synced'),
  coalesce(r.sync_source, 'convene'), r.last_synced_at, r.etag, r.deleted_at, r.google_account_id
from jsonb_populate_record(null::public.task_calendar_events, p_event) as r
on conflict (user_id, calendar_id, calendar_event_id) do update
set
  event_link = excluded.event_link, event_start = excluded.event_start, event_end = excluded.event_end,
  event_title = excluded.event_title, timezone = excluded.timezone, is_all_day = excluded.is_all_day,
  organizer_email = excluded.organizer_email, organizer_display_name = excluded.organizer_display_name,
  organizer_self = excluded.organizer_self, attendees = excluded.attendees, recurrence_rule = excluded.recurrence_rule,
  is_master_event = excluded.is_master_event, recurrence_master_id = excluded.recurrence_master_id,
  recurrence_instance_date = excluded.recurrence_instance_date, original_start_time = excluded.original_start_time,
  is_exception = excluded.is_exception, exception_type = excluded.exception_type,
  series_update_scope = excluded.series_update_scope, sync_status = excluded.sync_status,
  last_synced_at = excluded.last_synced_at, etag = excluded.etag, deleted_at = excluded.deleted_at;
$$;
comment on function private.put_task_event is
  'Inserts or updates the row of an event as {column: value} gives it, outside of any lease.';

create function public.settle_task_event(
  p_id uuid, p_lease_token uuid, p_changes jsonb, p_rows jsonb default '[]', p_release boolean default true,
  p_not_before_seconds double precision default null, p_gone text[] default '{}'
) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_event public.task_calendar_events;
begin
  select * into v_event from public.task_calendar_events as e where e.id = p_id and e.lease_token = p_lease_token for update;
  if not found then
    return false;
  end if;
  v_event := jsonb_populate_record(v_event, p_changes);
  update public.task_calendar_events as e
  set
    calendar_event_id = v_event.calendar_event_id, event_link = v_event.event_link, event_start = v_event.event_start,
    event_end = v_event.event_end, event_title = v_event.event_title, timezone = v_event.timezone,
    is_all_day = v_event.is_all_day, organizer_email = v_event.organizer_email,
    organizer_display_name = v_event.organizer_display_name, organizer_self = v_event.organizer_self,
    attendees = v_event.attendees, recurrence_rule = v_event.recurrence_rule, is_master_event = v_event.is_master_event,
    recurrence_master_id = v_event.recurrence_master_id, recurrence_instance_date = v_event.recurrence_instance_date,
    original_start_time = v_event.original_start_time, is_exception = v_event.is_exception,
    exception_type = v_event.exception_type, series_update_scope = v_event.series_update_scope,
    sync_status = v_event.sync_status, sync_error = v_event.sync_error, last_synced_at = v_event.last_synced_at,
    etag = v_event.etag, deleted_at = v_event.deleted_at, pending_change = v_event.pending_change,
    event_generation = v_event.event_generation,
    outcome_unknown = case when p_release then v_event.outcome_unknown else e.outcome_unknown end,
    attempts = case when p_release and p_not_before_seconds is null then 0 else e.attempts end,
    -- While somebody works, the row is due when the lease ends: a worker that dies is followed by the sweep.
    next_attempt_at = case
      when not p_release then e.leased_until
      when p_not_before_seconds is not null then clock_timestamp() + make_interval(secs => p_not_before_seconds)
    end,
    lease_token = case when p_release then null else e.lease_token end,
    leased_until = case when p_release then null else e.leased_until end,
    updated_at = now()
  where e.id = p_id;
  -- The occurrences of a deleted series are gone with it.
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'deleted'
  where e.user_id = v_event.user_id and e.calendar_id = v_event.calendar_id and e.deleted_at is null
    and (e.calendar_event_id = any (p_gone)
      or (v_event.deleted_at is not null and e.recurrence_master_id = v_event.calendar_event_id));
  perform private.put_task_event(r.value) from jsonb_array_elements(p_rows) as r;
  return true;
end $$;
comment on function public.settle_task_event is
  'Stores under a lease what is known now (p_changes: columns; p_rows: other rows of the same series); false when the '
  'lease was lost. p_release false keeps the lease; p_not_before_seconds: the row is due again then; p_gone: ids of '
  'events that are deleted with it.';

create function public.claim_task_events(p_limit integer default 10, p_lease_seconds integer default 120)
returns setof jsonb
language sql set search_path = '' as $$
with due as (
  select e.id, e.user_id
  from public.task_calendar_events as e
  where e.next_attempt_at <= clock_timestamp()
    and (e.leased_until is null or e.leased_until <= clock_timestamp())
    and not exists (
      select from private.google_connections as c
      where c.user_id = e.user_id and greatest(c.paused_until, c.writes_paused_until) > clock_timestamp()
    )
  order by e.next_attempt_at
  limit p_limit
  for update skip locked
)
select private.task_event_answer('claimed', private.lease_task_event(due.id, p_lease_seconds), due.user_id) from due;
$$;
comment on function public.claim_task_events is
  'Leases events whose creation or change was interrupted or deferred and is due now.';

-- An event that was never written has nothing on Google to delete: only its row is given up.
create function public.discard_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text)
returns boolean
language sql set search_path = '' as $$
with discarded as (
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'deleted', next_attempt_at = null, updated_at = clock_timestamp()
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
    and e.sync_status in ('pending', 'failed') and e.deleted_at is null
    -- A request that may have landed is looked up first, by whoever schedules or by the sweep.
    and e.lease_token is null and not e.outcome_unknown
  returning e.id
)
select exists (select from discarded);
$$;
comment on function public.discard_task_event is
  'Marks an event that is not on Google (never written, or refused for good) as deleted; false while that is not '
  'certain.';

create function public.read_task_events(p_user_id uuid, p_task_ids text[]) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(jsonb_agg(jsonb_build_object(
  'task', to_jsonb(t),
  'event', (
    select to_jsonb(e)
    from public.task_calendar_events as e
    where e.task_id = t.id and e.deleted_at is null and not coalesce(e.is_exception, false)
    order by e.created_at desc
    limit 1
  ))), '[]')
from public.tasks as t
where t.id::text = any (p_task_ids) and t.deleted_at is null and (p_user_id is null or t.user_id = p_user_id);
$$;
comment on function public.read_task_events is
  'Tasks with the event that stands for each: [{task, event}]; of a split series the latest part. p_user_id null: any '
  'user''s.';

create function public.read_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text) returns jsonb
language sql stable set search_path = '' as $$
select to_jsonb(e)
from public.task_calendar_events as e
where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id;
$$;
comment on function public.read_task_event is 'The row of one event, deleted or not; null when there is none.';

revoke all on function
  private.lease_task_event,
  private.task_event_answer,
  public.begin_task_event,
  public.begin_event_change,
  private.put_task_event,
  public.settle_task_event,
  public.claim_task_events,
  public.discard_task_event,
  public.read_task_events,
  public.read_task_event
from public, anon, authenticated, service_role;

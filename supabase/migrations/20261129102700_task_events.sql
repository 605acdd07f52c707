-- Changes of the event of a task, with the same leases as the write-back of a meeting. A change plan is stored before the
-- first request to Google, so that an interrupted change is completed.

create function private.task_event_json(p_event public.task_calendar_events) returns jsonb
language sql stable set search_path = '' as $$
select to_jsonb(p_event) || jsonb_build_object(
  'wanted', es.wanted,
  'pending_change', es.pending_change,
  'google_account_id', es.google_account_id,
  -- A lease that expired unsettled may have reached Google.
  'outcome_unknown', coalesce(es.outcome_unknown_since is not null or w.crashes > 0, false),
  'lease_token', w.lease_token,
  'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
  'leased_until', w.leased_until)
from (select 1) as one
left join private.event_state as es on es.kind = 'task_event' and es.subject_id = p_event.id::text
left join private.work as w on w.kind = 'task_event' and w.subject_id = p_event.id::text;
$$;
comment on function private.task_event_json(public.task_calendar_events) is
  'A task event as edge functions read it: its columns, wanted, pending_change, google_account_id, outcome_unknown, lease_token, lease_seconds and leased_until.';

create function private.store_task_event_state(p_id text, p_state jsonb) returns void
language sql volatile set search_path = '' as $$
insert into private.event_state as es (kind, subject_id, wanted, pending_change, google_account_id, outcome_unknown_since, is_unacknowledged)
values (
  'task_event', p_id, nullif(p_state -> 'wanted', 'null'), nullif(p_state -> 'pending_change', 'null'), p_state ->> 'google_account_id',
  case when (p_state ->> 'outcome_unknown')::boolean then clock_timestamp() end, (p_state ->> 'is_unacknowledged')::boolean)
on conflict (kind, subject_id) do update
set
  wanted = case when p_state ? 'wanted' then excluded.wanted else es.wanted end,
  pending_change = case when p_state ? 'pending_change' then excluded.pending_change else es.pending_change end,
  google_account_id = case when p_state ? 'google_account_id' then excluded.google_account_id else es.google_account_id end,
  outcome_unknown_since = case
    when not p_state ? 'outcome_unknown' then es.outcome_unknown_since
    when excluded.outcome_unknown_since is not null then coalesce(es.outcome_unknown_since, excluded.outcome_unknown_since)
  end,
  is_unacknowledged = coalesce(excluded.is_unacknowledged, es.is_unacknowledged);
$$;
comment on function private.store_task_event_state(text, jsonb) is
  'Stores the given fields of a task event''s state: wanted, pending_change, google_account_id, outcome_unknown, is_unacknowledged; the others stay.';

create function private.lease_task_event(p_id text, p_owner_id uuid, p_lease_seconds integer) returns private.work
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work;
begin
  -- Leased but not due: it becomes due when a change plan is stored.
  -- A read, a write, and two reads that follow a moved event.
  insert into private.work (kind, subject_id, owner_id, requests, due_at)
  values ('task_event', p_id, p_owner_id, 4, 'infinity')
  on conflict (kind, subject_id) do nothing;
  select * into v_work from private.lease_work('task_event', array[p_id], p_lease_seconds);
  perform private.store_task_event_state(p_id, jsonb_build_object(
    'google_account_id', coalesce(
      (select es.google_account_id from private.event_state as es where es.kind = 'task_event' and es.subject_id = p_id),
      (select c.google_account_id from private.google_connections as c where c.user_id = p_owner_id))));
  return v_work;
end $$;
comment on function private.lease_task_event(text, uuid, integer) is 'Leases a task event and stores its account. The caller holds the lock of its row.';

create function private.task_event_response(p_decision text, p_event public.task_calendar_events, p_user_id uuid) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object(
  'decision', p_decision,
  'event', event.json,
  'task', (select to_jsonb(t) from public.tasks as t where t.id::text = event.json ->> 'task_id'),
  'connection', (select to_jsonb(c) from private.google_connections as c where c.user_id = p_user_id),
  'retry_after_seconds', greatest(1, ceil(extract(epoch from (event.json ->> 'leased_until')::timestamptz - clock_timestamp()))))
from (select case when p_event.id is not null then private.task_event_json(p_event) end as json) as event;
$$;
comment on function private.task_event_response(text, public.task_calendar_events, uuid) is
  '{decision, event, task, connection, retry_after_seconds}: the result of every function that leases a task event.';

create function public.assignee_emails(p_user_id uuid, p_assignee_ids uuid[]) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(jsonb_object_agg(c.user_id, c.email), '{}')
from private.sharing_users(
  array(select lower(c.email) from private.google_connections as c where c.user_id = any (p_assignee_ids)), p_user_id
) as sharing
join private.google_connections as c on c.user_id = sharing.user_id
where c.user_id = any (p_assignee_ids);
$$;
comment on function public.assignee_emails(uuid, uuid[]) is
  'The addresses of users whom a user may assign by their id, because they share availability with that user: {user id: address}. Others, like ids '
  'that do not exist, are absent.';

create function private.hold_for_task(p_event_id uuid, p_user_id uuid, p_slots jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if p_slots is null then
    -- A time that the caller gave takes the place of one that was found before.
    delete from private.slot_holds as h where h.task_event_id = p_event_id;
    return jsonb_build_object('decision', 'settled', 'wanted', jsonb_build_object());
  end if;
  return held.result || jsonb_build_object('wanted', p_slots -> 'choices' -> (held.result ->> 'candidate')::integer)
  from private.hold_first_free(
    null, p_event_id, p_user_id, array(select distinct lower(email) from jsonb_array_elements_text(p_slots -> 'held') as email),
    p_slots -> 'candidates', p_slots -> 'occurrences') as held (result);
end $$;
comment on function private.hold_for_task(uuid, uuid, jsonb) is
  'Holds the first free one of the times that a search found for a task (private.hold_first_free), with what of `wanted` it decides.';

create function private.invited_by_task(p_wanted jsonb, p_before jsonb default null) returns integer
language sql immutable set search_path = '' as $$
select count(*)::integer
from (
  select lower(a.value ->> 'email')
  from jsonb_array_elements(case jsonb_typeof(p_wanted -> 'assignees') when 'array' then p_wanted -> 'assignees' else '[]' end) as a
  except
  select lower(a.value ->> 'email')
  from jsonb_array_elements(case jsonb_typeof(p_before -> 'assignees') when 'array' then p_before -> 'assignees' else '[]' end) as a
) as guest
$$;
comment on function private.invited_by_task(jsonb, jsonb) is
  'How many guests an event as it is wanted invites, without those for whom the request before it has paid.';

create function private.insert_task_event(p_task public.tasks, p_wanted jsonb, p_slots jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_id constant uuid := gen_random_uuid();
  v_key constant uuid := gen_random_uuid();
  v_guests constant integer := private.invited_by_task(p_wanted);
  v_hold jsonb;
begin
  if v_guests > 0 and not private.spend(p_task.user_id, 'guests_invited_per_day', v_guests) then
    return private.search_refusal(p_task.user_id, 'guests_invited_per_day');
  end if;
  v_hold := private.hold_for_task(v_id, p_task.user_id, p_slots);
  if v_hold ->> 'decision' <> 'settled' then
    -- Rolls back what was spent: budgets are locked before people, so the holds cannot come first.
    raise exception using errcode = 'CV010', message = 'not_held';
  end if;
  insert into public.task_calendar_events (
    id, user_id, task_id, calendar_id, calendar_event_id, event_key, organizer_self, sync_status)
  values (
    v_id, p_task.user_id, p_task.id, coalesce(p_wanted ->> 'calendar_id', 'primary'),
    'convene' || replace(v_key::text, '-', '') || 'g1', v_key, null, 'pending');
  perform private.store_task_event_state(v_id::text, jsonb_build_object('wanted', p_wanted || (v_hold -> 'wanted')));
  return v_hold || jsonb_build_object('id', v_id);
exception
  when sqlstate 'CV010' then
    return v_hold;
end $$;
comment on function private.insert_task_event(public.tasks, jsonb, jsonb) is
  'Inserts the row of a task''s event and holds its time: {decision, id, candidate}, or the reason why nothing was inserted (limit_reached, taken, too_many_holds).';

create function public.begin_task_event(
  p_task_id text, p_user_id uuid, p_wanted jsonb, p_lease_seconds integer default null, p_is_waiting boolean default false, p_slots jsonb default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_task public.tasks;
  v_event public.task_calendar_events;
  v_work private.work;
  v_is_unknown boolean;
  v_guests integer;
  v_hold jsonb := jsonb_build_object();
  v_pause jsonb;
begin
  -- This lock serializes concurrent callers for one task, so it gets one event.
  select * into v_task from public.tasks as t where t.id::text = p_task_id for update;
  if not found or v_task.deleted_at is not null
    or (p_user_id is not null and v_task.user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;

  select * into v_event
  from public.task_calendar_events as e
  where e.task_id::text = p_task_id and not private.is_deleted(e) and not coalesce(e.is_exception, false)
  order by e.created_at desc
  limit 1
  for update;
  if not found or private.is_unwritten(v_event) then
    v_pause := private.pause_refusal('task_event', v_task.user_id);
    if v_pause is not null then
      return v_pause;
    end if;
  end if;
  if v_event.id is null then
    v_hold := private.insert_task_event(v_task, p_wanted, p_slots);
    if v_hold ->> 'id' is null then
      return v_hold;
    end if;
    select * into strict v_event from public.task_calendar_events as e where e.id = (v_hold ->> 'id')::uuid;
  elsif not private.is_unwritten(v_event) then
    return private.task_event_response('exists', v_event, v_task.user_id)
      || case when p_is_waiting then jsonb_build_object('already_exists', not private.acknowledge_event('task_event', v_event.id::text)) else '{}' end;
  else
    select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text for update;
    v_is_unknown := exists (
      select from private.event_state as es
      where es.kind = 'task_event' and es.subject_id = v_event.id::text and es.outcome_unknown_since is not null);
    if v_work.leased_until > clock_timestamp() then
      return private.task_event_response('in_progress', v_event, v_task.user_id) || private.lease_wait('create');
    elsif p_is_waiting and v_event.sync_error is not null and v_work.lease_token is null then
      -- Many callers may have waited for the attempt that failed: if each made another one, Google would be asked by all of them at once.
      return private.task_event_response('failed', v_event, v_task.user_id) || jsonb_build_object(
        'retry_after_seconds', case when v_work.due_at < 'infinity' then greatest(1, ceil(extract(epoch from v_work.due_at - clock_timestamp()))) end);
    elsif v_work.lease_token is null and not v_is_unknown then
      -- The former request cannot have taken effect, so the new one replaces it.
      v_guests := private.invited_by_task(
        p_wanted, (select es.wanted from private.event_state as es where es.kind = 'task_event' and es.subject_id = v_event.id::text));
      begin
        if not private.spend(v_task.user_id, 'guests_invited_per_day', v_guests) then
          return private.search_refusal(v_task.user_id, 'guests_invited_per_day');
        end if;
        v_hold := private.hold_for_task(v_event.id, v_task.user_id, p_slots);
        if v_hold ->> 'decision' <> 'settled' then
          raise exception using errcode = 'CV010', message = 'not_held';
        end if;
      exception
        -- What was spent is rolled back, as in private.insert_task_event.
        when sqlstate 'CV010' then
          return v_hold;
      end;
      update public.task_calendar_events as e
      set calendar_id = coalesce(p_wanted ->> 'calendar_id', 'primary'), sync_status = 'pending', sync_error = null
      where e.id = v_event.id
      returning * into v_event;
      perform private.store_task_event_state(
        v_event.id::text, jsonb_build_object('wanted', p_wanted || (v_hold -> 'wanted'), 'google_account_id', null));
    end if;
  end if;
  perform private.lease_task_event(v_event.id::text, v_task.user_id, p_lease_seconds);
  update private.work as w set due_at = w.leased_at where w.kind = 'task_event' and w.subject_id = v_event.id::text;
  return private.task_event_response('claimed', v_event, v_task.user_id) || jsonb_build_object('candidate', v_hold -> 'candidate');
end $$;
comment on function public.begin_task_event(text, uuid, jsonb, integer, boolean, jsonb) is
  'Leases the row of a task''s event, and inserts it if there is none: {decision, event, task, connection, '
  'retry_after_seconds, candidate}. decision: claimed, exists, in_progress (another worker has the lease: is_leased, wait_seconds), not_found (also for '
  'another user''s task), processing_paused (private.pause_refusal), or limit_reached: the user may invite no more guests now. p_slots {held, candidates, occurrences, choices}: times that a search found, as '
  'settle_scheduling takes them; the first free one is held for the event until it is written, what choices has for it becomes part of what is wanted, and candidate is its index (from 0; '
  'null: an earlier request is completed). taken: there is none; too_many_holds: the user''s unwritten events would hold more than limit times; both change nothing. '
  'p_is_waiting: the caller has waited for the lease: with exists it gets already_exists, false for the first caller that waited for an event whose response no '
  'caller read, and failed if that attempt failed.';

create function public.begin_event_change(
  p_user_id uuid, p_calendar_id text, p_calendar_event_id text, p_lease_seconds integer default null, p_invites integer default 0
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_event public.task_calendar_events;
  v_work private.work;
  v_pause constant jsonb := private.pause_refusal('task_event', p_user_id);
begin
  if v_pause is not null then
    return v_pause;
  end if;
  insert into public.task_calendar_events (user_id, calendar_id, calendar_event_id, organizer_self, sync_source, sync_status)
  values (p_user_id, p_calendar_id, p_calendar_event_id, null, 'google', 'synced')
  on conflict (user_id, calendar_id, calendar_event_id) do nothing;
  select * into strict v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
  for update;
  select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text for update;
  if v_work.leased_until > clock_timestamp() then
    return private.task_event_response('in_progress', v_event, p_user_id) || private.lease_wait('update');
  elsif private.is_unwritten(v_event) then
    return private.task_event_response('unwritten', v_event, p_user_id);
  elsif private.is_deleted(v_event) then
    return private.task_event_response('deleted', v_event, p_user_id);
  elsif not private.spend(p_user_id, 'guests_invited_per_day', p_invites) then
    return private.search_refusal(p_user_id, 'guests_invited_per_day');
  end if;
  perform private.lease_task_event(v_event.id::text, p_user_id, p_lease_seconds);
  return private.task_event_response('claimed', v_event, p_user_id);
end $$;
comment on function public.begin_event_change(uuid, text, text, integer, integer) is
  'Leases the row of an event for a change, and inserts it if there is none: {decision, event, task, connection}. '
  'decision: claimed, in_progress (is_leased, wait_seconds), processing_paused (private.pause_refusal), unwritten, deleted, or limit_reached: '
  'p_invites, the guests whom the change adds, are more than the user may invite now.';

create function private.put_task_event(p_event jsonb) returns void
language sql volatile set search_path = '' as $$
with stored as (
insert into public.task_calendar_events as e (
  user_id, task_id, calendar_id, calendar_event_id, event_key, event_link, event_start, event_end, event_title,
  timezone, is_all_day, organizer_email, organizer_display_name, organizer_self, attendees, recurrence_rule,
  is_master_event, recurrence_master_id, recurrence_instance_date, original_start_time, is_exception,
  exception_type, series_update_scope, sync_status, sync_source, last_synced_at, etag, deleted_at)
select
  r.user_id, r.task_id, r.calendar_id, r.calendar_event_id, coalesce(r.event_key, gen_random_uuid()), r.event_link,
  r.event_start, r.event_end, r.event_title, r.timezone, coalesce(r.is_all_day, false), r.organizer_email,
  r.organizer_display_name, r.organizer_self, coalesce(r.attendees, '[]'), r.recurrence_rule,
  coalesce(r.is_master_event, false), r.recurrence_master_id, r.recurrence_instance_date, r.original_start_time,
  coalesce(r.is_exception, false), r.exception_type, r.series_update_scope, coalesce(r.sync_status, 'synced'),
  coalesce(r.sync_source, 'convene'), r.last_synced_at, r.etag, r.deleted_at
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
  last_synced_at = excluded.last_synced_at, etag = excluded.etag, deleted_at = excluded.deleted_at
returning e.id
)
select private.store_task_event_state(stored.id::text, jsonb_build_object('google_account_id', p_event -> 'google_account_id'))
from stored
where p_event ->> 'google_account_id' is not null
  and not exists (select from private.event_state as es where es.kind = 'task_event' and es.subject_id = stored.id::text);
$$;
comment on function private.put_task_event is
  'Inserts or updates the row of an event from {column: value}, without a lease.';

create function public.settle_task_event(
  p_id uuid, p_lease_token uuid, p_changes jsonb, p_rows jsonb default '[]', p_release boolean default true,
  p_verdict text default 'done', p_not_before_seconds double precision default null, p_gone text[] default '{}'
) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_event public.task_calendar_events;
  v_work private.work;
begin
  select * into v_event from public.task_calendar_events as e where e.id = p_id for update;
  select * into v_work from private.work as w
  where w.kind = 'task_event' and w.subject_id = p_id::text and w.lease_token = p_lease_token
  for update;
  if v_event.id is null or v_work.subject_id is null then
    return false;
  end if;
  v_event := jsonb_populate_record(v_event, p_changes);
  if p_release then
    v_work := private.next_work(v_work, p_verdict, p_not_before_seconds);
  else
    -- From now on the row is due: if this worker dies, another one completes the change.
    v_work.due_at := v_work.leased_at;
  end if;
  perform private.store_work(v_work);
  perform private.store_task_event_state(
    p_id::text, case when p_release then p_changes else p_changes - 'outcome_unknown' end - 'google_account_id');
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
    etag = v_event.etag, deleted_at = v_event.deleted_at,
    event_generation = v_event.event_generation,
    updated_at = now()
  where e.id = p_id;
  -- Google deletes the occurrences with their series.
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'cancelled'
  where e.user_id = v_event.user_id and e.calendar_id = v_event.calendar_id and e.deleted_at is null
    and (e.calendar_event_id = any (p_gone)
      or (v_event.deleted_at is not null and e.recurrence_master_id = v_event.calendar_event_id));
  perform private.put_task_event(r.value) from jsonb_array_elements(p_rows) as r;
  return true;
end $$;
comment on function public.settle_task_event(uuid, uuid, jsonb, jsonb, boolean, text, double precision, text[]) is
  'Stores changes under a lease (p_changes: columns; p_rows: other rows of the same series); false when the '
  'lease was lost. p_release false keeps the lease; p_verdict defer: the row is due again when the backoff is over or '
  'p_not_before_seconds have passed; p_gone: ids of events that were deleted with it.';

create function private.fail_poison_task_events() returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[] := array(
    select w.subject_id from private.work as w
    where w.kind = 'task_event' and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.due_at <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts'));
begin
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select e.id::text from public.task_calendar_events as e
    where e.id = any (v_ids::uuid[]) order by e.id for update skip locked);
  v_ids := array(
    select w.subject_id from private.work as w
    where w.kind = 'task_event' and w.subject_id = any (v_ids) and w.lease_token is not null
      and w.leased_until <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts')
    for update skip locked);
  delete from private.work as w where w.kind = 'task_event' and w.subject_id = any (v_ids);
  -- An unknown outcome stays unknown: the next call that schedules or changes the event verifies first.
  perform private.store_task_event_state(id, '{"outcome_unknown": true}') from unnest(v_ids) as id;
  update public.task_calendar_events as e
  set
    sync_status = case when e.sync_status::text = 'pending' then 'failed' else e.sync_status end,
    sync_error = 'internal: Processing crashed ' || private.setting('max_attempts') || ' times. Schedule or change the event again.'
  where e.id = any (v_ids::uuid[]);
end $$;
comment on function private.fail_poison_task_events() is
  'Task events that crashed their workers max_attempts times are no longer due; their outcome stays unknown.';

create function public.claim_task_events(p_limit integer default 10, p_lease_seconds integer default null) returns setof jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[];
begin
  perform private.fail_poison_task_events();
  v_work := array(select w from private.claim_work('task_event', p_limit, p_lease_seconds) as w);
  return query
  select private.task_event_response('claimed', e, e.user_id)
  from unnest(v_work) as w
  join public.task_calendar_events as e on e.id::text = w.subject_id
  order by w.due_at, w.subject_id;
end $$;
comment on function public.claim_task_events(integer, integer) is
  'Leases events whose interrupted or deferred creation or change is due.';

-- An event that was never written is not on Google: only its row is marked as deleted.
create function public.discard_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_event public.task_calendar_events;
begin
  select * into v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
    and private.is_unwritten(e) and e.deleted_at is null
  for update;
  if not found
    -- A request that may have taken effect is verified first, by the next call that schedules the task or by the sweep.
    or exists (
      select from private.work as w
      where w.kind = 'task_event' and w.subject_id = v_event.id::text and (w.lease_token is not null or w.crashes > 0))
    or exists (
      select from private.event_state as es
      where es.kind = 'task_event' and es.subject_id = v_event.id::text and es.outcome_unknown_since is not null)
  then
    return false;
  end if;
  delete from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text;
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'cancelled', updated_at = clock_timestamp()
  where e.id = v_event.id;
  return true;
end $$;
comment on function public.discard_task_event(uuid, text, text) is
  'Marks an event that is not on Google (never written, or refused for good) as deleted; false while that is not '
  'certain.';

create function public.read_task_events(p_user_id uuid, p_task_ids text[]) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(jsonb_agg(jsonb_build_object(
  'task', to_jsonb(t),
  'event', (
    select private.task_event_json(e)
    from public.task_calendar_events as e
    where e.task_id::text = t.id::text and not private.is_deleted(e) and not coalesce(e.is_exception, false)
    order by e.created_at desc
    limit 1
  ))), '[]')
from public.tasks as t
where t.id::text = any (p_task_ids) and t.deleted_at is null and (p_user_id is null or t.user_id = p_user_id);
$$;
comment on function public.read_task_events(uuid, text[]) is
  'Tasks with their event: [{task, event}]; for a split series its latest part. p_user_id null: tasks of any user.';

create function public.read_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text) returns jsonb
language sql stable set search_path = '' as $$
select private.task_event_json(e)
from public.task_calendar_events as e
where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id;
$$;
comment on function public.read_task_event(uuid, text, text) is 'The row of one event, also of a deleted one; null when there is none.';

revoke all on function
  private.lease_task_event,
  private.task_event_json,
  private.store_task_event_state,
  private.fail_poison_task_events,
  private.task_event_response,
  public.assignee_emails,
  private.hold_for_task,
  private.invited_by_task,
  private.insert_task_event,
  public.begin_task_event,
  public.begin_event_change,
  private.put_task_event,
  public.settle_task_event,
  public.claim_task_events,
  public.discard_task_event,
  public.read_task_events,
  public.read_task_event
from public, anon, authenticated, service_role;

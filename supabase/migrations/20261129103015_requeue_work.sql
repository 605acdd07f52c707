-- Requeueing what was given up, of every kind: one row by its id, or all that a reason, a user, a time and a kind name.

create function private.requeue_meet_link(p_meeting_id text) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if v_meeting.meeting_id is null then
    return 'not_found';
  elsif v_meeting.cancelled_at is not null then
    return 'cancelled';
  elsif v_meeting.meet_link_error is null or v_meeting.meet_link is not null or v_meeting.google_event_id is null then
    return 'not_failed';
  elsif v_meeting.meet_link_error like 'conference_refused:%' then
    -- The event has no conference that could get a link; only a change adds one.
    return 'conference_refused';
  end if;
  insert into private.work as w (kind, subject_id, owner_id, due_at)
  values ('meet_link', p_meeting_id, v_meeting.organizer_user_id, clock_timestamp())
  on conflict (kind, subject_id) do update
  set due_at = excluded.due_at, attempts = 0, crashes = 0, deferrals = 0;
  update public.meetings as m set meet_link_error = null where m.meeting_id = p_meeting_id;
  return 'requeued';
end $$;
comment on function private.requeue_meet_link(text) is
  'Reads an event again whose Meet link was given up. requeued, not_failed, cancelled, not_found, or conference_refused: PATCH meetings with '
  '{"conference": "meet"} adds a link.';

create function public.requeue_task_event(p_id uuid, p_user_id uuid default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_event public.task_calendar_events;
  v_work private.work;
  v_state private.event_state;
  v_decision text;
begin
  select * into v_event from public.task_calendar_events as e where e.id = p_id for update;
  if v_event.id is null or (p_user_id is not null and v_event.user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = p_id::text for update;
  select * into v_state from private.event_state as es where es.kind = 'task_event' and es.subject_id = p_id::text;
  v_decision := case
    when private.is_deleted(v_event) then 'cancelled'
    when v_work.leased_until > clock_timestamp() or v_work.due_at < 'infinity' then 'pending'
    when private.is_unwritten(v_event) and not exists (
      select from public.tasks as t where t.id = v_event.task_id and t.deleted_at is null) then 'task_not_found'
    when private.is_unwritten(v_event) or v_state.pending_change is not null then 'requeued'
    -- An application has stored the failure: of Convene nothing is left to do.
    else 'not_failed'
  end;
  if v_decision = 'requeued' then
    insert into private.work as w (kind, subject_id, owner_id, priority, requests, due_at)
    values ('task_event', p_id::text, v_event.user_id, 1, 4, clock_timestamp())
    on conflict (kind, subject_id) do update
    set due_at = excluded.due_at, attempts = 0, deferrals = 0, crashes = 0, lease_token = null, leased_at = null, leased_until = null;
    update public.task_calendar_events as e
    set sync_status = case when private.is_unwritten(e) then 'pending' else e.sync_status end, sync_error = null, updated_at = now()
    where e.id = p_id
    returning * into v_event;
  end if;
  return jsonb_build_object('decision', v_decision, 'event', private.task_event_json(v_event));
end $$;
comment on function public.requeue_task_event(uuid, uuid) is
  'Gives the event of a task whose creation failed, or whose change was given up, new attempts. p_user_id null: any user''s. {decision, event}: '
  'requeued, pending (in the queue already), not_failed, cancelled (the event is deleted), task_not_found, or not_found.';

create function private.requeue_notification(p_notification_id uuid) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_notification public.notifications;
begin
  select * into v_notification from public.notifications as n where n.notification_id = p_notification_id for update;
  if v_notification.notification_id is null then
    return 'not_found';
  elsif v_notification.status <> 'failed' then
    return v_notification.status;
  elsif v_notification.kind <> 'log' and not exists (
    select from public.notification_targets as t where t.target_id = v_notification.target_id and t.enabled)
  then
    return 'target_gone';
  end if;
  update public.notifications as n
  -- A target that asks to wait is given up a day after queued_at.
  set status = 'pending', error = null, attempts = 0, queued_at = clock_timestamp()
  where n.notification_id = p_notification_id;
  perform private.enqueue(
    'notification', p_notification_id::text, coalesce(v_notification.owner_user_id, v_notification.target_id));
  return 'requeued';
end $$;
comment on function private.requeue_notification(uuid) is
  'Sends a notification again that failed. requeued, sent, pending, retrying, not_found, or target_gone: the target was deleted or disabled.';

create function private.requeue_sync(p_sync_id text) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_calendar private.sync_calendars;
  v_status text;
begin
  select * into v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id;
  if v_calendar.sync_id is null then
    return 'not_found';
  elsif v_calendar.error is null then
    return 'not_failed';
  end if;
  select c.status into v_status from private.google_connections as c
  where c.user_id = v_calendar.user_id and c.google_account_id = v_calendar.google_account_id;
  if v_status is distinct from 'healthy' then
    return 'needs_reauth';
  end if;
  perform private.enqueue('sync', p_sync_id, v_calendar.user_id);
  return 'requeued';
end $$;
comment on function private.requeue_sync(text) is
  'Reads a calendar now that could not be read. requeued, not_failed, not_found, or needs_reauth: its user has to connect Google again.';

create function public.requeue_work(p_kind text, p_subject_id text) returns text
language plpgsql volatile set search_path = '' as $$
begin
  return case p_kind
    when 'search' then public.requeue_meeting(p_subject_id) ->> 'decision'
    when 'write' then public.requeue_meeting(p_subject_id) ->> 'decision'
    when 'meet_link' then private.requeue_meet_link(p_subject_id)
    when 'task_event' then public.requeue_task_event(p_subject_id::uuid) ->> 'decision'
    when 'notification' then private.requeue_notification(p_subject_id::uuid)
    when 'sync' then private.requeue_sync(p_subject_id)
  end;
exception
  when invalid_text_representation then
    return 'not_found';
end $$;
comment on function public.requeue_work(text, text) is
  'Requeues one row of private.failed_work by its kind and subject_id: requeued, or why not, as the function of the kind has it '
  '(requeue_meeting, requeue_task_event). Null: rows of this kind cannot be given up.';

create function private.failed_rows(
  p_kinds text[], p_reason text, p_user_id uuid, p_since timestamptz, p_before timestamptz
) returns setof private.failed_work
language sql stable set search_path = '' as $$
select f.*
from private.failed_work as f
where f.kind = any (p_kinds)
  and (p_reason is null or f.reason = p_reason)
  and (p_user_id is null or f.owner_id = p_user_id)
  and (p_since is null or f.failed_at >= p_since)
  and (p_before is null or f.failed_at < p_before);
$$;
comment on function private.failed_rows(text[], text, uuid, timestamptz, timestamptz) is
  'What was given up of these kinds: of a reason (code), of a user, at p_since or later and earlier than p_before; null: any.';

create function private.requeue_rows(
  p_kinds text[], p_reason text, p_user_id uuid, p_since timestamptz, p_before timestamptz, p_limit integer, p_after text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[];
  v_kinds text[];
  v_page text[];
  v_decision text;
  v_decisions jsonb := jsonb_build_object();
begin
  if num_nonnulls(p_reason, p_user_id, p_since, p_before) = 0 and cardinality(p_kinds) > 1 then
    raise exception 'requeueing needs a reason, a user, a time or a kind'
      using errcode = '22023', hint = 'Everything that failed: p_since => ''-infinity''.';
  end if;
  -- All rows of one subject are in one page, so the last subject says where the next page begins.
  v_page := array(
    select distinct f.subject_id
    from private.failed_rows(p_kinds, p_reason, p_user_id, p_since, p_before) as f
    where p_after is null or f.subject_id > p_after
    order by f.subject_id
    limit p_limit);
  select coalesce(array_agg(f.kind order by f.subject_id, f.kind), array[]::text[]), array_agg(f.subject_id order by f.subject_id, f.kind)
  into v_kinds, v_ids
  from private.failed_rows(p_kinds, p_reason, p_user_id, p_since, p_before) as f
  where f.subject_id = any (v_page);
  perform from public.meetings as m where m.meeting_id = any (v_ids) order by m.meeting_id for update;
  -- All rows are locked first, then all people: locking one meeting after the other could deadlock.
  perform private.lock_people(array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = any (v_ids) and h.state = 'ended'));
  for v_place in 1 .. cardinality(v_kinds) loop
    v_decision := public.requeue_work(v_kinds[v_place], v_ids[v_place]);
    v_decisions := v_decisions || jsonb_build_object(v_decision, coalesce((v_decisions ->> v_decision)::integer, 0) + 1);
  end loop;
  return jsonb_build_object(
    'requeued', coalesce((v_decisions ->> 'requeued')::integer, 0),
    'not_requeued', v_decisions - 'requeued',
    'next_after', case when cardinality(v_page) = p_limit then v_page[p_limit] end);
end $$;
comment on function private.requeue_rows(text[], text, uuid, timestamptz, timestamptz, integer, text) is
  'public.requeue_work for the rows of private.failed_rows, of at most p_limit subjects in the order of their ids, those after p_after.';

create function private.kinds_that_fail() returns text[]
language sql immutable set search_path = '' as $$ select array['meet_link', 'notification', 'search', 'sync', 'task_event', 'write'] $$;
comment on function private.kinds_that_fail() is 'The kinds of private.failed_work.';

create function private.named_kinds(p_kind text, p_kinds text[]) returns text[]
language plpgsql stable set search_path = '' as $$
begin
  if p_kind is null then
    return p_kinds;
  elsif p_kind = any (p_kinds) then
    return array[p_kind];
  end if;
  raise exception 'p_kind is %', array_to_string(p_kinds, ' or ') using errcode = '22023';
end $$;
comment on function private.named_kinds(text, text[]) is 'The kind that a caller names, or all of p_kinds if none. Raises 22023 for another kind.';

create function public.requeue_meetings(
  p_reason text default null,
  p_user_id uuid default null,
  p_since timestamptz default null,
  p_before timestamptz default null,
  p_kind text default null,
  p_limit integer default 500,
  p_after text default null
) returns jsonb
language sql volatile set search_path = '' as $$
select private.requeue_rows(
  private.named_kinds(p_kind, array['search', 'write']), p_reason, p_user_id, p_since, p_before, p_limit, p_after);
$$;
comment on function public.requeue_meetings(text, uuid, timestamptz, timestamptz, text, integer, text) is
  'requeue_meeting for failed meetings: of a reason (code), of a user, that failed at p_since or later and earlier than p_before, and of a '
  'kind (search or write; null: both). At most p_limit in the order of their ids, those after p_after: {requeued, not_requeued: {decision: '
  'number}, next_after}; next_after is p_after of the next call, null at the end.';

create function public.requeue_failed_work(
  p_reason text default null,
  p_user_id uuid default null,
  p_since timestamptz default null,
  p_before timestamptz default null,
  p_kind text default null,
  p_limit integer default 500,
  p_after text default null
) returns jsonb
language sql volatile set search_path = '' as $$
select private.requeue_rows(
  private.named_kinds(p_kind, private.kinds_that_fail()), p_reason, p_user_id, p_since, p_before, p_limit, p_after);
$$;
comment on function public.requeue_failed_work(text, uuid, timestamptz, timestamptz, text, integer, text) is
  'requeue_work for everything that failed, also events of tasks, notifications, Meet links and calendars; parameters and result as of '
  'requeue_meetings. p_kind: search, write, meet_link, task_event, notification or sync; null: all.';

create function public.count_failed_work(
  p_reason text default null,
  p_user_id uuid default null,
  p_since timestamptz default null,
  p_before timestamptz default null,
  p_kind text default null
) returns jsonb
language sql volatile set search_path = '' as $$
select coalesce(jsonb_agg(to_jsonb(c) order by c.rows desc, c.kind, c.reason), '[]')
from (
  select f.kind, f.reason, count(*) as rows
  from private.failed_rows(private.named_kinds(p_kind, private.kinds_that_fail()), p_reason, p_user_id, p_since, p_before) as f
  group by f.kind, f.reason
) as c;
$$;
comment on function public.count_failed_work(text, uuid, timestamptz, timestamptz, text) is
  'What requeue_failed_work would look at, as [{kind, reason, rows}], most first; changes nothing.';

revoke all on function
  private.requeue_meet_link, public.requeue_task_event, private.requeue_notification, private.requeue_sync, public.requeue_work,
  private.failed_rows, private.requeue_rows, private.kinds_that_fail, private.named_kinds,
  public.requeue_meetings, public.requeue_failed_work, public.count_failed_work
from public, anon, authenticated, service_role;

-- Data that the doctor compares with Google. It scans whole tables, because it is seldom run.
create function public.list_auditable_meetings(
  p_limit integer default 50, p_after text default null, p_meeting_ids text[] default null
) returns setof jsonb
language sql stable set search_path = '' as $$
select to_jsonb(m) || jsonb_build_object(
  'candidates', '[]'::jsonb, 'participants', private.as_guests(m.participants),
  'google_account_id', es.google_account_id, 'outcome_unknown', es.outcome_unknown_since is not null)
from public.meetings as m
-- The account is stored at the first attempt: without it no request was sent to Google.
join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id and es.google_account_id is not null
where not exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id)
  and case
    when p_meeting_ids is not null then m.meeting_id = any (p_meeting_ids)
    else m.recurrence is not null or m.ends_at > now() - interval '30 days'
  end
  and (p_after is null or m.meeting_id > p_after)
order by m.meeting_id
limit p_limit;
$$;
comment on function public.list_auditable_meetings(integer, text, text[]) is
  'Meetings for which a request was sent to Google and nothing is due: series and meetings that ended at most 30 days '
  'ago, or the given ones; a page after p_after, by meeting_id.';

create function public.list_auditable_calendars(p_limit integer default 50)
returns table (user_id uuid, google_calendar_id text, calendars bigint)
language sql stable set search_path = '' as $$
select c.user_id, used.google_calendar_id, count(*) over () as calendars
from private.google_connections as c
cross join lateral (
  select 'primary' as google_calendar_id
  union
  -- The address of an account is also the id of its primary calendar.
  select nullif(m.google_calendar_id, c.email)
  from public.meetings as m
  join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
  where m.organizer_user_id = c.user_id and es.google_account_id = c.google_account_id
  union
  select nullif(e.calendar_id, c.email)
  from public.task_calendar_events as e
  join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
  where e.user_id = c.user_id and es.google_account_id = c.google_account_id
) as used
where c.status = 'healthy' and used.google_calendar_id is not null
order by c.user_id, used.google_calendar_id
limit p_limit;
$$;
comment on function public.list_auditable_calendars(integer) is
  'The calendars of healthy connections that Convene has written to or would write to; calendars: their total number.';

create function public.find_event_keys(p_event_keys uuid[]) returns setof uuid
language sql stable set search_path = '' as $$
select m.event_key from public.meetings as m where m.event_key = any (p_event_keys)
union
select e.event_key from public.task_calendar_events as e where e.event_key = any (p_event_keys);
$$;
comment on function public.find_event_keys(uuid[]) is 'The given event keys that belong to a meeting or to the event of a task.';

create function public.list_auditable_task_events(
  p_limit integer default 50, p_after text default null, p_ids text[] default null
) returns setof jsonb
language sql stable set search_path = '' as $$
select private.task_event_json(e)
from public.task_calendar_events as e
-- Without an account no request was sent to Google for the row.
join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text and es.google_account_id is not null
where not coalesce(e.is_exception, false)
  and not private.is_unwritten(e)
  and not exists (
    select from private.work as w
    where w.kind = 'task_event' and w.subject_id = e.id::text and (w.lease_token is not null or w.due_at < 'infinity'))
  and case
    when p_ids is not null then e.id::text = any (p_ids)
    -- Of a deleted event only a recent deletion can have missed its event.
    when private.is_deleted(e) then e.updated_at > now() - interval '30 days'
    else coalesce(e.is_master_event, false) or e.event_end > now() - interval '30 days'
  end
  and (p_after is null or e.id::text > p_after)
order by e.id::text
limit p_limit;
$$;
comment on function public.list_auditable_task_events(integer, text, text[]) is
  'Events of tasks for which a request was sent to Google and nothing is due, deleted ones of the last 30 days too; a page after p_after, by id.';

create function public.list_failed_searches(p_limit integer default 50) returns setof jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'meeting_id', m.meeting_id, 'title', m.title, 'scheduling_error', m.scheduling_error, 'scheduling_reason', m.scheduling_reason)
from public.meetings as m
where m.scheduling_status = 'failed' and m.cancelled_at is null and m.writeback_status is null
order by m.meeting_id
limit p_limit;
$$;
comment on function public.list_failed_searches(integer) is
  'Meetings without a slot whose search failed: {meeting_id, title, scheduling_error, scheduling_reason}.';

create function public.refresh_written_event(
  p_meeting_id text, p_google_event_id text, p_google_event_link text, p_event jsonb
) returns boolean
language plpgsql set search_path = '' as $$
begin
  update public.meetings as m
  set
    google_event_link = coalesce(p_google_event_link, m.google_event_link),
    meet_link = coalesce(p_event ->> 'meet_link', m.meet_link),
    organizer_email = coalesce(p_event ->> 'organizer_email', m.organizer_email),
    organizer_display_name = coalesce(p_event ->> 'organizer_display_name', m.organizer_display_name),
    organizer_self = coalesce((p_event ->> 'organizer_self')::boolean, m.organizer_self),
    attendees = coalesce(p_event -> 'attendees', m.attendees)
  where m.meeting_id = p_meeting_id
    and m.google_event_id = p_google_event_id
    and m.writeback_status = 'created'
    -- The worker that processes the row will store a newer response of Google.
    and not exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id);
  return found;
end $$;
comment on function public.refresh_written_event(text, text, text, jsonb) is
  'Stores an event as Google reports it: links, organizer, attendees and their responses. False when the row is '
  'leased or due, or has another event.';

create function public.adopt_google_event(p_kind text, p_subject_id text, p_event jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_is_gone constant boolean := p_event ->> 'status' = 'cancelled';
begin
  -- The worker that processes the row will store a newer response of Google.
  if exists (
    select from private.work as w
    where w.kind = case p_kind when 'meeting' then 'write' else p_kind end and w.subject_id = p_subject_id
      and (w.lease_token is not null or w.due_at < 'infinity'))
  then
    return false;
  elsif p_kind = 'meeting' then
    perform from public.meetings as m where m.meeting_id = p_subject_id and m.google_event_id = p_event ->> 'id' for update;
    return found and private.adopt_seen_meeting(p_subject_id, p_event, v_is_gone);
  end if;
  perform from public.task_calendar_events as e where e.id = p_subject_id::uuid and e.calendar_event_id = p_event ->> 'id' for update;
  return found and private.adopt_seen_task_event(p_subject_id::uuid, p_event, v_is_gone);
end $$;
comment on function public.adopt_google_event(text, text, jsonb) is
  'Makes a row say what Google says of its event, as sync does: people''s changes of it, or its deletion. p_kind: meeting or task_event; p_event: as '
  'private.event_state.seen_event. False when nothing changed, when a write is due or leased, or when the row has another event.';

revoke all on function
  public.adopt_google_event,
  public.list_auditable_meetings,
  public.list_auditable_calendars,
  public.find_event_keys,
  public.list_auditable_task_events,
  public.list_failed_searches,
  public.refresh_written_event
from public, anon, authenticated, service_role;

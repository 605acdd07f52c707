-- Organizers and guests, read again from Google in pages, with one statement for each page.
create function public.list_unsynced_events(
  p_user_id uuid default null,
  p_event_ids text[] default null,
  p_task_ids text[] default null,
  p_meeting_id text default null,
  p_limit integer default 1000
) returns jsonb
language sql stable set search_path = '' as $$
with wanted as (
  select 'task' as source, e.user_id, e.calendar_id, e.calendar_event_id, e.event_start, e.event_end
  from public.task_calendar_events as e
  where e.deleted_at is null and e.sync_status::text = 'synced' and p_meeting_id is null
    and (p_user_id is null or e.user_id = p_user_id)
    and (p_event_ids is null or e.calendar_event_id = any (p_event_ids) or e.id::text = any (p_event_ids))
    and (p_task_ids is null or e.task_id::text = any (p_task_ids))
    and (p_event_ids is not null or p_task_ids is not null
      -- Events that Google did not return last time are read again only by id, so that a backfill ends.
      or (e.organizer_email is null and coalesce(e.sync_error, '') not in ('event_not_found', 'organizer_unknown')))
  union all
  select 'meeting', m.organizer_user_id, m.google_calendar_id, m.google_event_id, m.starts_at, m.ends_at
  from public.meetings as m
  where m.google_event_id is not null and m.cancelled_at is null and m.organizer_user_id is not null
    and p_task_ids is null
    and (p_user_id is null or m.organizer_user_id = p_user_id)
    and (p_meeting_id is null or m.meeting_id = p_meeting_id)
    and (p_event_ids is null or m.google_event_id = any (p_event_ids))
    and (p_meeting_id is not null or p_event_ids is not null or m.organizer_email is null)
), page as (
  select w.*
  from wanted as w
  order by w.source <> 'task', w.user_id, w.calendar_id, w.event_start, w.calendar_event_id
  limit p_limit
)
select coalesce(jsonb_agg(jsonb_build_object(
  'user_id', g.user_id,
  'calendar_id', g.calendar_id,
  'event_ids', g.event_ids,
  'time_min', g.time_min,
  'time_max', g.time_max,
  'complete_window', g.complete_window)), '[]')
from (
  select
    page.user_id, page.calendar_id,
    jsonb_agg(distinct page.calendar_event_id) as event_ids,
    min(page.event_start) as time_min,
    max(coalesce(page.event_end, page.event_start)) as time_max,
    bool_and(page.event_start is not null) as complete_window
  from page
  group by page.user_id, page.calendar_id
) as g;
$$;
comment on function public.list_unsynced_events is
  'Events to read again from Google, a group for each user and calendar: [{user_id, calendar_id, event_ids, time_min, '
  'time_max, complete_window}]. Without ids: those without an organizer.';

create function public.store_event_people(
  p_user_id uuid, p_calendar_id text, p_events jsonb, p_missing text[] default '{}',
  p_read_at timestamptz default clock_timestamp()
) returns jsonb
language sql set search_path = '' as $$
with given as (
  select g.*
  from jsonb_to_recordset(p_events) as g (
    calendar_event_id text, organizer_email text, organizer_display_name text, organizer_self boolean,
    attendees jsonb, etag text, sequence integer, updated timestamptz)
), known as (
  select
    e.id, g.calendar_event_id, g.etag, shown.*,
    (e.organizer_email, e.organizer_display_name, e.organizer_self, e.attendees)
      is distinct from (shown.organizer_email, shown.organizer_display_name, shown.organizer_self, shown.attendees) as changes,
    exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.lease_token is not null)
      or coalesce(e.last_synced_at > p_read_at, false) as is_newer
  from given as g
  join public.task_calendar_events as e
    on e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = g.calendar_event_id
  -- What Google does not show stays.
  cross join lateral (
    select
      coalesce(g.attendees, e.attendees) as attendees,
      case when g.organizer_email is null then e.organizer_email else g.organizer_email end as organizer_email,
      case when g.organizer_email is null then e.organizer_display_name else g.organizer_display_name end as organizer_display_name,
      case when g.organizer_email is null then e.organizer_self else g.organizer_self end as organizer_self) as shown
), stored as (
  update public.task_calendar_events as e
  set
    organizer_email = k.organizer_email, organizer_display_name = k.organizer_display_name,
    organizer_self = k.organizer_self, attendees = k.attendees, etag = k.etag, last_synced_at = clock_timestamp(),
    sync_error = case when k.organizer_email is null then 'organizer_unknown' end
  from known as k
  where e.id = k.id and not k.is_newer
), noted as (
  update public.task_calendar_events as e
  set sync_error = 'event_not_found'
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = any (p_missing)
    and not exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.lease_token is not null)
    and coalesce(e.last_synced_at <= p_read_at, true)
), known_meetings as (
  select
    m.meeting_id, g.calendar_event_id, shown.*,
    (m.organizer_email, m.organizer_display_name, m.organizer_self, m.attendees)
      is distinct from (shown.organizer_email, shown.organizer_display_name, shown.organizer_self, shown.attendees) as changes,
    exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id and w.lease_token is not null)
      or coalesce(m.writeback_succeeded_at > p_read_at, false)
      -- A sync has seen a later version.
      or g.updated is not null and exists (
        select from private.event_state as es
        where es.kind = 'meeting' and es.subject_id = m.meeting_id
          and private.is_older_event(
            jsonb_build_object('id', g.calendar_event_id, 'sequence', g.sequence, 'updated', g.updated), es.seen_event)) as is_newer
  from given as g
  join public.meetings as m
    on m.organizer_user_id = p_user_id and m.google_calendar_id = p_calendar_id and m.google_event_id = g.calendar_event_id
  cross join lateral (
    select
      coalesce(g.attendees, m.attendees) as attendees,
      case when g.organizer_email is null then m.organizer_email else g.organizer_email end as organizer_email,
      case when g.organizer_email is null then m.organizer_display_name else g.organizer_display_name end as organizer_display_name,
      case when g.organizer_email is null then m.organizer_self else g.organizer_self end as organizer_self) as shown
), stored_meetings as (
  update public.meetings as m
  set
    organizer_email = k.organizer_email, organizer_display_name = k.organizer_display_name,
    organizer_self = k.organizer_self, attendees = k.attendees
  from known_meetings as k
  where m.meeting_id = k.meeting_id and k.changes and not k.is_newer
)
select coalesce(jsonb_object_agg(r.calendar_event_id, r.result), '{}')
from (
  select all_known.calendar_event_id, case when bool_or(all_known.changes) then 'updated' else 'unchanged' end as result
  from (
    select k.calendar_event_id, k.changes and not k.is_newer as changes from known as k
    union all
    select k.calendar_event_id, k.changes and not k.is_newer from known_meetings as k
  ) as all_known
  group by all_known.calendar_event_id
) as r;
$$;
comment on function public.store_event_people is
  'Stores organizer and guests of one page of events of a calendar, of tasks and of meetings: {calendar_event_id: '
  'updated | unchanged}. p_missing: ids that Google does not have there. Rows that were written after p_read_at, are '
  'leased, or know a later version (sequence, updated) are newer and stay unchanged. attendees null: Google does not show all of them.';

revoke all on function
  public.list_unsynced_events,
  public.store_event_people
from public, anon, authenticated, service_role;

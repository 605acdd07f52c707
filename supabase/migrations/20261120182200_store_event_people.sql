-- A page of Google's is read some seconds before it is stored. What was written in between is newer than the page.

drop function public.store_event_people(uuid, text, jsonb, text[]);

create function public.store_event_people(
  p_user_id uuid, p_calendar_id text, p_events jsonb, p_missing text[] default '{}',
  p_read_at timestamptz default clock_timestamp()
) returns jsonb
language sql set search_path = '' as $$
with given as (
  select g.*
  from jsonb_to_recordset(p_events) as g (
    calendar_event_id text, organizer_email text, organizer_display_name text, organizer_self boolean,
    attendees jsonb, etag text)
), known as (
  select
    e.id, g.*,
    (e.organizer_email, e.organizer_display_name, e.organizer_self, e.attendees)
      is distinct from (g.organizer_email, g.organizer_display_name, g.organizer_self, g.attendees) as changes,
    e.lease_token is not null or coalesce(e.last_synced_at > p_read_at, false) as is_newer
  from given as g
  join public.task_calendar_events as e
    on e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = g.calendar_event_id
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
    and e.lease_token is null and coalesce(e.last_synced_at <= p_read_at, true)
), known_meetings as (
  select
    m.meeting_id, g.*,
    (m.organizer_email, m.organizer_display_name, m.organizer_self, m.attendees)
      is distinct from (g.organizer_email, g.organizer_display_name, g.organizer_self, g.attendees) as changes,
    m.writeback_lease_token is not null or coalesce(m.writeback_succeeded_at > p_read_at, false) as is_newer
  from given as g
  join public.meetings as m
    on m.organizer_user_id = p_user_id and m.google_calendar_id = p_calendar_id and m.google_event_id = g.calendar_event_id
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
comment on function public.store_event_people(uuid, text, jsonb, text[], timestamptz) is
  'Stores organizer and guests of one page of events of a calendar, of tasks and of meetings: {calendar_event_id: updated | unchanged}. '
  'p_missing: ids that Google does not show there. Rows that were written after p_read_at, or on which somebody works, know better and stay.';

revoke all on function public.store_event_people(uuid, text, jsonb, text[], timestamptz)
from public, anon, authenticated, service_role;
grant execute on function public.store_event_people(uuid, text, jsonb, text[], timestamptz) to service_role;

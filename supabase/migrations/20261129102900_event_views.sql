-- Views of the events of meetings and tasks: declined guests, organized events and frequent guests.
create function private.own_email(p_user_id uuid) returns text
language sql stable security definer set search_path = '' as $$
select private.account_email(p_user_id) where coalesce(auth.uid(), p_user_id) = p_user_id;
$$;
comment on function private.own_email(uuid) is
  'Address of the Google account that a user has connected (private.account_email), for that user and for service_role: the views read it with the rights of '
  'their reader. Null for another user''s.';

create view public.v_calendar_events with (security_invoker = true) as
select
  'task' as kind,
  e.user_id,
  e.id as task_event_id,
  e.task_id,
  null::text as meeting_id,
  e.calendar_id,
  e.calendar_event_id,
  e.event_title,
  e.event_start,
  e.event_end,
  e.event_link,
  e.organizer_email,
  e.organizer_self,
  e.attendees
from public.task_calendar_events as e
where e.deleted_at is null
union all
select
  'meeting',
  m.organizer_user_id,
  null,
  null,
  m.meeting_id,
  m.google_calendar_id,
  m.google_event_id,
  m.title,
  m.starts_at,
  m.ends_at,
  m.google_event_link,
  m.organizer_email,
  m.organizer_self,
  m.attendees
from public.meetings as m
where m.google_event_id is not null and m.cancelled_at is null and m.cancelled_in_google_at is null;
comment on view public.v_calendar_events is 'The events of meetings and tasks in one form, without deleted ones; a user sees their own.';
comment on column public.v_calendar_events.kind is 'task or meeting.';
comment on column public.v_calendar_events.user_id is 'The user on whose calendar the event is.';
comment on column public.v_calendar_events.task_event_id is 'Id of the row of task_calendar_events; null for a meeting.';
comment on column public.v_calendar_events.task_id is 'The task of the event; null for a meeting.';
comment on column public.v_calendar_events.meeting_id is 'The meeting of the event; null for a task.';
comment on column public.v_calendar_events.calendar_id is 'The calendar that holds the event.';
comment on column public.v_calendar_events.calendar_event_id is 'Google event id; null: the event of a task is not written yet.';
comment on column public.v_calendar_events.event_title is 'Title of the event; null for a meeting whose title is made of its people.';
comment on column public.v_calendar_events.event_start is 'Start of the event, of a series of its first occurrence.';
comment on column public.v_calendar_events.event_end is 'End of the event.';
comment on column public.v_calendar_events.event_link is 'Link to the event on Google Calendar.';
comment on column public.v_calendar_events.organizer_email is 'Address of the organizer, or of the secondary calendar that organizes.';
comment on column public.v_calendar_events.organizer_self is 'Whether the user organizes the event; null: unknown.';
comment on column public.v_calendar_events.attendees is 'Guests in Google''s words: email, displayName, responseStatus, self, resource and others.';

create view public.v_events_with_declined_guests with (security_invoker = true) as
select
  e.task_event_id as id, e.user_id, e.task_id, e.calendar_id, e.calendar_event_id, e.event_title, e.event_start, e.event_link,
  guests.declined_count, guests.declined_emails,
  e.kind, e.meeting_id
from public.v_calendar_events as e
cross join lateral (
  select count(*) as declined_count, jsonb_agg(guest.value ->> 'email' order by guest.value ->> 'email') as declined_emails
  from jsonb_array_elements(e.attendees) as guest (value)
  where guest.value ->> 'responseStatus' = 'declined'
) as guests
where guests.declined_count > 0;
comment on view public.v_events_with_declined_guests is
  'Events of meetings and tasks that at least one guest declined, with their addresses; a user sees their own events.';
comment on column public.v_events_with_declined_guests.id is 'Id of the row of task_calendar_events; null for a meeting.';
comment on column public.v_events_with_declined_guests.user_id is 'The user on whose calendar the event is.';
comment on column public.v_events_with_declined_guests.task_id is 'The task of the event; null for a meeting.';
comment on column public.v_events_with_declined_guests.calendar_id is 'The calendar that holds the event.';
comment on column public.v_events_with_declined_guests.calendar_event_id is 'Google event id.';
comment on column public.v_events_with_declined_guests.event_title is 'Title of the event.';
comment on column public.v_events_with_declined_guests.event_start is 'Start of the event.';
comment on column public.v_events_with_declined_guests.event_link is 'Link to the event on Google Calendar.';
comment on column public.v_events_with_declined_guests.declined_count is 'Guests who declined.';
comment on column public.v_events_with_declined_guests.declined_emails is 'Their addresses.';
comment on column public.v_events_with_declined_guests.kind is 'task or meeting.';
comment on column public.v_events_with_declined_guests.meeting_id is 'The meeting of the event; null for a task.';

create view public.v_organizing_by_month with (security_invoker = true) as
select
  e.user_id,
  date_trunc('month', e.event_start at time zone 'UTC')::date as month,
  count(*) filter (where e.organizer_self) as organizing,
  count(*) filter (where not e.organizer_self) as attending,
  count(*) filter (where e.organizer_self is null) as unknown,
  count(*) filter (where e.kind = 'meeting') as meetings,
  count(*) filter (where e.kind = 'task') as tasks
from public.v_calendar_events as e
where e.event_start is not null
group by 1, 2;
comment on view public.v_organizing_by_month is
  'Events of meetings and tasks in each month (UTC): those that the user organizes, only attends, or whose organizer is unknown.';
comment on column public.v_organizing_by_month.user_id is 'The user.';
comment on column public.v_organizing_by_month.month is 'First day of the month.';
comment on column public.v_organizing_by_month.organizing is 'Events that the user organizes.';
comment on column public.v_organizing_by_month.attending is 'Events that another person organizes.';
comment on column public.v_organizing_by_month.unknown is 'Events whose organizer is unknown.';
comment on column public.v_organizing_by_month.meetings is 'How many of the events are of meetings.';
comment on column public.v_organizing_by_month.tasks is 'How many of the events are of tasks.';

create view public.v_frequent_collaborators with (security_invoker = true) as
select
  e.user_id,
  lower(guest.value ->> 'email') as email,
  max(guest.value ->> 'displayName') as display_name,
  count(*) as events,
  count(*) filter (where guest.value ->> 'responseStatus' = 'accepted') as accepted,
  count(*) filter (where guest.value ->> 'responseStatus' = 'declined') as declined,
  max(e.event_start) as latest_event_start,
  count(*) filter (where e.kind = 'meeting') as meetings,
  count(*) filter (where e.kind = 'task') as tasks
from public.v_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where not coalesce((guest.value ->> 'self')::boolean, false)
  and not coalesce((guest.value ->> 'resource')::boolean, false)
  -- On a secondary calendar Google marks the user neither as self nor as organizer.
  and lower(guest.value ->> 'email') is distinct from private.own_email(e.user_id)
group by 1, 2;
comment on view public.v_frequent_collaborators is
  'People with whom a user has events of meetings and tasks, the number of events, and their replies. Without rooms and the user.';
comment on column public.v_frequent_collaborators.user_id is 'The user.';
comment on column public.v_frequent_collaborators.email is 'Address of the other person.';
comment on column public.v_frequent_collaborators.display_name is 'A name that Google reports for that address.';
comment on column public.v_frequent_collaborators.events is 'Events with that person.';
comment on column public.v_frequent_collaborators.accepted is 'Events that the person accepted.';
comment on column public.v_frequent_collaborators.declined is 'Events that the person declined.';
comment on column public.v_frequent_collaborators.latest_event_start is 'Start of the latest event.';
comment on column public.v_frequent_collaborators.meetings is 'How many of the events are of meetings.';
comment on column public.v_frequent_collaborators.tasks is 'How many of the events are of tasks.';

revoke all on
  public.v_calendar_events,
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
from public, anon, authenticated, service_role;
revoke all on function private.own_email from public, anon, authenticated, service_role;

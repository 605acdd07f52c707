-- Views of task_calendar_events: declined guests, organized events and frequent guests.
create view public.v_events_with_declined_guests with (security_invoker = true) as
select
  e.id, e.user_id, e.task_id, e.calendar_id, e.calendar_event_id, e.event_title, e.event_start, e.event_link,
  count(*) as declined_count,
  jsonb_agg(guest.value ->> 'email' order by guest.value ->> 'email') as declined_emails
from public.task_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where e.deleted_at is null and guest.value ->> 'responseStatus' = 'declined'
group by e.id;
comment on view public.v_events_with_declined_guests is
  'Events that at least one guest declined, with their addresses; a user sees their own events.';
comment on column public.v_events_with_declined_guests.id is 'Id of the row of task_calendar_events.';
comment on column public.v_events_with_declined_guests.user_id is 'The user on whose calendar the event is.';
comment on column public.v_events_with_declined_guests.task_id is 'The task of the event.';
comment on column public.v_events_with_declined_guests.calendar_id is 'The calendar that holds the event.';
comment on column public.v_events_with_declined_guests.calendar_event_id is 'Google event id.';
comment on column public.v_events_with_declined_guests.event_title is 'Title of the event.';
comment on column public.v_events_with_declined_guests.event_start is 'Start of the event.';
comment on column public.v_events_with_declined_guests.event_link is 'Link to the event on Google Calendar.';
comment on column public.v_events_with_declined_guests.declined_count is 'Guests who declined.';
comment on column public.v_events_with_declined_guests.declined_emails is 'Their addresses.';

create view public.v_organizing_by_month with (security_invoker = true) as
select
  e.user_id,
  date_trunc('month', e.event_start at time zone 'UTC')::date as month,
  count(*) filter (where e.organizer_self) as organizing,
  count(*) filter (where not e.organizer_self) as attending,
  count(*) filter (where e.organizer_self is null) as unknown
from public.task_calendar_events as e
where e.deleted_at is null and e.event_start is not null
group by 1, 2;
comment on view public.v_organizing_by_month is
  'Events in each month (UTC): those that the user organizes, only attends, or whose organizer is unknown.';
comment on column public.v_organizing_by_month.user_id is 'The user.';
comment on column public.v_organizing_by_month.month is 'First day of the month.';
comment on column public.v_organizing_by_month.organizing is 'Events that the user organizes.';
comment on column public.v_organizing_by_month.attending is 'Events that another person organizes.';
comment on column public.v_organizing_by_month.unknown is 'Events whose organizer is unknown.';

create view public.v_frequent_collaborators with (security_invoker = true) as
select
  e.user_id,
  lower(guest.value ->> 'email') as email,
  max(guest.value ->> 'displayName') as display_name,
  count(*) as events,
  count(*) filter (where guest.value ->> 'responseStatus' = 'accepted') as accepted,
  count(*) filter (where guest.value ->> 'responseStatus' = 'declined') as declined,
  max(e.event_start) as latest_event_start
from public.task_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where e.deleted_at is null
  and not coalesce((guest.value ->> 'self')::boolean, false)
  and not coalesce((guest.value ->> 'resource')::boolean, false)
group by 1, 2;
comment on view public.v_frequent_collaborators is
  'People with whom a user has events, the number of events, and their replies. Without rooms and the user.';
comment on column public.v_frequent_collaborators.user_id is 'The user.';
comment on column public.v_frequent_collaborators.email is 'Address of the other person.';
comment on column public.v_frequent_collaborators.display_name is 'A name that Google reports for that address.';
comment on column public.v_frequent_collaborators.events is 'Events with that person.';
comment on column public.v_frequent_collaborators.accepted is 'Events that the person accepted.';
comment on column public.v_frequent_collaborators.declined is 'Events that the person declined.';
comment on column public.v_frequent_collaborators.latest_event_start is 'Start of the latest event.';

revoke all on
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
from public, anon, authenticated, service_role;

-- What the tracked events tell about working together. Each view shows a user his own events only.
create view public.v_events_with_declined_guests with (security_invoker = true) as
select
  e.id, e.user_id, e.task_id, e.calendar_id, e.calendar_event_id, e.event_title, e.event_start, e.event_link,
  count(*) as declined_count,
  jsonb_agg(guest.value ->> 'email' order by guest.value ->> 'email') as declined_emails
from public.task_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where e.deleted_at is null and guest.value ->> 'responseStatus' = 'declined'
group by e.id;
comment on view public.v_events_with_declined_guests is 'Events that somebody declined, and who.';

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
comment on view public.v_organizing_by_month is 'Events a month (UTC) that the user organizes, only attends, or of which the organizer is unknown.';

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
comment on view public.v_frequent_collaborators is 'With whom a user has events, how many, and how they answer. Rooms and the user himself do not count.';

revoke all on
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
from public, anon, authenticated, service_role;

-- Data that the doctor compares with Google. It scans whole tables, because it is seldom run.
create function public.list_auditable_meetings(
  p_limit integer default 50, p_after text default null, p_meeting_ids text[] default null
) returns setof jsonb
language sql stable set search_path = '' as $$
select to_jsonb(m) || jsonb_build_object('google_account_id', es.google_account_id, 'outcome_unknown', es.outcome_unknown_since is not null)
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
) as used
where c.status = 'healthy' and used.google_calendar_id is not null
order by c.user_id, used.google_calendar_id
limit p_limit;
$$;
comment on function public.list_auditable_calendars(integer) is
  'The calendars of healthy connections that Convene has written to or would write to; calendars: their total number.';

create function public.find_event_keys(p_event_keys uuid[]) returns setof uuid
language sql stable set search_path = '' as $$
select m.event_key from public.meetings as m where m.event_key = any (p_event_keys);
$$;
comment on function public.find_event_keys(uuid[]) is 'The given event keys that belong to a meeting.';

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

revoke all on function
  public.list_auditable_meetings,
  public.list_auditable_calendars,
  public.find_event_keys,
  public.refresh_written_event
from public, anon, authenticated, service_role;

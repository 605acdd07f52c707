-- Which event a request names, and the calendar that its row names.

create function private.meeting_of_event(p_user_id uuid, p_event_id text) returns text
language sql stable set search_path = '' as $$
select m.meeting_id
-- The id of an occurrence is the id of its series and a stamp.
from (select regexp_replace(p_event_id, '_R?\d{8}(T\d{6}Z?)?$', '') as event_id) as series
join public.meetings as m
  on m.google_event_id = series.event_id
  or m.event_key = case when series.event_id ~ '^convene[0-9a-f]{32}g\d+$' then substr(series.event_id, 8, 32)::uuid end
where m.organizer_user_id = p_user_id
limit 1;
$$;
comment on function private.meeting_of_event(uuid, text) is
  'The meeting of this user whose event, or an occurrence of it, has this id; null: none. Also of an event whose insert has an unknown outcome.';

create function public.find_task_event(
  p_user_id uuid, p_id text, p_calendar_id text, p_calendar_event_id text
) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'event', found.event,
  'meeting_id', private.meeting_of_event(p_user_id, coalesce(p_calendar_event_id, found.event ->> 'calendar_event_id')))
from (select 1) as one
left join lateral (
  select private.task_event_json(e) as event
  from public.task_calendar_events as e
  where e.user_id = p_user_id
    and case
      when p_id is not null then e.id::text = p_id
      else e.calendar_event_id = p_calendar_event_id and (p_calendar_id is null or e.calendar_id = p_calendar_id)
    end
  order by private.is_deleted(e), e.calendar_id <> 'primary', e.created_at
  limit 1
) as found on true;
$$;
comment on function public.find_task_event(uuid, text, text, text) is
  'What a request names by the row''s id, or by event and calendar (null: any): {event: the row or null, meeting_id: the meeting of the event or null}.';

create function public.follow_task_event(
  p_user_id uuid, p_calendar_event_id text, p_from text, p_to text, p_lease_token uuid default null
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  perform from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_from and e.calendar_event_id = p_calendar_event_id
  for update;
  if not found then
    return true;
  end if;
  if exists (
    select
    from public.task_calendar_events as e
    join private.work as w on w.kind = 'task_event' and w.subject_id = e.id::text
    where e.user_id = p_user_id and e.calendar_id in (p_from, p_to) and e.calendar_event_id = p_calendar_event_id
      and w.leased_until > clock_timestamp() and w.lease_token is distinct from p_lease_token)
  then
    return false;
  end if;
  -- A row that stands there already was inserted for an event whose task was not known.
  delete from public.task_calendar_events as there
  using public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_from
    and (e.calendar_event_id = p_calendar_event_id or e.recurrence_master_id = p_calendar_event_id)
    and there.user_id = e.user_id and there.calendar_id = p_to and there.calendar_event_id = e.calendar_event_id;
  update public.task_calendar_events as e
  set calendar_id = p_to, updated_at = now()
  where e.user_id = p_user_id and e.calendar_id = p_from
    and (e.calendar_event_id = p_calendar_event_id or e.recurrence_master_id = p_calendar_event_id);
  return true;
end $$;
comment on function public.follow_task_event(uuid, text, text, text, uuid) is
  'Notes that an event, with its changed occurrences, was moved to another calendar. False: another worker has leased its row.';

revoke all on function
  private.meeting_of_event,
  public.find_task_event,
  public.follow_task_event
from public, anon, authenticated, service_role;

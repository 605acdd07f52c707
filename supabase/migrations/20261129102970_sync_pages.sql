-- What Google showed becomes what the rows show. A page and its cursor are one transaction. Nothing here raises
-- desired_version or makes a write due, but one that was given up because its event could not be changed, once it can be (private.resume_change). At most a
-- search becomes due (private.consider_replies). A write that is due keeps what it names, and everything else follows the event.
-- Locks of a sync are taken in this order: its work, calendar, meetings, task events and their work.

create function private.is_pending_field(p_meeting public.meetings, p_named jsonb, p_fields text[]) returns boolean
language sql immutable set search_path = '' as $$
select p_meeting.written_version < p_meeting.desired_version and (
  exists (
    select from jsonb_each(p_named) as n
    where n.key = any (p_fields) and jsonb_typeof(n.value) = 'number' and (n.value #>> '{}')::integer > p_meeting.written_version)
  -- The version names no field: then all of them.
  or not exists (
    select from jsonb_each(p_named) as n
    where jsonb_typeof(n.value) = 'number' and (n.value #>> '{}')::integer > p_meeting.written_version
      or n.key = 'guests' and exists (
        select from jsonb_each(case jsonb_typeof(n.value) when 'object' then n.value else '{}' end) as g
        where (g.value ->> 'version')::integer > p_meeting.written_version)));
$$;
comment on function private.is_pending_field(public.meetings, jsonb, text[]) is
  'Whether a change that is not written yet named one of these fields: the row keeps its value.';

create function private.event_instant(p_time jsonb, p_zone text) returns timestamptz
language sql stable set search_path = '' as $$
select case
  when p_time ->> 'dateTime' is not null then (p_time ->> 'dateTime')::timestamptz
  when p_time ->> 'date' is not null then
    -- Google may know a zone that this database does not.
    (p_time ->> 'date')::date::timestamp at time zone case when private.is_timezone(p_zone) then p_zone else 'UTC' end
end;
$$;
comment on function private.event_instant(jsonb, text) is 'The instant of Google''s start or end; a whole day begins at midnight in p_zone.';

create function private.are_days_of(p_seen jsonb, p_starts_at timestamptz, p_ends_at timestamptz) returns boolean
language sql stable set search_path = '' as $$
select coalesce(
  -- Midnight is 14 hours before that of UTC at the earliest, and 12 after it at the latest; clocks may change between start and end.
  d.start_offset between interval '-14 hours' and interval '12 hours'
    and d.end_offset - d.start_offset between interval '-1 hour' and interval '1 hour',
  false)
from (
  select
    p_starts_at - private.event_instant(jsonb_build_object('date', p_seen #> '{start,date}'), 'UTC') as start_offset,
    p_ends_at - private.event_instant(jsonb_build_object('date', p_seen #> '{end,date}'), 'UTC') as end_offset
) as d;
$$;
comment on function private.are_days_of(jsonb, timestamptz, timestamptz) is
  'Whether an event of whole days is on the days that begin and end at these instants in some time zone.';

create function private.hides_details(p_seen jsonb) returns boolean
language sql immutable set search_path = '' as $$
select not p_seen ? 'organizer';
$$;
comment on function private.hides_details(jsonb) is
  'Whether Google shows only that there is something, as of a private event to a reader of its calendar: what it does not show is not gone.';

create function private.announce_seen(p_meeting public.meetings, p_event text, p_key text, p_details jsonb) returns void
language sql volatile security definer set search_path = '' as $$
insert into private.announcements (event, transition_key, meeting_id, organizer_user_id, payload)
select
  p_event, concat_ws(':', p_event, p_meeting.meeting_id, p_key), p_meeting.meeting_id, p_meeting.organizer_user_id,
  private.meeting_notice(p_meeting) || p_details
where exists (select from private.subscribers(p_event, p_meeting.organizer_user_id, 'infinity', null, 1))
on conflict do nothing;
$$;
comment on function private.announce_seen(public.meetings, text, text, jsonb) is
  'Announces what changed in Google Calendar, once for each p_key: replied, moved, cancelled_in_google by people, rescheduled, conflict and proposed by Convene.';

create function private.resume_change(p_meeting public.meetings, p_named jsonb, p_seen jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_code constant text := coalesce(split_part(p_meeting.writeback_error, ':', 1), '');
  v_is_ours_again constant boolean :=
    p_meeting.organizer_self is not true and coalesce((p_seen #>> '{organizer,self}')::boolean, false);
begin
  if p_meeting.cancelled_at is not null
    or p_meeting.written_version >= p_meeting.desired_version
    or not (v_code = 'event_missing' or v_code = 'not_organizer' and v_is_ours_again)
    or exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id)
  then
    return false;
  end if;
  perform private.apply_write_event(p_meeting.meeting_id, jsonb_build_object(
    'type', 'restored',
    'error', case
      -- Now it would move the event into the past.
      when p_meeting.recurrence is null and p_meeting.starts_at <= clock_timestamp() and private.is_pending_field(p_meeting, p_named, '{time}') then
        'slot_expired: The time that a change named has passed while its event could not be changed. Change the time.'
    end));
  return true;
end $$;
comment on function private.resume_change(public.meetings, jsonb, jsonb) is
  'A change that was given up because people had deleted its event (event_missing) or handed it over (not_organizer) is due again once they restored it or gave it back; '
  'true: the row changed. p_named: private.event_state.named_fields; p_seen: the event, which exists. A single meeting whose named time has passed is slot_expired instead.';

create function private.adopt_seen_meeting(p_meeting_id text, p_seen jsonb, p_is_gone boolean) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  m public.meetings;
  v_new public.meetings;
  v_state private.event_state;
  v_response public.attendee_responses;
  v_is_resumed boolean;
  v_is_moved boolean;
  v_declined text[] := array[]::text[];
begin
  select * into strict m from public.meetings as f where f.meeting_id = p_meeting_id;
  select * into v_state from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  if p_is_gone then
    if m.cancelled_at is not null or m.cancelled_in_google_at is not null
      or p_seen ? 'updated' and private.is_older_event(p_seen, v_state.seen_event)
    then
      return false;
    end if;
    -- With the version in which it is deleted, so that a write which saw an earlier one does not bring it back.
    update private.event_state as es
    set seen_event = coalesce(es.seen_event, '{}') || p_seen
    where es.kind = 'meeting' and es.subject_id = p_meeting_id;
    -- Replies up to the deletion.
    perform private.record_responses('meeting', p_meeting_id, m.organizer_user_id, p_seen);
    delete from private.slot_holds as h where h.meeting_id = p_meeting_id;
    update public.meetings as u
    set
      cancelled_in_google_at = clock_timestamp(),
      -- A change that was given up: its requeue writes a new event, so the row says so.
      writeback_error = case
        when u.written_version < u.desired_version
          and not exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id)
        then private.error_of_deleted_event(u.writeback_error)
        else u.writeback_error
      end
    where u.meeting_id = p_meeting_id
    returning * into v_new;
    perform private.announce_seen(v_new, 'cancelled_in_google', v_new.google_event_id, '{}');
    return true;
  end if;
  if private.hides_details(p_seen) or not private.record_seen_event('meeting', p_meeting_id, p_seen) then
    return false;
  end if;
  v_is_resumed := private.resume_change(m, coalesce(v_state.named_fields, '{}'), p_seen);
  if v_is_resumed then
    select * into strict m from public.meetings as f where f.meeting_id = p_meeting_id;
  end if;
  v_new := m;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{title}')
    -- Without a title of its own the event has a composed one, which is a title only after people changed it. While a write is due,
    -- another one may be that write's own, whose response was lost: its settlement decides.
    and (m.title is not null
      or not (
        m.written_version < m.desired_version
        and exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id))
      and coalesce(v_state.written_fields ->> 'title', v_state.seen_event ->> 'summary') <> coalesce(p_seen ->> 'summary', ''))
  then
    v_new.title := left(coalesce(p_seen ->> 'summary', ''), 1000);
  end if;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{location}') then
    v_new.location := left(p_seen ->> 'location', 1000);
  end if;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{time,zone}') then
    v_new.timezone := coalesce(p_seen #>> '{start,timeZone}', m.timezone);
    v_new.starts_at := coalesce(private.event_instant(p_seen -> 'start', v_new.timezone), m.starts_at);
    v_new.ends_at := coalesce(private.event_instant(p_seen -> 'end', v_new.timezone), m.ends_at);
  end if;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{recurrence}') then
    v_new.recurrence := case
      when jsonb_typeof(p_seen -> 'recurrence') = 'array' then array(select jsonb_array_elements_text(p_seen -> 'recurrence'))
    end;
  end if;
  if not coalesce((p_seen ->> 'attendeesOmitted')::boolean, false) then
    v_new.attendees := coalesce(p_seen -> 'attendees', '[]');
  end if;
  if p_seen #>> '{organizer,email}' is not null then
    v_new.organizer_email := p_seen #>> '{organizer,email}';
    v_new.organizer_display_name := p_seen #>> '{organizer,displayName}';
    v_new.organizer_self := coalesce((p_seen #>> '{organizer,self}')::boolean, false);
  end if;
  v_new.meet_link := case
    when private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{conference}') then m.meet_link
    when p_seen ->> 'hangoutLink' is not null then p_seen ->> 'hangoutLink'
    -- Google makes the link some time after the event; one that was there and is not was removed by people.
    when v_state.seen_event ->> 'hangoutLink' is null then m.meet_link
  end;
  v_new.google_calendar_id := coalesce(p_seen ->> 'calendar_id', m.google_calendar_id);
  -- The link names the calendar.
  v_new.google_event_link := coalesce(p_seen ->> 'htmlLink', m.google_event_link);
  v_new.cancelled_in_google_at := null;
  if v_new.google_calendar_id <> m.google_calendar_id then
    update private.event_state as es set google_calendar_id = v_new.google_calendar_id
    where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  end if;
  v_is_moved := (v_new.starts_at, v_new.ends_at) is distinct from (m.starts_at, m.ends_at)
    -- Whole days in another zone are the same days, which begin at another instant.
    and not (v_state.seen_event #>> '{start,date}' is not null and private.are_days_of(p_seen, m.starts_at, m.ends_at));
  if not v_is_moved then
    -- What was decided about these days stays decided.
    update private.moves as v
    set from_starts_at = v_new.starts_at, from_ends_at = v_new.ends_at
    where v.meeting_id = p_meeting_id and (v.from_starts_at, v.from_ends_at) = (m.starts_at, m.ends_at)
      and (v_new.starts_at, v_new.ends_at) is distinct from (m.starts_at, m.ends_at);
  end if;
  if v_new is distinct from m then
    -- What people changed on Google is no change that a caller names.
    perform set_config('convene.is_storing', 'true', true);
    update public.meetings as u
    set
      title = v_new.title, location = v_new.location, timezone = v_new.timezone, starts_at = v_new.starts_at, ends_at = v_new.ends_at,
      recurrence = v_new.recurrence, attendees = v_new.attendees, organizer_email = v_new.organizer_email,
      organizer_display_name = v_new.organizer_display_name, organizer_self = v_new.organizer_self, meet_link = v_new.meet_link,
      google_calendar_id = v_new.google_calendar_id, google_event_link = v_new.google_event_link, cancelled_in_google_at = v_new.cancelled_in_google_at
    where u.meeting_id = p_meeting_id;
    perform set_config('convene.is_storing', 'false', true);
  end if;
  for v_response in select * from private.record_responses('meeting', p_meeting_id, m.organizer_user_id, p_seen) loop
    continue when v_response.response_status = 'needsAction';
    if v_response.response_status = 'declined' then
      v_declined := v_declined || v_response.email;
    end if;
    perform private.announce_seen(v_new, 'replied', v_response.email || ':' || v_response.event_etag, jsonb_build_object('reply', jsonb_build_object(
      'email', v_response.email, 'response_status', v_response.response_status, 'comment', v_response.comment,
      'additional_guests', v_response.additional_guests)));
  end loop;
  if v_is_moved then
    perform private.announce_seen(v_new, 'moved', coalesce(p_seen ->> 'etag', p_seen ->> 'updated'), jsonb_build_object(
      'moved_from', jsonb_build_object('start_time', m.starts_at, 'end_time', m.ends_at, 'timezone', m.timezone)));
  else
    perform private.consider_replies(v_new, coalesce(p_seen ->> 'etag', p_seen ->> 'updated', ''), v_declined);
  end if;
  return v_is_resumed or v_new is distinct from m;
end $$;
comment on function private.adopt_seen_meeting(text, jsonb, boolean) is
  'Writes an event as Google showed it into its meeting, stores replies and notifies. p_is_gone: the event is deleted. True: the row changed. '
  'Earlier versions than the stored one, and fields that a change which is not written yet named, change nothing.';

create function private.adopt_seen_task_event(p_id uuid, p_seen jsonb, p_is_gone boolean) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  e public.task_calendar_events;
  v_new public.task_calendar_events;
begin
  select * into strict e from public.task_calendar_events as f where f.id = p_id;
  if p_is_gone then
    if private.is_deleted(e) then
      return false;
    end if;
    perform private.record_responses('task_event', p_id::text, e.user_id, p_seen);
    update public.task_calendar_events as u
    set deleted_at = clock_timestamp(), sync_status = 'cancelled', sync_error = 'cancelled_in_google', last_synced_at = clock_timestamp(),
      updated_at = clock_timestamp()
    where u.user_id = e.user_id and u.calendar_id = e.calendar_id and u.deleted_at is null
      and (u.id = p_id or u.recurrence_master_id = e.calendar_event_id);
    return true;
  end if;
  if private.hides_details(p_seen) or not private.record_seen_event('task_event', p_id::text, p_seen) then
    return false;
  end if;
  v_new := e;
  v_new.event_title := p_seen ->> 'summary';
  -- A whole day has no zone, and begins at midnight in UTC, as a change stores it.
  v_new.timezone := case when p_seen #>> '{start,date}' is null then coalesce(p_seen #>> '{start,timeZone}', e.timezone) end;
  v_new.event_start := coalesce(private.event_instant(p_seen -> 'start', v_new.timezone), e.event_start);
  v_new.event_end := coalesce(private.event_instant(p_seen -> 'end', v_new.timezone), e.event_end);
  v_new.is_all_day := p_seen #>> '{start,date}' is not null;
  v_new.recurrence_rule := case
    when jsonb_typeof(p_seen -> 'recurrence') = 'array'
      then nullif((select string_agg(line, e'\n') from jsonb_array_elements_text(p_seen -> 'recurrence') as line), '')
  end;
  v_new.is_master_event := v_new.recurrence_rule is not null;
  if not coalesce((p_seen ->> 'attendeesOmitted')::boolean, false) then
    v_new.attendees := coalesce(p_seen -> 'attendees', '[]');
  end if;
  v_new.organizer_email := p_seen #>> '{organizer,email}';
  v_new.organizer_display_name := p_seen #>> '{organizer,displayName}';
  v_new.organizer_self := case when v_new.organizer_email is not null then coalesce((p_seen #>> '{organizer,self}')::boolean, false) end;
  v_new.event_link := coalesce(p_seen ->> 'htmlLink', e.event_link);
  if not exists (
    select from public.task_calendar_events as other
    where other.user_id = e.user_id and other.calendar_id = p_seen ->> 'calendar_id' and other.calendar_event_id = e.calendar_event_id)
  then
    v_new.calendar_id := coalesce(p_seen ->> 'calendar_id', e.calendar_id);
  end if;
  if e.sync_error = 'cancelled_in_google' then
    -- People have restored what people had deleted.
    v_new.deleted_at := null;
    v_new.sync_status := 'synced';
  end if;
  update public.task_calendar_events as u
  set
    event_title = v_new.event_title, timezone = v_new.timezone, event_start = v_new.event_start, event_end = v_new.event_end,
    is_all_day = v_new.is_all_day, recurrence_rule = v_new.recurrence_rule, is_master_event = v_new.is_master_event,
    attendees = v_new.attendees, organizer_email = v_new.organizer_email, organizer_display_name = v_new.organizer_display_name,
    organizer_self = v_new.organizer_self, event_link = v_new.event_link, calendar_id = v_new.calendar_id,
    deleted_at = v_new.deleted_at, sync_status = v_new.sync_status,
    etag = p_seen ->> 'etag', sync_error = null, last_synced_at = clock_timestamp(), updated_at = clock_timestamp()
  where u.id = p_id;
  perform private.record_responses('task_event', p_id::text, e.user_id, p_seen);
  return v_new is distinct from e;
end $$;
comment on function private.adopt_seen_task_event(uuid, jsonb, boolean) is
  'Writes an event as Google showed it into its row and stores replies. p_is_gone: the event is deleted. True: the row changed.';

create function private.needs_verification(p_seen jsonb, p_organizer_email text) returns boolean
language sql immutable set search_path = '' as $$
select p_seen ->> 'status' = 'cancelled'
  or p_seen #>> '{organizer,email}' is not null
    and not coalesce((p_seen #>> '{organizer,self}')::boolean, false)
    and lower(p_seen #>> '{organizer,email}') is distinct from lower(p_organizer_email);
$$;
comment on function private.needs_verification(jsonb, text) is
  'Whether an event on a page may have been moved to another calendar: a page says little of cancelled events, and a guest''s copy stays when another calendar becomes the organizer.';

create function private.is_home(p_seen jsonb) returns boolean
language sql immutable set search_path = '' as $$
select coalesce(p_seen ->> 'status' <> 'cancelled' and (p_seen #>> '{organizer,self}')::boolean, false);
$$;
comment on function private.is_home(jsonb) is
  'Whether the calendar on which an event was seen organizes it: then the event is there, also where its row knows another calendar, which perhaps can no longer be read.';

create function private.event_key_of(p_event_id text) returns uuid
language sql immutable set search_path = '' as $$
select case when p_event_id ~ '^convene[0-9a-f]{32}g[0-9]+$' then substr(p_event_id, 8, 32)::uuid end;
$$;
comment on function private.event_key_of(text) is
  'The event_key in an event id of Convene''s (shared/google/event_id.ts); null: another id.';

create function private.poll_interval() returns interval
language sql volatile set search_path = '' as $$
select make_interval(secs => private.setting('sync_poll_minutes')::double precision * 60 * (0.75 + random() / 2));
$$;
comment on function private.poll_interval() is
  'Time until a calendar is read again: sync_poll_minutes, 25 per cent more or less, as Google advises for scheduled reads.';

create function public.store_sync_page(p_sync_id text, p_lease_token uuid, p_events jsonb, p_next jsonb default '{}', p_verified text[] default '{}')
returns jsonb
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  v_calendar private.sync_calendars;
  v_work private.work;
  v_row record;
  v_unverified text[];
  v_shared text[];
  v_changed integer := 0;
begin
  select * into v_work from private.work as w
  where w.kind = 'sync' and w.subject_id = p_sync_id and w.lease_token = p_lease_token for update;
  if v_work.subject_id is null then
    return jsonb_build_object('stored', false);
  end if;
  select * into strict v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id for update;
  v_unverified := array(select unnest(v_calendar.unverified) except select unnest(p_verified));
  v_shared := private.meetings_shared_at(v_calendar, p_events);
  -- Those of the page and those at the times of its events at once, in the order of everything that locks meetings: one after the other
  -- they would be locked in two orders.
  perform from public.meetings as m
  where m.meeting_id = any (
    array(
      select own.meeting_id
      from jsonb_array_elements(p_events) as g
      join public.meetings as own on own.google_event_id = g.value ->> 'id' and own.organizer_user_id = v_calendar.user_id
      union all
      select own.meeting_id
      from jsonb_array_elements(p_events) as g
      join public.meetings as own
        on own.event_key = private.event_key_of(g.value ->> 'id') and own.google_event_id is null and own.organizer_user_id = v_calendar.user_id
      union all
      select t.meeting_id
      from private.touched_meetings(v_calendar.user_id, v_shared, p_events) as t
      where v_shared is not null and t.is_exact))
  order by m.meeting_id
  for update;
  for v_row in
    select
      f.event_id, f.seen, m.meeting_id, m.organizer_email, m.google_event_id is null as is_unsettled,
      m.cancelled_at is not null and f.seen ->> 'status' = 'cancelled' as is_over
    from (
      select g.event_id, g.seen, m.meeting_id
      from (select g.value ->> 'id' as event_id, g.value as seen from jsonb_array_elements(p_events) as g) as g
      join public.meetings as m on m.google_event_id = g.event_id
      union all
      select g.event_id, g.seen, m.meeting_id
      from (select g.value ->> 'id' as event_id, g.value as seen from jsonb_array_elements(p_events) as g) as g
      join public.meetings as m on m.event_key = private.event_key_of(g.event_id) and m.google_event_id is null
    ) as f
    join public.meetings as m on m.meeting_id = f.meeting_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
    where m.organizer_user_id = v_calendar.user_id
      and coalesce(m.google_event_id, f.event_id) = f.event_id
      and (m.google_calendar_id = v_calendar.calendar_id or private.is_home(f.seen))
      and coalesce(es.google_account_id, v_calendar.google_account_id) = v_calendar.google_account_id
    order by m.meeting_id
    for update of m
  loop
    if v_row.is_unsettled then
      -- Without a lease the next attempt reads the event after this page; until then its row does not name it.
      continue when not exists (
        select from private.work as w
        where w.kind = 'write' and w.subject_id = v_row.meeting_id and w.leased_until > clock_timestamp());
      -- The worker that has just inserted it settles what Google returned to it, or this if it is newer.
      if private.needs_verification(v_row.seen, v_row.organizer_email) then
        v_unverified := v_unverified || v_row.event_id;
      else
        perform private.record_seen_event('meeting', v_row.meeting_id, v_row.seen);
      end if;
    -- A deletion that Convene wants, and perhaps made itself, needs no read.
    elsif not v_row.is_over and v_row.event_id <> all (p_verified) and private.needs_verification(v_row.seen, v_row.organizer_email) then
      v_unverified := v_unverified || v_row.event_id;
    else
      -- Also a version that a write has stored already: its replies may not be in the history yet.
      v_changed := v_changed + private.adopt_seen_meeting(
        v_row.meeting_id, v_row.seen, v_row.seen ->> 'status' = 'cancelled')::integer;
    end if;
  end loop;
  perform private.consider_conflicts(v_calendar, p_events, v_shared);
  for v_row in
    select f.event_id, f.seen, e.id, e.organizer_email,
      coalesce(w.leased_until > clock_timestamp(), false) or private.is_unwritten(e) or es.pending_change is not null as is_busy,
      w.due_at = 'infinity' and w.leased_until <= clock_timestamp() as is_left, private.is_deleted(e) and f.seen ->> 'status' = 'cancelled' as is_over
    from (select g.value ->> 'id' as event_id, g.value as seen from jsonb_array_elements(p_events) as g) as f
    join public.task_calendar_events as e
      on e.calendar_event_id = f.event_id and e.user_id = v_calendar.user_id
      and (e.calendar_id = v_calendar.calendar_id or private.is_home(f.seen))
    left join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
    left join private.work as w on w.kind = 'task_event' and w.subject_id = e.id::text
    where coalesce(es.google_account_id, v_calendar.google_account_id) = v_calendar.google_account_id
    order by e.id
    for update of e
  loop
    if v_row.is_left then
      -- Its worker died over a change that leaves nothing to be finished, and would settle what is older than this page.
      delete from private.work as w
      where w.kind = 'task_event' and w.subject_id = v_row.id::text and w.due_at = 'infinity' and w.leased_until <= clock_timestamp();
    end if;
    if v_row.is_busy then
      -- A change is in progress and stores its own result; the event is read again after it.
      v_unverified := v_unverified || v_row.event_id;
    elsif not v_row.is_over and v_row.event_id <> all (p_verified) and private.needs_verification(v_row.seen, v_row.organizer_email) then
      v_unverified := v_unverified || v_row.event_id;
    else
      v_changed := v_changed + private.adopt_seen_task_event(v_row.id, v_row.seen, v_row.seen ->> 'status' = 'cancelled')::integer;
    end if;
  end loop;

  delete from private.full_read_events as f
  using jsonb_array_elements(p_events) as g
  where f.sync_id = p_sync_id and f.event_id = g.value ->> 'id';
  if p_next ? 'sync_token' then
    with vanished as (delete from private.full_read_events as f where f.sync_id = p_sync_id returning f.event_id)
    select v_unverified || coalesce(array_agg(v.event_id), '{}') into v_unverified from vanished as v;
  end if;
  v_unverified := array(select distinct u from unnest(v_unverified) as u order by u);
  update private.sync_calendars as s
  set
    cursor = case when p_next ? 'sync_token' then p_next ->> 'sync_token' else s.cursor end,
    page_token = case when p_next = '{}' then s.page_token else p_next ->> 'page_token' end,
    unverified = v_unverified,
    synced_at = case when p_next ? 'sync_token' then clock_timestamp() else s.synced_at end,
    error = case when p_next ? 'sync_token' then null else s.error end,
    next_sync_at = clock_timestamp() + private.poll_interval()
  where s.sync_id = p_sync_id
  returning * into v_calendar;
  if v_calendar.page_token is null and cardinality(v_unverified) = 0 then
    perform private.store_work(private.next_work(v_work, 'done'));
  else
    update private.work as w set leased_until = clock_timestamp() + private.lease_length('sync', null)
    where w.kind = 'sync' and w.subject_id = p_sync_id;
  end if;
  return jsonb_build_object(
    'stored', true, 'changed', v_changed, 'unverified', v_unverified,
    'is_over', v_calendar.page_token is null and cardinality(v_unverified) = 0);
end $$;
comment on function public.store_sync_page(text, uuid, jsonb, jsonb, text[]) is
  'Stores one page of a calendar''s changes and its cursor in one transaction: {stored, changed, unverified, is_over}. p_events: events as Google showed '
  'them; p_next: {page_token} or {sync_token}, {} while events are verified; p_verified: ids that were read by id, whose result in p_events is final. '
  'The lease is settled with the last page when nothing is left to verify; stored false: it was lost.';

create function public.restart_sync(p_sync_id text, p_lease_token uuid) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_calendar private.sync_calendars;
begin
  perform from private.work as w
  where w.kind = 'sync' and w.subject_id = p_sync_id and w.lease_token = p_lease_token for update;
  if not found then
    return false;
  end if;
  select * into strict v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id for update;
  perform private.begin_full_read(v_calendar);
  return true;
end $$;
comment on function public.restart_sync(text, uuid) is
  'Google no longer accepts the cursor (410): the calendar is read from its beginning. False: the lease was lost.';

create function public.settle_sync(
  p_sync_id text, p_lease_token uuid, p_verdict text, p_error text default null, p_not_before_seconds double precision default null,
  p_is_unreadable boolean default false
) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work;
begin
  select * into v_work from private.work as w
  where w.kind = 'sync' and w.subject_id = p_sync_id and w.lease_token = p_lease_token for update;
  if v_work.subject_id is null then
    return false;
  end if;
  perform private.store_work(private.next_work(v_work, p_verdict, p_not_before_seconds));
  update private.sync_calendars as s
  set
    error = left(p_error, 500),
    next_sync_at = clock_timestamp() + case
      when p_is_unreadable then make_interval(mins => private.setting('sync_unreadable_minutes')::integer)
      else private.poll_interval()
    end
  where s.sync_id = p_sync_id;
  return true;
end $$;
comment on function public.settle_sync(text, uuid, text, text, double precision, boolean) is
  'Settles a read that ended before its last page. p_verdict as private.next_work takes it; p_is_unreadable: the calendar itself cannot be read, '
  'which says nothing about its events. False: the lease was lost.';

revoke all on function
  private.is_pending_field(public.meetings, jsonb, text[]),
  private.event_instant(jsonb, text),
  private.are_days_of(jsonb, timestamptz, timestamptz),
  private.hides_details(jsonb),
  private.announce_seen(public.meetings, text, text, jsonb),
  private.resume_change(public.meetings, jsonb, jsonb),
  private.adopt_seen_meeting(text, jsonb, boolean),
  private.adopt_seen_task_event(uuid, jsonb, boolean),
  private.needs_verification(jsonb, text),
  private.is_home(jsonb),
  private.event_key_of(text),
  private.poll_interval(),
  public.store_sync_page(text, uuid, jsonb, jsonb, text[]),
  public.restart_sync(text, uuid),
  public.settle_sync(text, uuid, text, text, double precision, boolean)
from public, anon, authenticated, service_role;

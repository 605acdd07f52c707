-- A row inserted by SQL bypasses the checks of the edge functions. Its problems must not fail the statement: the row is
-- stored, and its error names the field to correct. The rules for addresses, time zones and reminders are those of
-- shared/schemas, so that an inserted row and the same meeting sent to schedule have the same result.
create function private.is_email(p_value text) returns boolean
language sql immutable set search_path = ''
return coalesce(
  length(p_value) <= 254
    and regexp_replace(
      p_value,
      '[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff<>()\[\]\\,;:@".]+',
      'a', 'g') ~ '^a(\.a)*@a(\.a)+$',
  false);
comment on function private.is_email is
  'Whether a text is an address as the edge functions accept it: no white space, no control character, nothing that '
  'needs quotes; single dots between atoms only.';

-- Postgres also accepts POSIX strings (Mars/Olympus5). They contain a digit; of the IANA names with a slash only those
-- under Etc do. Some servers lack the older short names.
create function private.is_timezone(p_value text) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  if p_value = any (string_to_array(
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran '
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK '
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu', ' '))
  then
    return true;
  elsif p_value ~ '^Etc/GMT(0|[+-]0|[+]([1-9]|1[0-2])|-([1-9]|1[0-4]))$' then
    return true;
  elsif p_value is null or p_value !~ '^[A-Z][A-Za-z_-]*(/[A-Z][A-Za-z_-]*)+$' then
    return false;
  end if;
  perform pg_catalog.timezone(p_value, now());
  return true;
exception
  when invalid_parameter_value then
    return false;
end $$;
comment on function private.is_timezone is
  'Whether a text is a name of the IANA time zone database, as the edge functions accept it.';

create function private.participants_problem(p_participants jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_item jsonb;
  v_path text;
  v_index integer := 0;
begin
  if jsonb_typeof(p_participants) <> 'array' then
    return jsonb_build_object('path', 'participants', 'message', 'Expected a list');
  end if;
  if jsonb_array_length(p_participants) not between 1 and 200 then
    return jsonb_build_object('path', 'participants', 'message', 'Expected 1 to 200 participants');
  end if;
  for v_item in select value from jsonb_array_elements(p_participants) loop
    v_path := format('participants[%s]', v_index);
    v_index := v_index + 1;
    if jsonb_typeof(v_item) = 'object' then
      v_path := v_path || '.email';
      v_item := v_item -> 'email';
    end if;
    if jsonb_typeof(v_item) is distinct from 'string' or not private.is_email(v_item #>> '{}') then
      return jsonb_build_object('path', v_path, 'message', 'Expected an e-mail address');
    end if;
  end loop;
  return null;
end $$;
comment on function private.participants_problem is
  'The first problem of a participants list as {path, message}, or null.';

create function private.reminders_problem(p_reminders jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_item jsonb;
  v_unknown text;
  v_index integer := 0;
begin
  if p_reminders is null or jsonb_typeof(p_reminders) = 'null' then
    return null;
  end if;
  if jsonb_typeof(p_reminders) <> 'array' or jsonb_array_length(p_reminders) > 5 then
    return jsonb_build_object('path', 'reminders', 'message', 'Expected a list of at most 5 reminders');
  end if;
  for v_item in select value from jsonb_array_elements(p_reminders) loop
    if jsonb_typeof(v_item) <> 'object' then
      return jsonb_build_object('path', format('reminders[%s]', v_index), 'message', 'Expected an object');
    end if;
    if coalesce(v_item ->> 'method' not in ('email', 'popup'), true) then
      return jsonb_build_object('path', format('reminders[%s].method', v_index), 'message', 'Expected email or popup');
    end if;
    if jsonb_typeof(v_item -> 'minutes') is distinct from 'number'
      or (v_item ->> 'minutes')::numeric not between 0 and 40320
      or (v_item ->> 'minutes')::numeric % 1 <> 0
    then
      return jsonb_build_object('path', format('reminders[%s].minutes', v_index), 'message', 'Expected 0 to 40320 minutes');
    end if;
    select key into v_unknown from jsonb_object_keys(v_item) as key where key not in ('method', 'minutes') limit 1;
    if v_unknown is not null then
      return jsonb_build_object('path', format('reminders[%s].%s', v_index, v_unknown), 'message', 'Unknown field');
    end if;
    v_index := v_index + 1;
  end loop;
  return null;
end $$;
comment on function private.reminders_problem is 'The first problem of a reminders list as {path, message}, or null.';

-- Google refuses years outside of this range, or JavaScript cannot parse them.
create function private.slot_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select case
  when (p_meeting.starts_at is null) <> (p_meeting.ends_at is null) then
    jsonb_build_object(
      'path', case when p_meeting.starts_at is null then 'starts_at' else 'ends_at' end,
      'message', 'A slot needs both starts_at and ends_at')
  when p_meeting.starts_at not between '1970-01-01T00:00:00Z' and '9999-01-01T00:00:00Z' then
    jsonb_build_object('path', 'starts_at', 'message', 'Expected an instant from 1970 to 9998')
  when p_meeting.ends_at not between '1970-01-01T00:00:00Z' and '9999-01-01T00:00:00Z' then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an instant from 1970 to 9998')
  when p_meeting.ends_at <= p_meeting.starts_at then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an end after the start')
  when p_meeting.timezone is not null and not private.is_timezone(p_meeting.timezone) then
    jsonb_build_object('path', 'timezone', 'message', 'Expected an IANA time zone, e.g. Europe/Paris')
end
$$;
comment on function private.slot_problem is 'The first problem of start, end and time zone as {path, message}, or null.';

create function private.meeting_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  case
    when length(p_meeting.meeting_id) not between 1 and 200 then
      jsonb_build_object('path', 'meeting_id', 'message', 'Expected 1 to 200 characters')
    when length(p_meeting.title) > 1000 then
      jsonb_build_object('path', 'title', 'message', 'Expected at most 1000 characters')
    when length(p_meeting.description) > 8000 then
      jsonb_build_object('path', 'description', 'message', 'Expected at most 8000 characters')
    when length(p_meeting.location) > 1000 then
      jsonb_build_object('path', 'location', 'message', 'Expected at most 1000 characters')
    when p_meeting.conference not in ('meet', 'none') then
      jsonb_build_object('path', 'conference', 'message', 'Expected meet or none')
    when length(p_meeting.target_calendar_id) not between 1 and 300 or p_meeting.target_calendar_id in ('.', '..') then
      jsonb_build_object('path', 'target_calendar_id', 'message', 'Expected the id of a calendar, or primary')
    when jsonb_typeof(p_meeting.constraints) <> 'object' then
      jsonb_build_object('path', 'constraints', 'message', 'Expected an object')
  end,
  private.participants_problem(p_meeting.participants),
  private.reminders_problem(p_meeting.reminders),
  private.slot_problem(p_meeting)
)
$$;
comment on function private.meeting_problem is
  'The first problem of a row as {path, message}, or null. Constraints are checked by schedule.';

-- Security definer: the role that inserts has no rights in this schema. Reads and changes the new row only.
create function private.meetings_take_in() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb := private.meeting_problem(new);
begin
  if v_problem is not null then
    new.scheduling_status := 'failed';
    new.scheduling_error := 'invalid_request';
    new.scheduling_reason := format('%s: %s', v_problem ->> 'path', v_problem ->> 'message');
    new.scheduling_details := v_problem;
  elsif new.starts_at is not null then
    new.timezone := coalesce(new.timezone, 'UTC');
    new.scheduling_status := 'scheduled';
    new.scheduled_at := now();
    new.writeback_status := case when new.google_event_id is null then 'pending' else coalesce(new.writeback_status, 'created') end;
  end if;
  return new;
end $$;
comment on function private.meetings_take_in is
  'Trigger: decides what a new row waits for: a slot (schedule), an event (write-back), or a correction by its author.';

create trigger meetings_take_in
  before insert on public.meetings
  for each row execute function private.meetings_take_in();

revoke all on function
  private.is_email,
  private.is_timezone,
  private.participants_problem,
  private.reminders_problem,
  private.slot_problem,
  private.meeting_problem,
  private.meetings_take_in
from public, anon, authenticated, service_role;

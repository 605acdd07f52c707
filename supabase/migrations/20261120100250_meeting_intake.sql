-- A row inserted by SQL passes none of the functions' checks. What is wrong with it must not fail the
-- statement (nothing typed is lost): the row is kept and says what to correct.

create function private.is_email(p_value text) returns boolean
language sql immutable set search_path = ''
return coalesce(p_value ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$' and length(p_value) <= 254, false);

create function private.is_timezone(p_value text) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  -- Postgres also takes POSIX strings such as FOO5; an IANA name has a slash or is UTC.
  if p_value is null or p_value !~ '^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$' then
    return false;
  end if;
  perform pg_catalog.timezone(p_value, now());
  return true;
exception
  when invalid_parameter_value then
    return false;
end $$;

create function private.participants_problem(p_participants jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
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

create function private.reminders_problem(p_reminders jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  v_item jsonb;
  v_index integer := 0;
begin
  if p_reminders is null then
    return null;
  end if;
  if jsonb_typeof(p_reminders) <> 'array' or jsonb_array_length(p_reminders) > 5 then
    return jsonb_build_object('path', 'reminders', 'message', 'Expected a list of at most 5 reminders');
  end if;
  for v_item in select value from jsonb_array_elements(p_reminders) loop
    if coalesce(v_item ->> 'method' not in ('email', 'popup'), true) then
      return jsonb_build_object('path', format('reminders[%s].method', v_index), 'message', 'Expected email or popup');
    end if;
    if coalesce(v_item ->> 'minutes' !~ '^[0-9]{1,5}$', true) or (v_item ->> 'minutes')::integer > 40320 then
      return jsonb_build_object('path', format('reminders[%s].minutes', v_index), 'message', 'Expected 0 to 40320');
    end if;
    v_index := v_index + 1;
  end loop;
  return null;
end $$;

create function private.slot_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select case
  when (p_meeting.starts_at is null) <> (p_meeting.ends_at is null) then
    jsonb_build_object(
      'path', case when p_meeting.starts_at is null then 'starts_at' else 'ends_at' end,
      'message', 'A slot needs both starts_at and ends_at')
  when p_meeting.ends_at <= p_meeting.starts_at then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an end after the start')
  when p_meeting.timezone is not null and not private.is_timezone(p_meeting.timezone) then
    jsonb_build_object('path', 'timezone', 'message', 'Expected an IANA time zone, e.g. Europe/Paris')
end
$$;

create function private.meeting_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  case
    when length(p_meeting.meeting_id) not between 1 and 200 then
      jsonb_build_object('path', 'meeting_id', 'message', 'Expected 1 to 200 characters')
    when p_meeting.conference not in ('meet', 'none') then
      jsonb_build_object('path', 'conference', 'message', 'Expected meet or none')
    when jsonb_typeof(p_meeting.constraints) <> 'object' then
      jsonb_build_object('path', 'constraints', 'message', 'Expected an object')
  end,
  private.participants_problem(p_meeting.participants),
  private.reminders_problem(p_meeting.reminders),
  private.slot_problem(p_meeting)
)
$$;
comment on function private.meeting_problem(public.meetings) is
  'The first thing that is wrong with a row as {path, message}, or null. Constraints are checked by schedule.';

-- Decides what a new row waits for: a slot (schedule), an event (write-back), or a correction by its author.
-- Security definer: whoever inserts has no rights in this schema. It reads and changes the new row only.
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
    new.writeback_status := 'pending';
    new.writeback_next_attempt_at := now();
  else
    new.scheduling_next_attempt_at := now();
  end if;
  return new;
end $$;

create trigger meetings_take_in
  before insert on public.meetings
  for each row execute function private.meetings_take_in();

create function private.meetings_touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

create trigger meetings_touch
  before update on public.meetings
  for each row execute function private.meetings_touch();

revoke all on function
  private.is_email(text), private.is_timezone(text), private.participants_problem(jsonb),
  private.reminders_problem(jsonb), private.slot_problem(public.meetings),
  private.meeting_problem(public.meetings), private.meetings_take_in(), private.meetings_touch()
from public, anon, authenticated, service_role;

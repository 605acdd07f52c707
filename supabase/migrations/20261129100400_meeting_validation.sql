-- A row inserted by SQL bypasses the checks of the edge functions. The same rules hold for it (private.meeting_shapes): a row
-- that could not be scheduled or written fails the statement, with the message and the path that a request would get.
create function private.busy_intervals(p_participants jsonb) returns bigint
language sql immutable set search_path = '' as $$
select coalesce(sum(jsonb_array_length(given.busy)), 0)
from private.named_people(p_participants) as item
cross join lateral (
  select case jsonb_typeof(item)
    when 'object' then coalesce(item -> 'busy', item -> 'calendar_summary' -> 'busy_slots')
  end as busy
) as given
where jsonb_typeof(given.busy) = 'array'
$$;
comment on function private.busy_intervals(jsonb) is 'How many busy intervals a list of participants has.';

create function private.chosen_problem(p_group jsonb, p_path text) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  (
    select private.problem(format('%s.chosen[%s]', p_path, chosen.place - 1), 'Expected the address of a member (any_of)')
    from jsonb_array_elements(p_group -> 'chosen') with ordinality as chosen (item, place)
    where private.item_email(chosen.item) not in (
      select private.item_email(member) from jsonb_array_elements(p_group -> 'any_of') as member)
    order by chosen.place limit 1
  ),
  case when (select count(distinct email) from private.chosen_emails(p_group) as email) > private.group_count(p_group) then
    private.problem(p_path || '.chosen', format('Expected at most as many members as count, %s', private.group_count(p_group)))
  end)
$$;
comment on function private.chosen_problem(jsonb, text) is 'The first problem of who is chosen of a group as {path, message}, or null.';

create function private.group_problem(p_group jsonb, p_path text) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  (
    select private.problem(
      format('%s.any_of[%s].type', p_path, member.place - 1),
      'Expected members that are all people or all rooms; name the type of the group on the group')
    from jsonb_array_elements(p_group -> 'any_of') with ordinality as member (item, place)
    where jsonb_typeof(member.item) = 'object'
      and coalesce(member.item ->> 'type', case member.item -> 'is_required' when 'false' then 'optional' when 'true' then 'required' end)
        <> private.group_type(p_group)
    order by member.place limit 1
  ),
  case when private.group_count(p_group) > jsonb_array_length(p_group -> 'any_of') then
    private.problem(p_path || '.count', format('Expected at most the number of members, %s', jsonb_array_length(p_group -> 'any_of')))
  end,
  case when p_group ? 'chosen' then private.chosen_problem(p_group, p_path) end)
$$;
comment on function private.group_problem(jsonb, text) is 'The first problem of a group as a whole as {path, message}, or null.';

create function private.groups_problem(p_participants jsonb) returns jsonb
language sql stable set search_path = '' as $$
select case
  when not jsonb_path_exists(p_participants, '$[*].any_of') then null
  when (select sum(case when private.is_group(item) then private.group_count(item) else 1 end) from jsonb_array_elements(p_participants) as item)
    > private.limit('participants') then
    jsonb_build_object('path', 'participants', 'message', format('Expected at most %s participants', private.limit('participants')))
  when (select count(*) from private.named_people(p_participants)) > private.limit('searched_people') then
    jsonb_build_object(
      'path', 'participants',
      'message', format('Expected at most %s participants and members of groups', private.limit('searched_people')))
  else (
    select jsonb_build_object(
      'path', format('participants[%s].any_of[%s]', named.entry - 1, named.member - 1),
      'message', 'Expected an address that participants name once')
    from (
      select
        entry.place as entry, member.place as member, private.is_group(entry.item) as is_member,
        row_number() over (
          partition by private.item_email(coalesce(member.item, entry.item))
          order by private.is_group(entry.item), entry.place, member.place) as mention
      from jsonb_array_elements(p_participants) with ordinality as entry (item, place)
      left join lateral jsonb_array_elements(case when private.is_group(entry.item) then entry.item -> 'any_of' else '[]' end)
        with ordinality as member (item, place) on true
    ) as named
    where named.mention > 1 and named.is_member
    order by named.entry, named.member
    limit 1
  )
end
$$;
comment on function private.groups_problem(jsonb) is
  'The first problem of groups beside the other participants as {path, message}, or null: too many people, or a member who is named elsewhere.';

create function private.choice_problem(p_participants jsonb) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'path', format('participants[%s].chosen', entry.place - 1),
  'message', format(
    'Expected %s of the members: a search chooses them with the time, or name them here', private.group_count(entry.item)))
from jsonb_array_elements(case when jsonb_path_exists(p_participants, '$[*].any_of') then p_participants else '[]' end)
  with ordinality as entry (item, place)
where private.is_group(entry.item) and private.group_type(entry.item) <> 'optional'
  and (select count(distinct email) from private.chosen_emails(entry.item) as email) < private.group_count(entry.item)
order by entry.place
limit 1
$$;
comment on function private.choice_problem(jsonb) is
  'The first group of a meeting with a time of which too few are chosen, as {path, message}, or null. No event is written without them.';

create function private.participants_problem(p_participants jsonb, p_too_busy text) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  case when private.busy_intervals(p_participants) > private.limit('busy_intervals') then private.problem('participants', p_too_busy) end,
  private.groups_problem(p_participants))
$$;
comment on function private.participants_problem(jsonb, text) is
  'The first problem of a list of valid participants as a whole as {path, message}, or null.';

create function private.slot_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select case
  when (p_meeting.starts_at is null) <> (p_meeting.ends_at is null) then
    jsonb_build_object(
      'path', case when p_meeting.starts_at is null then 'starts_at' else 'ends_at' end,
      'message', 'A slot needs both starts_at and ends_at')
  when not private.is_in_years(p_meeting.starts_at) then
    jsonb_build_object('path', 'starts_at', 'message', private.expected_years())
  when not private.is_in_years(p_meeting.ends_at) then
    jsonb_build_object('path', 'ends_at', 'message', private.expected_years())
  when date_trunc('second', p_meeting.ends_at) <= date_trunc('second', p_meeting.starts_at) then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an end after the start')
  when p_meeting.timezone is not null and not private.is_timezone(p_meeting.timezone) then
    jsonb_build_object('path', 'timezone', 'message', 'Expected an IANA time zone, e.g. Europe/Paris')
end
$$;
comment on function private.slot_problem is 'The first problem of start, end and time zone as {path, message}, or null.';

create function private.meeting_problem(p_meeting public.meetings, p_before public.meetings default null) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_column text;
  v_value jsonb;
  v_problem jsonb;
begin
  for v_column, v_value in
    select given.name, given.value
    from (values
      ('participants', p_meeting.participants, p_meeting.participants is distinct from p_before.participants),
      ('constraints', p_meeting.constraints, p_meeting.constraints is distinct from p_before.constraints),
      ('recurrence', to_jsonb(p_meeting.recurrence), p_meeting.recurrence is distinct from p_before.recurrence),
      ('weights', nullif(p_meeting.weights, 'null'), p_meeting.weights is distinct from p_before.weights),
      (
        'auto_reschedule', nullif(p_meeting.auto_reschedule, 'null'), p_meeting.auto_reschedule is distinct from p_before.auto_reschedule),
      ('on_conflict', to_jsonb(p_meeting.on_conflict), p_meeting.on_conflict is distinct from p_before.on_conflict),
      ('title', to_jsonb(p_meeting.title), p_meeting.title is distinct from p_before.title),
      ('description', to_jsonb(p_meeting.description), p_meeting.description is distinct from p_before.description),
      ('location', to_jsonb(p_meeting.location), p_meeting.location is distinct from p_before.location),
      (
        'description_details', to_jsonb(p_meeting.description_details),
        p_meeting.description_details is distinct from p_before.description_details),
      ('locale', to_jsonb(p_meeting.locale), p_meeting.locale is distinct from p_before.locale),
      ('conference', to_jsonb(p_meeting.conference), p_meeting.conference is distinct from p_before.conference),
      ('reminders', nullif(p_meeting.reminders, 'null'), p_meeting.reminders is distinct from p_before.reminders)
    ) as given (name, value, is_changed)
    where given.is_changed and given.value is not null
  loop
    v_problem := private.shape_problem(v_value, private.meeting_shapes() -> v_column, v_column);
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return case
    when p_meeting.meeting_id is distinct from p_before.meeting_id
      and length(p_meeting.meeting_id) not between 1 and private.limit('meeting_id_characters')
    then private.problem('meeting_id', format('Expected 1 to %s characters', private.limit('meeting_id_characters')))
    when p_meeting.target_calendar_id is distinct from p_before.target_calendar_id
      and (length(p_meeting.target_calendar_id) not between 1 and private.limit('calendar_id_characters')
        or p_meeting.target_calendar_id in ('.', '..'))
    then private.problem('target_calendar_id', 'Expected the id of a calendar, or primary')
    else coalesce(
      case when (p_meeting.starts_at, p_meeting.ends_at, p_meeting.timezone) is distinct from (p_before.starts_at, p_before.ends_at, p_before.timezone) then
        private.slot_problem(p_meeting)
      end,
      case when p_meeting.starts_at is not null
        and (p_meeting.participants, p_meeting.starts_at) is distinct from (p_before.participants, p_before.starts_at)
      then private.choice_problem(p_meeting.participants) end)
  end;
end $$;
comment on function private.meeting_problem(public.meetings, public.meetings) is
  'The first problem of a row as {path, message}, or null. With the row before a change only what has changed is checked.';

-- Security definer: the role that inserts has no rights in this schema. Reads the new row only.
create function private.meetings_check_values() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb;
  v_row integer;
begin
  if tg_op = 'INSERT' then
    v_row := coalesce(nullif(current_setting('convene.inserted_rows', true), '')::integer, 0) + 1;
    perform set_config('convene.inserted_rows', v_row::text, true);
    v_problem := private.meeting_problem(new);
  elsif current_setting('convene.is_storing', true) is distinct from 'true' then
    -- What Convene stores comes from Google, where people may do more than a request.
    v_problem := private.meeting_problem(new, old);
  end if;
  if v_problem is not null then
    perform private.refuse_value(
      v_problem, jsonb_strip_nulls(jsonb_build_object('meeting_id', new.meeting_id, 'row', v_row)));
  end if;
  return new;
end $$;
comment on function private.meetings_check_values() is
  'Trigger: refuses a row that could not be scheduled or written. Of a change, what it does not change is not checked.';

create function private.meetings_count_rows() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform set_config('convene.inserted_rows', '0', true);
  return null;
end $$;
comment on function private.meetings_count_rows() is 'Trigger: begins to count the rows of a statement, so that an error names the row.';

-- After meetings_check_size, in alphabetical order. An adopted table keeps its application's rules: its rows are stored, and
-- those that cannot work fail when they are used.
do $$
begin
  if not private.is_adopted('meetings') then
    create trigger meetings_count_rows
      before insert on public.meetings
      for each statement execute function private.meetings_count_rows();
    create trigger meetings_check_values
      before insert or update of
        participants, constraints, recurrence, weights, auto_reschedule, on_conflict, title, description, location, description_details, locale,
        conference, reminders, target_calendar_id, starts_at, ends_at, timezone
      on public.meetings
      for each row execute function private.meetings_check_values();
  end if;
end $$;

-- Security definer: the role that inserts has no rights in this schema. Reads and changes the new row only.
create function private.meetings_take_in() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb;
begin
  -- Google keeps whole seconds; a row with more would differ from its event as if people had moved it.
  new.starts_at := date_trunc('second', new.starts_at);
  new.ends_at := date_trunc('second', new.ends_at);
  if private.is_adopted('meetings') then
    v_problem := private.meeting_problem(new);
  end if;
  new.description_details := coalesce(new.description_details, private.text_setting('description_details'));
  new.locale := coalesce(new.locale, 'en');
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
  'Trigger: decides what a new row waits for: a slot (schedule) or an event (write-back); one of an adopted table perhaps for a correction.';

create trigger meetings_take_in
  before insert on public.meetings
  for each row execute function private.meetings_take_in();

-- Before meetings_check_values, in alphabetical order: what is too large is not looked into.
create function private.meetings_check_size() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb;
begin
  if tg_op = 'INSERT' or new.participants is distinct from old.participants then
    v_problem := private.json_size_problem(jsonb_build_array(new.participants), 'participants', 'participants_bytes');
  end if;
  if v_problem is null then
    -- Each column is as deep as in a request: inside one object.
    v_problem := private.json_size_problem(
      jsonb_build_array(
        new.title, new.description, new.location, new.constraints, new.recurrence, new.weights, new.reminders, new.auto_reschedule, new.timezone,
        new.target_calendar_id),
      'body', 'body_bytes');
  end if;
  if octet_length(new.meeting_id) > 4 * private.limit('meeting_id_characters') then
    v_problem := jsonb_build_object('path', 'meeting_id', 'limit', 'meeting_id_characters');
  end if;
  if v_problem is not null then
    perform private.refuse_size(v_problem);
  end if;
  return new;
end $$;
comment on function private.meetings_check_size() is
  'Trigger: refuses a row that is larger than the request for the same meeting could be, new or changed.';

create trigger meetings_check_size
  before insert on public.meetings
  for each row execute function private.meetings_check_size();

-- A settlement sets the columns that people may have changed in Google, nearly always to what they are: compared here, since
-- the function would be a third of its work.
create trigger meetings_check_size_of_change
  before update of
    title, description, location, participants, constraints, recurrence, weights, reminders, auto_reschedule, timezone, target_calendar_id
  on public.meetings
  for each row when (
    (
      old.title, old.description, old.location, old.participants, old.constraints, old.recurrence, old.weights, old.reminders, old.auto_reschedule,
      old.timezone, old.target_calendar_id)
    is distinct from (
      new.title, new.description, new.location, new.participants, new.constraints, new.recurrence, new.weights, new.reminders, new.auto_reschedule,
      new.timezone, new.target_calendar_id)
  )
  execute function private.meetings_check_size();

revoke all on function
  private.busy_intervals,
  private.meetings_check_size,
  private.meetings_check_values,
  private.meetings_count_rows,
  private.group_problem,
  private.chosen_problem,
  private.groups_problem,
  private.choice_problem,
  private.participants_problem,
  private.slot_problem,
  private.meeting_problem,
  private.meetings_take_in
from public, anon, authenticated, service_role;

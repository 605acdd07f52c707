-- What a person has said about their time once and for all meetings. A search uses it for the organizer, and for participants
-- who share with the organizer; what the request says of a person goes before it.
create table public.scheduling_preferences (
  owner_user_id uuid primary key default auth.uid() references auth.users (id) on delete cascade,
  timezone text,
  open_hours jsonb,
  lunch jsonb,
  has_lunch boolean not null default true,
  buffer_before_minutes integer,
  buffer_after_minutes integer,
  minimum_notice_minutes integer,
  auto_reschedule jsonb,
  preferred_days text[],
  preferred_hours_start numeric(4, 2),
  preferred_hours_end numeric(4, 2),
  holiday_calendar text,
  holiday_dates date[] not null default '{}',
  out_of_office_days date[] not null default '{}',
  holidays_known_until date,
  holidays_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.scheduling_preferences is
  'What a person has said about their time: one row for each user, only theirs. Used where they organize, and where they take part and '
  'share with the organizer (availability_sharing): busy allows everything but preferred days and hours, which habits allows.';
comment on column public.scheduling_preferences.owner_user_id is 'The user.';
comment on column public.scheduling_preferences.timezone is 'Their time zone, an IANA name; null: the zone of the request.';
comment on column public.scheduling_preferences.open_hours is
  'When they can be met: [{days: [weekday], start: "09:00", end: "17:00", timezone}], at most 50; null: the working hours of the request.';
comment on column public.scheduling_preferences.lunch is 'When they eat: {start: "12:30", end: "13:15"}; null: the lunch of the request.';
comment on column public.scheduling_preferences.has_lunch is 'False: they have no lunch.';
comment on column public.scheduling_preferences.buffer_before_minutes is 'Kept free before their meetings, 0 to 1440; null: the buffer of the request.';
comment on column public.scheduling_preferences.buffer_after_minutes is 'Kept free after their meetings, 0 to 1440; null: the buffer of the request.';
comment on column public.scheduling_preferences.minimum_notice_minutes is
  'Meetings that need them start at least so many minutes from now, 0 to 525600, unless the request names a notice.';
comment on column public.scheduling_preferences.auto_reschedule is
  'auto_reschedule of the meetings that the user organizes and that have none of their own; null or false: they never move by themselves.';
comment on column public.scheduling_preferences.preferred_days is 'Weekdays that they prefer.';
comment on column public.scheduling_preferences.preferred_hours_start is 'Hour of their day from which they prefer meetings, 0 to 24.';
comment on column public.scheduling_preferences.preferred_hours_end is 'Hour of their day until which they prefer meetings, 0 to 24.';
comment on column public.scheduling_preferences.holiday_calendar is
  'The country whose holidays they have, perhaps with its part: US, DE-BY, DE-BY-A. Null: none.';
comment on column public.scheduling_preferences.holiday_dates is 'Further holidays of theirs, at most 366.';
comment on column public.scheduling_preferences.out_of_office_days is 'Days on which they are away, at most 366.';
comment on column public.scheduling_preferences.holidays_known_until is
  'The last day for which the holidays of holiday_calendar are known; null until they have been computed.';
comment on column public.scheduling_preferences.holidays_error is 'Why the holidays of holiday_calendar are not known, as a sentence.';
comment on column public.scheduling_preferences.created_at is 'When the row was inserted.';
comment on column public.scheduling_preferences.updated_at is 'When the row last changed.';

create index idx_scheduling_preferences_holiday_calendar on public.scheduling_preferences (holiday_calendar)
  where holiday_calendar is not null;

alter table public.scheduling_preferences enable row level security;

create policy "owners read their preferences" on public.scheduling_preferences
  for select to authenticated using (owner_user_id = (select auth.uid()));

create policy "owners insert their preferences" on public.scheduling_preferences
  for insert to authenticated with check (owner_user_id = (select auth.uid()));

create policy "owners change their preferences" on public.scheduling_preferences
  for update to authenticated
  using (owner_user_id = (select auth.uid()))
  with check (owner_user_id = (select auth.uid()));

create policy "owners delete their preferences" on public.scheduling_preferences
  for delete to authenticated using (owner_user_id = (select auth.uid()));

create function private.hours_problem(p_hours jsonb, p_path text) returns text
language sql immutable set search_path = '' as $$
select case
  when jsonb_typeof(p_hours) <> 'object' then 'an object in ' || p_path
  when coalesce(p_hours ->> 'start' !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', true) then 'a time of day in ' || p_path || '.start, e.g. 09:30'
  when coalesce(p_hours ->> 'end' !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', true) then 'a time of day in ' || p_path || '.end, e.g. 09:30'
  when p_hours ->> 'start' >= p_hours ->> 'end' then 'an end after the start in ' || p_path || '.end'
end
$$;
comment on function private.hours_problem(jsonb, text) is 'What {start, end} should have been, and where; null: it is valid.';

create function private.open_hours_problem(p_open_hours jsonb) returns text
language plpgsql stable set search_path = '' as $$
declare
  v_item jsonb;
  v_path text;
  v_index integer := 0;
  v_problem text;
begin
  if p_open_hours is null then
    return null;
  elsif jsonb_typeof(p_open_hours) <> 'array' or jsonb_array_length(p_open_hours) > 50 then
    return 'a list of at most 50 entries in open_hours';
  end if;
  for v_item in select value from jsonb_array_elements(p_open_hours) loop
    v_path := format('open_hours[%s]', v_index);
    v_index := v_index + 1;
    v_problem := private.hours_problem(v_item, v_path);
    if v_problem is not null then
      return v_problem;
    elsif jsonb_typeof(v_item -> 'days') is distinct from 'array'
      or jsonb_array_length(v_item -> 'days') not between 1 and 7
      or private.weekdays_problem(array(select jsonb_array_elements_text(v_item -> 'days')), v_path) is not null
    then
      return format('1 to 7 weekdays in %s.days, e.g. monday', v_path);
    elsif v_item ? 'timezone' and not coalesce(private.is_timezone(v_item ->> 'timezone'), false) then
      return format('an IANA time zone in %s.timezone, e.g. Europe/Paris', v_path);
    elsif exists (select from jsonb_object_keys(v_item) as key where key not in ('days', 'start', 'end', 'timezone')) then
      return format('only days, start, end and timezone in %s', v_path);
    end if;
  end loop;
  return null;
end $$;
comment on function private.open_hours_problem(jsonb) is 'What open_hours should have been, and where; null: they are valid.';

create function private.weekdays_problem(p_days text[], p_path text) returns text
language sql stable set search_path = '' as $$
select case
  -- Postgres keeps no dimensions with a type: a list of lists would reach searches.
  when array_ndims(p_days) > 1 or cardinality(p_days) > 7
    or not coalesce(p_days <@ array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'], true)
  then format('at most 7 weekdays in %s, e.g. monday', p_path)
end
$$;
comment on function private.weekdays_problem(text[], text) is 'What a list of weekdays should have been, and where; null: it is valid.';

create function private.days_problem(p_days date[], p_path text) returns text
language sql stable set search_path = '' as $$
select case
  when array_ndims(p_days) > 1 then format('a list of dates, and no list of lists, in %s', p_path)
  when cardinality(p_days) > 366 then format('at most 366 dates in %s', p_path)
  when exists (select from unnest(p_days) as day where day is null or day not between '1970-01-01' and '2200-12-31') then
    format('dates from 1970 to 2200 in %s', p_path)
end
$$;
comment on function private.days_problem(date[], text) is 'What a list of days should have been, and where; null: it is valid.';

create function private.preferences_problem(p_row public.scheduling_preferences) returns text
language sql stable set search_path = '' as $$
select coalesce(
  case
    when p_row.timezone is not null and not private.is_timezone(p_row.timezone) then 'an IANA time zone in timezone, e.g. Europe/Paris'
    when p_row.buffer_before_minutes not between 0 and 1440 then '0 to 1440 in buffer_before_minutes'
    when p_row.buffer_after_minutes not between 0 and 1440 then '0 to 1440 in buffer_after_minutes'
    when p_row.minimum_notice_minutes not between 0 and 525600 then '0 to 525600 in minimum_notice_minutes'
    when p_row.preferred_hours_start not between 0 and 24 then 'an hour from 0 to 24 in preferred_hours_start'
    when p_row.preferred_hours_end not between 0 and 24 then 'an hour from 0 to 24 in preferred_hours_end'
    when coalesce(p_row.preferred_hours_start, 0) >= coalesce(p_row.preferred_hours_end, 24) then
      'an hour after preferred_hours_start in preferred_hours_end'
    when p_row.holiday_calendar !~ '^[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}$' then
      'a country, perhaps with its part, in holiday_calendar, e.g. US or DE-BY'
  end,
  private.open_hours_problem(p_row.open_hours),
  case when p_row.lunch is not null then private.hours_problem(p_row.lunch, 'lunch') end,
  case
    when exists (
      select from jsonb_object_keys(case jsonb_typeof(p_row.lunch) when 'object' then p_row.lunch else '{}' end) as key
      where key not in ('start', 'end'))
    then 'only start and end in lunch'
  end,
  (
    select format('%s in %s', lower(left(substr(p.problem ->> 'message', 10), 1)) || substr(p.problem ->> 'message', 11), p.problem ->> 'path')
    from (select private.auto_reschedule_problem(p_row.auto_reschedule) as problem) as p
    where p.problem is not null
  ),
  private.weekdays_problem(p_row.preferred_days, 'preferred_days'),
  private.days_problem(p_row.holiday_dates, 'holiday_dates'),
  private.days_problem(p_row.out_of_office_days, 'out_of_office_days'))
$$;
comment on function private.preferences_problem(public.scheduling_preferences) is 'What a field should have been, and where; null: the row is valid.';

-- Security definer: users who insert over REST have no rights in schema private.
create function private.preferences_check() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem text := private.preferences_problem(new);
  v_calendar private.holiday_calendars;
begin
  if v_problem is not null then
    raise exception 'Expected %', v_problem
      using errcode = '22023', hint = 'The fields of scheduling_preferences are described in docs/preferences.md.';
  end if;
  new.updated_at := now();
  if new.holiday_calendar is not null then
    v_calendar := private.expect_holidays(new.holiday_calendar);
  end if;
  new.holidays_known_until := v_calendar.known_until;
  new.holidays_error := v_calendar.error;
  return new;
end $$;
comment on function private.preferences_check() is
  'Trigger: refuses values that a search could not read, by the path of the field, and makes the holidays of a new calendar due.';

create trigger preferences_check
  before insert or update on public.scheduling_preferences
  for each row
  execute function private.preferences_check();

-- Security definer, as preferences_check.
create function private.preferences_forget_calendar() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A statement that has locked the calendar names it now.
  perform from private.holiday_calendars as c where c.calendar = old.holiday_calendar and c.known_until is null for update skip locked;
  if found and not exists (select from public.scheduling_preferences as p where p.holiday_calendar = old.holiday_calendar) then
    delete from private.holiday_calendars as c where c.calendar = old.holiday_calendar;
    delete from private.work as w where w.kind = 'holidays' and w.subject_id = old.holiday_calendar and w.lease_token is null;
  end if;
  return null;
end $$;
comment on function private.preferences_forget_calendar() is
  'Trigger: a calendar of holidays that preferences no longer name, and whose dates are not known, is not computed. Otherwise a user who names '
  'one after the other would keep everybody''s waiting.';

create trigger preferences_forget_calendar
  after update of holiday_calendar or delete on public.scheduling_preferences
  for each row
  when (old.holiday_calendar is not null)
  execute function private.preferences_forget_calendar();

create function private.remembered_preferences(p_participants jsonb, p_organizer_user_id uuid) returns jsonb
language sql stable set search_path = '' as $$
with shared as (
  select distinct on (lower(c.email)) lower(c.email) as email, sharing.level = 'habits' as has_habits, p.*
  from private.sharing_users(
    array(select private.item_email(named) from private.named_people(p_participants) as named), p_organizer_user_id
  ) as sharing
  join private.google_connections as c on c.user_id = sharing.user_id
  join public.scheduling_preferences as p on p.owner_user_id = c.user_id
  -- If two users have the same Google account, the organizer is used, otherwise the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
)
select jsonb_build_object(
  'people', coalesce((
    select jsonb_object_agg(s.email, jsonb_strip_nulls(jsonb_build_object(
      'timezone', s.timezone, 'open_hours', s.open_hours, 'lunch', s.lunch, 'has_lunch', s.has_lunch,
      'buffer_before_minutes', s.buffer_before_minutes, 'buffer_after_minutes', s.buffer_after_minutes,
      'minimum_notice_minutes', s.minimum_notice_minutes, 'holiday_calendar', s.holiday_calendar,
      'days_off', s.holiday_dates || s.out_of_office_days,
      'preferred_days', case when s.has_habits then s.preferred_days end,
      'preferred_hours_start', case when s.has_habits then s.preferred_hours_start end,
      'preferred_hours_end', case when s.has_habits then s.preferred_hours_end end)))
    from shared as s), '{}'),
  'holidays', coalesce((
    select jsonb_object_agg(dates.calendar, dates.days)
    from (
      select h.calendar, jsonb_agg(h.day order by h.day) as days
      from private.holidays as h
      where h.calendar in (select s.holiday_calendar from shared as s)
      group by h.calendar
    ) as dates), '{}'));
$$;
comment on function private.remembered_preferences(jsonb, uuid) is
  'Preferences that a search of this organizer may use, of the organizer and of participants who share with the organizer: {people: {address in lower '
  'case: fields}, holidays: {calendar: [date]}}. Preferred days and hours only at the level habits.';

revoke all on public.scheduling_preferences from public, anon, authenticated, service_role;
revoke all on function
  private.hours_problem,
  private.open_hours_problem,
  private.weekdays_problem,
  private.days_problem,
  private.preferences_problem,
  private.preferences_check,
  private.preferences_forget_calendar,
  private.remembered_preferences
from public, anon, authenticated, service_role;

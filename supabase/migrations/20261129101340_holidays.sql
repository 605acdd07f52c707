-- Holidays of countries and their parts. The edge function holidays computes the dates of a calendar as soon as a person's
-- preferences name it, and again every month; searches read them from here.
create table private.holiday_calendars (
  calendar text primary key,
  known_until date,
  error text
);

comment on table private.holiday_calendars is 'Calendars of holidays that preferences name, and how far their dates are known.';
comment on column private.holiday_calendars.calendar is 'Country by ISO 3166-1, perhaps with its part by ISO 3166-2 and a region: US, DE-BY, DE-BY-A.';
comment on column private.holiday_calendars.known_until is 'The last day for which the holidays are known; null: none yet.';
comment on column private.holiday_calendars.error is 'Why there are no dates, as a sentence; null: there is no problem.';

create table private.holidays (
  calendar text not null references private.holiday_calendars (calendar) on delete cascade,
  day date not null,
  name text not null,
  primary key (calendar, day)
);

comment on table private.holidays is 'The public holidays of a calendar.';
comment on column private.holidays.calendar is 'The calendar, as in private.holiday_calendars.';
comment on column private.holidays.day is 'Date of the holiday, on the clock of the person.';
comment on column private.holidays.name is 'Name of the holiday, in a language of the country.';

alter table private.holiday_calendars enable row level security;
alter table private.holidays enable row level security;

insert into private.work_kinds (kind, wakes, uses_google, is_write, requires_connection, one_worker_per_owner) values
  ('holidays', 'holidays', false, false, false, false);
insert into private.settings (name, value, meaning) values
  ('holidays_lease_seconds', 60, 'How long a worker has for the dates of a calendar of holidays; at least 30'),
  ('holidays_refresh_days', 30, 'Days after which the dates of a calendar of holidays are computed again');

create function private.expect_holidays(p_calendar text) returns private.holiday_calendars
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_calendar private.holiday_calendars;
begin
  insert into private.holiday_calendars as c (calendar) values (p_calendar) on conflict (calendar) do nothing;
  -- Locked until the preferences are committed: a settlement forgets calendars that no preferences name.
  select * into strict v_calendar from private.holiday_calendars as c where c.calendar = p_calendar for share;
  if v_calendar.known_until is null and v_calendar.error is null then
    perform private.enqueue('holidays', p_calendar, null);
  end if;
  return v_calendar;
end $$;
comment on function private.expect_holidays(text) is
  'What is known of a calendar of holidays; of one that is not known yet the computation of its dates becomes due.';

create function public.claim_holidays(p_limit integer default 20, p_lease_seconds integer default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[] := array(select w from private.claim_work('holidays', p_limit, p_lease_seconds) as w);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('calendar', w.subject_id, 'lease_token', w.lease_token) order by w.subject_id), '[]')
    from unnest(v_work) as w);
end $$;
comment on function public.claim_holidays(integer, integer) is
  'Leases calendars of holidays whose dates are due: [{calendar, lease_token}]. Settle with settle_holidays. p_lease_seconds: null is '
  'holidays_lease_seconds of private.settings.';

create function public.settle_holidays(
  p_calendar text, p_lease_token uuid, p_days jsonb, p_known_until date, p_error text default null
) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work;
begin
  -- In the order in which a change of preferences locks them.
  perform from public.scheduling_preferences as p where p.holiday_calendar = p_calendar order by p.owner_user_id for update;
  perform from private.holiday_calendars as c where c.calendar = p_calendar for update;
  select * into v_work from private.work as w
  where w.kind = 'holidays' and w.subject_id = p_calendar and w.lease_token = p_lease_token
  for update;
  if not found then
    return false;
  end if;
  v_work := private.next_work(v_work, case when p_error is null then 'done' else 'reject' end, null);
  if not exists (select from public.scheduling_preferences as p where p.holiday_calendar = p_calendar) then
    delete from private.holiday_calendars as c where c.calendar = p_calendar;
    v_work.due_at := null;
  elsif p_error is null then
    insert into private.holiday_calendars as c (calendar, known_until) values (p_calendar, p_known_until)
    on conflict (calendar) do update set known_until = excluded.known_until, error = null;
    delete from private.holidays as h where h.calendar = p_calendar;
    insert into private.holidays (calendar, day, name)
    select distinct on (given.day) p_calendar, given.day, given.name
    from jsonb_to_recordset(p_days) as given (day date, name text)
    order by given.day, given.name;
    v_work.due_at := coalesce(
      v_work.due_at, clock_timestamp() + make_interval(days => private.setting('holidays_refresh_days')::integer));
  else
    insert into private.holiday_calendars as c (calendar, error) values (p_calendar, p_error)
    on conflict (calendar) do update set error = excluded.error;
  end if;
  perform private.store_work(v_work);
  update public.scheduling_preferences as p
  set holidays_known_until = c.known_until, holidays_error = c.error
  from private.holiday_calendars as c
  where c.calendar = p_calendar and p.holiday_calendar = p_calendar;
  return true;
end $$;
comment on function public.settle_holidays(text, uuid, jsonb, date, text) is
  'Stores the dates of a leased calendar, p_days [{day, name}] up to p_known_until, or why there are none (p_error), and shows both in '
  'the preferences that name it. A calendar that no preferences name any more is forgotten. False when the lease was lost.';

revoke all on private.holiday_calendars, private.holidays from public, anon, authenticated, service_role;
revoke all on function
  private.expect_holidays,
  public.claim_holidays,
  public.settle_holidays
from public, anon, authenticated, service_role;

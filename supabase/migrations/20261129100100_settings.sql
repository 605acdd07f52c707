-- Numbers that an operator may change without a deployment.
create table private.settings (
  name text primary key,
  value numeric not null check (value > 0),
  meaning text not null
);

comment on table private.settings is
  'Numbers that operators may change without a deployment. Functions read them at each use.';
comment on column private.settings.name is 'Name of the setting, as private.setting(name) reads it.';
comment on column private.settings.value is 'The value in force; the unit is in the name.';
comment on column private.settings.meaning is 'What the setting limits or keeps, for operators.';

alter table private.settings enable row level security;

insert into private.settings (name, value, meaning) values
  ('google_requests_per_minute_per_user', 600, 'Google Calendar''s quota for one account of this project'),
  ('google_requests_per_minute', 10000, 'Google Calendar''s quota for the whole project'),
  ('slice_rows', 18, 'Rows of one owner that are leased together: six rounds of three'),
  ('max_attempts', 3, 'Failed attempts, and crashes in a row, after which work is given up'),
  ('backoff_first_seconds', 60, 'Longest delay after the first failure'),
  ('backoff_factor', 4, 'By which the longest delay grows with each further failure'),
  ('backoff_max_seconds', 3600, 'Longest delay after any failure'),
  -- Requests to Google time out after 20 s, and a token may have to be refreshed before one.
  ('search_lease_seconds', 90, 'How long a worker has for a search; at least 60'),
  ('write_lease_seconds', 120, 'How long a worker has for a write; at least 90. Nothing is begun in its second half'),
  ('meet_link_lease_seconds', 120, 'How long a worker has for a Meet link; at least 60'),
  ('task_event_lease_seconds', 120, 'How long a worker has for a task event; at least 90. Nothing is begun in its second half'),
  ('notification_lease_seconds', 60, 'How long a worker has for a notification; at least 30'),
  ('landing_seconds', 30, 'How long a request whose response was lost may still take effect'),
  ('wake_up_seconds', 0.5, 'Wake-ups of one function closer together than this are combined'),
  ('ledger_retention_days', 90, 'Steps of write-backs are kept so long'),
  ('notification_retention_days', 90, 'Delivered and failed notifications are kept so long');

create function private.setting(p_name text) returns numeric
language plpgsql stable set search_path = '' as $$
declare
  v_value numeric;
begin
  select s.value into v_value from private.settings as s where s.name = p_name;
  if v_value is null then
    raise exception 'private.settings has no "%"', p_name
      using errcode = '55000', hint = 'Insert the row again; the migration that made the table has the usual values.';
  end if;
  return v_value;
end $$;
comment on function private.setting is 'The value of a setting. Raises 55000 when the row is missing.';

revoke all on private.settings from public, anon, authenticated, service_role;
revoke all on function private.setting from public, anon, authenticated, service_role;

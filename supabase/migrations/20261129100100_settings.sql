-- What an operator may tune without a deployment.
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
  ('ledger_retention_days', 90, 'Steps of write-backs are kept so long');

create function private.setting(p_name text) returns numeric
language plpgsql stable set search_path = '' as $$
declare
  v_value numeric;
begin
  select s.value into strict v_value from private.settings as s where s.name = p_name;
  return v_value;
exception
  when no_data_found then
    raise exception 'private.settings has no "%"', p_name
      using errcode = '55000', hint = 'Insert the row again; the migration that made the table has the usual values.';
end $$;
comment on function private.setting is 'The value of a setting. Raises 55000 when the row is missing.';

revoke all on private.settings from public, anon, authenticated, service_role;
revoke all on function private.setting from public, anon, authenticated, service_role;

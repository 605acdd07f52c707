-- Values that an operator may change without a deployment.
create table private.settings (
  name text primary key,
  value numeric,
  text_value text,
  meaning text not null,
  -- 0 is a value only of what is allowed (1) or not.
  constraint settings_value_check check (value > 0 or value = 0 and name like '%\_allowed'),
  -- Null is a value only of a retention: it has no end.
  constraint settings_one_value_check check (num_nonnulls(value, text_value) = 1 or name = 'ledger_retention_days' and text_value is null),
  check (name <> 'description_details' or text_value in ('summary', 'none', 'full'))
);

comment on table private.settings is
  'Values that operators may change without a deployment. Functions read them at each use.';
comment on column private.settings.name is 'Name of the setting, as private.setting(name) reads it.';
comment on column private.settings.value is 'The number in force; the unit is in the name.';
comment on column private.settings.text_value is 'The text in force, of a setting that is no number.';
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
  ('conflict_check_lease_seconds', 90, 'How long a worker has for a check of a time; at least 60'),
  ('write_lease_seconds', 120, 'How long a worker has for a write; at least 90. Nothing is begun in its second half'),
  ('meet_link_lease_seconds', 120, 'How long a worker has for a Meet link; at least 60'),
  ('task_event_lease_seconds', 120, 'How long a worker has for a task event; at least 90. Nothing is begun in its second half'),
  ('notification_lease_seconds', 60, 'How long a worker has for a notification; at least 30'),
  ('lease_wait_seconds', 5, 'How long a call for one meeting or task waits for another worker that is processing it, before it responds 202'),
  ('landing_seconds', 30, 'How long a request whose response was lost may still take effect'),
  ('hold_minutes', 15, 'A search holds the time of participants so long at most; the claim of the write holds it again'),
  ('written_hold_minutes', 5, 'How long a hold lasts after its event was written, or after the lease of its write: longer than any search'),
  ('holds_per_organizer', 250, 'Times that the unwritten meetings of one organizer may hold; each occurrence of a series is one'),
  ('holds_per_person', 150, 'Times of one person that unwritten meetings of other organizers may hold; further ones are held only by the claim of their write'),
  ('group_turns_days', 90, 'Meetings of an organizer so recent count when people of a group take turns'),
  ('group_turns_meetings', 200, 'So many of them are read at most, the latest first'),
  ('wake_up_seconds', 0.5, 'Wake-ups of one function closer together than this are combined'),
  -- What one user may use; docs/budgets.md.
  ('searches_per_minute', 60, 'Searches of one organizer: requests for a slot, for alternatives, dry runs'),
  ('conflict_checks_per_minute', 60, 'Checks of times of one organizer for conflicts: a time that was named, or that another event may take'),
  ('google_reads_for_others_per_hour', 1000, 'Calendars that searches of one organizer read through other users'' own connections; with a year of events to learn habits, or for a meeting that has an event, two'),
  ('open_meetings', 5000, 'Meetings of one organizer with an event that is neither cancelled nor over'),
  ('guests_invited_per_day', 2000, 'Guests whom the meetings of one organizer invite'),
  ('rows_inserted_per_minute', 2000, 'Rows that one signed-in user inserts over REST'),
  ('notifications_per_hour', 2000, 'Notifications about the meetings of one organizer'),
  ('notification_targets', 10, 'Targets that one user may have'),
  ('availability_permissions', 500, 'Permissions to use the own Google connection that one user may have given'),
  ('open_authorizations', 5, 'Consents of one user that Google has not answered yet'),
  ('anonymous_users_allowed', 0, 'Whether users who signed in anonymously may connect a calendar and invite people: 0 or 1'),
  ('availability_read_days', 30, 'How long users see who has read their availability'),
  ('ledger_retention_days', 90, 'Steps of write-backs are kept at least so long, and are dropped by whole months; null: for ever'),
  ('notification_retention_days', 90, 'Delivered and failed notifications are kept so long');

insert into private.settings (name, text_value, meaning) values
  ('description_details', 'summary', 'What the description of an event says of how its time was found, for meetings that do not choose: summary, none or full');

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
comment on function private.setting is 'The number of a setting. Raises 55000 when the row is missing.';

create function private.text_setting(p_name text) returns text
language plpgsql stable set search_path = '' as $$
declare
  v_value text;
begin
  select s.text_value into v_value from private.settings as s where s.name = p_name;
  if v_value is null then
    raise exception 'private.settings has no "%"', p_name
      using errcode = '55000', hint = 'Insert the row again; the migration that made the table has the usual values.';
  end if;
  return v_value;
end $$;
comment on function private.text_setting is 'The text of a setting. Raises 55000 when the row is missing.';

revoke all on private.settings from public, anon, authenticated, service_role;
revoke all on function private.setting, private.text_setting from public, anon, authenticated, service_role;

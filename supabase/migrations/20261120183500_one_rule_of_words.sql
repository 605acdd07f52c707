-- Addresses, zones and reminders are checked here as the functions check them (shared/meetings/words.ts): a row that is
-- inserted and the same meeting sent to schedule are taken, or refused, alike.

-- No space of any kind, no control, nothing that would need quotes; a dot between atoms only.
create or replace function private.is_email(p_value text) returns boolean
language sql immutable set search_path = ''
return coalesce(
  length(p_value) <= 254
    and regexp_replace(
      p_value,
      '[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff<>()\[\]\\,;:@".]+',
      'a', 'g') ~ '^a(\.a)*@a(\.a)+$',
  false);

-- Names of the IANA database as they are written there. Postgres also takes POSIX strings, which need a digit
-- (Mars/Olympus5); of long names only those under Etc have any. Some servers come without the older short names.
create or replace function private.is_timezone(p_value text) returns boolean
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

create or replace function private.reminders_problem(p_reminders jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
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

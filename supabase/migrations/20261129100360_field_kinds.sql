-- What a text has to be in a request or a row: the same rules as shared/schemas/fields.ts, compared by tests.
create function private.is_email(p_value text) returns boolean
language sql immutable set search_path = ''
return coalesce(
  case when length(p_value) <= private.limit('email_characters') then
    regexp_replace(
      p_value,
      '[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff<>()\[\]\\,;:@".]+',
      'a', 'g') ~ '^a(\.a)*@a(\.a)+$'
  end,
  false);
comment on function private.is_email is
  'Whether a text is an address as the edge functions accept it: no white space, no control character, nothing that '
  'needs quotes; single dots between atoms only.';

-- The rule of both: a name as the IANA database writes it (the short names are listed here and in shared/time/zones.ts,
-- names with a slash have one form) that the engine knows, Intl there and Postgres here. So a POSIX string, an
-- abbreviation or another spelling is none. Postgres also accepts POSIX strings (Mars/Olympus5). They contain a digit; of
-- the IANA names with a slash only those under Etc do. Some servers lack the older short names.
create function private.is_timezone(p_value text) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  if length(p_value) > private.limit('timezone_characters') then
    return false;
  elsif p_value = any (string_to_array(
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

-- The languages are those of shared/texts.
create function private.is_locale(p_value text) returns boolean
language sql immutable set search_path = ''
return coalesce(p_value ~* '^(de|en)(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?$', false);
comment on function private.is_locale is
  'Whether a text is a BCP 47 locale (language, script, region) of a language in which there are texts.';

create function private.is_date(p_value text) returns boolean
language sql immutable set search_path = ''
return coalesce(
  case when p_value ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' and left(p_value, 4) <> '0000' then
    right(p_value, 2)::integer <= case
      when substr(p_value, 6, 2) in ('04', '06', '09', '11') then 30
      when substr(p_value, 6, 2) <> '02' then 31
      when left(p_value, 4)::integer % 4 = 0 and (left(p_value, 4)::integer % 100 <> 0 or left(p_value, 4)::integer % 400 = 0) then 29
      else 28
    end
  end,
  false);
comment on function private.is_date(text) is 'Whether a text is a date that exists, as YYYY-MM-DD.';

create function private.is_day(p_value text) returns boolean
language sql immutable set search_path = ''
return case when private.is_date(p_value) then
  left(p_value, 4)::integer between private.limit('first_year') and private.limit('last_year')
else false end;
comment on function private.is_day(text) is 'Whether a text is a date in the years that are accepted.';

-- Postgres reads offsets up to 15:59; 24:00 is the end of a day.
create function private.is_instant(p_value text) returns boolean
language sql stable set search_path = ''
return coalesce(
  case
    when length(p_value) <= 40
      and p_value ~ '^.{10}[Tt](([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?|24:00(:00(\.0{1,3})?)?)([Zz]|[+-](0[0-9]|1[0-5]):[0-5][0-9])$'
      and private.is_day(left(p_value, 10))
    -- Without fractions, which Postgres would round up to the next year.
    then private.is_in_years(regexp_replace(p_value, '\.[0-9]+', '')::timestamptz)
  end,
  false);
comment on function private.is_instant(text) is
  'Whether a text is an RFC 3339 date-time with an offset (seconds may be left out) in the years that are accepted.';

-- Busy time comes from calendars, so every RFC 3339 date-time is read: also a leap second and offsets up to 23:59.
create function private.busy_instant(p_value text) returns numeric
language sql stable set search_path = ''
return case
  when p_value ~ '^.{10}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$'
    and private.is_date(left(p_value, 10))
  then
    extract(epoch from (left(p_value, 10) || ' ' || substr(p_value, 12, 8) || '+00')::timestamptz)
      + coalesce(substring(p_value from '\.[0-9]+'), '0')::numeric
      - case when right(p_value, 1) in ('Z', 'z') then 0
        else (substr(right(p_value, 6), 1, 1) || '60')::integer * (substr(right(p_value, 6), 2, 2)::integer * 60 + right(p_value, 2)::integer) end
  when private.is_instant(p_value) then extract(epoch from p_value::timestamptz)
end;
comment on function private.busy_instant(text) is
  'The instant of a start or end of busy time in seconds since 1970, of any year; null for what is none.';

revoke all on function
  private.is_email,
  private.is_timezone,
  private.is_locale,
  private.is_date,
  private.is_day,
  private.is_instant,
  private.busy_instant
from public, anon, authenticated, service_role;

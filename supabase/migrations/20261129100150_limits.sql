-- The limits of what users store: the same numbers as shared/schemas/limits.ts, which the edge functions use; a test
-- compares both. They are part of the public contract, so they are no settings: an operator who changed one of them would
-- change it for rows and not for requests.
create function private.limits() returns jsonb
language sql immutable set search_path = ''
return jsonb '{
  "body_bytes": 262144,
  "schedule_body_bytes": 8388608,
  "participants_bytes": 9437184,
  "nesting_depth": 16,
  "list_items": 5000,
  "object_keys": 200,
  "key_characters": 200,
  "values": 220000,
  "string_characters": 100000,
  "first_year": 1970,
  "last_year": 2200,
  "email_characters": 254,
  "domain_characters": 253,
  "timezone_characters": 64,
  "name_characters": 200,
  "title_characters": 1000,
  "description_characters": 8192,
  "location_characters": 1000,
  "event_id_characters": 1024,
  "meeting_id_characters": 200,
  "calendar_id_characters": 300,
  "participants": 200,
  "group_members": 200,
  "group_count": 100,
  "searched_people": 400,
  "calendar_ids": 10,
  "open_hours": 50,
  "weekdays": 7,
  "exdates": 366,
  "busy": 5000,
  "busy_intervals": 40000,
  "event_categories": 50,
  "category_characters": 100,
  "peak_meeting_hours": 24,
  "holiday_dates": 366,
  "recurrence_lines": 20,
  "recurrence_line_characters": 1000,
  "reminders": 5,
  "candidates": 100,
  "occurrences": 60,
  "timezones": 64,
  "search_steps": 1250000,
  "answer_characters": 1250000,
  "task_id_characters": 200,
  "tasks": 200,
  "attendees": 200,
  "task_recurrence_line_characters": 4000,
  "search_text_characters": 200,
  "ids": 1000,
  "audited_meetings": 100,
  "page_meetings": 100,
  "cursor_characters": 2000,
  "target_address_characters": 2048,
  "signing_secret_characters": 100,
  "target_events": 20,
  "return_url_characters": 2048,
  "authorization_code_characters": 200
}';
comment on function private.limits() is 'Every limit of what callers send and users store, by name; docs/limits.md explains them.';

create function private.limit(p_name text) returns integer
language sql immutable set search_path = ''
return (private.limits() ->> p_name)::integer;
comment on function private.limit(text) is 'One limit; null for an unknown name.';

create function private.is_in_years(p_value timestamptz) returns boolean
language sql stable set search_path = ''
return p_value >= make_timestamptz(private.limit('first_year'), 1, 1, 0, 0, 0, 'UTC')
  and p_value < make_timestamptz(private.limit('last_year') + 1, 1, 1, 0, 0, 0, 'UTC');
comment on function private.is_in_years(timestamptz) is 'Whether an instant is in the years that are accepted; not for infinity.';

create function private.expected_years() returns text
language sql stable set search_path = ''
return format('Expected an instant from %s to %s', private.limit('first_year'), private.limit('last_year'));
comment on function private.expected_years() is 'The message for an instant in another year.';

create function private.expected_instant() returns text
language sql stable set search_path = ''
return format(
  'Expected a date-time with an offset, e.g. 2030-01-07T09:00:00+01:00, from %s to %s', private.limit('first_year'), private.limit('last_year'));
comment on function private.expected_instant() is 'The message for what is no RFC 3339 instant in the years that are accepted.';

create function private.text_problem(p_text text, p_path text, p_limit text) returns jsonb
language sql stable set search_path = ''
return case when length(p_text) > private.limit(p_limit) then
  jsonb_build_object('path', p_path, 'message', format('Expected at most %s characters', private.limit(p_limit)))
end;
comment on function private.text_problem(text, text, text) is 'The problem of a text that is too long, as {path, message}, or null.';

create function private.escaped_length(p_text text) returns integer
language sql immutable set search_path = ''
return length(p_text) + regexp_count(p_text, '[\U00010000-\U0010FFFF]') + 4 * regexp_count(p_text, '&') + 3 * regexp_count(p_text, '[<>]');
comment on function private.escaped_length(text) is
  'The length of a text once & < > are written as &amp; &lt; &gt;, in UTF-16 code units, as escapedLength() counts it.';

create function private.description_problem(p_text text) returns jsonb
language sql stable set search_path = ''
return case when private.escaped_length(p_text) > private.limit('description_characters') then
  jsonb_build_object('path', 'description', 'message', format(
    'Expected at most %s characters, with & counting as 5, < and > as 4, an emoji as 2', private.limit('description_characters')))
end;
comment on function private.description_problem(text) is
  'The problem of a description that is longer than what Google keeps, as {path, message}, or null.';

-- What would be refused with 413 in a request.
create function private.json_size_problem(p_value jsonb, p_path text, p_bytes text) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object('path', p_path, 'limit', l.name)
from (
  select case
    when octet_length(p_value::text) > private.limit(p_bytes) then p_bytes
    when jsonb_path_exists(p_value, format(
      'strict $.**{%s to last} ? (@.type() == "array" || @.type() == "object")',
      private.limit('nesting_depth'))::jsonpath) then 'nesting_depth'
    when jsonb_path_exists(p_value, format(
      'strict $.** ? (@.type() == "array" && @.size() > %s)', private.limit('list_items'))::jsonpath) then 'list_items'
  end as name
) as l
where l.name is not null
$$;
comment on function private.json_size_problem(jsonb, text, text) is
  'The limit that a JSON value exceeds, as {path, limit}, or null: bytes (p_bytes names the limit), nesting_depth, list_items.';

create function private.refuse_size(p_problem jsonb) returns void
language plpgsql stable set search_path = '' as $$
begin
  raise exception 'too_large: %: at most % (%)',
    p_problem ->> 'path', private.limit(p_problem ->> 'limit'), replace(p_problem ->> 'limit', '_', ' ')
    using errcode = 'PT413', hint = 'docs/limits.md lists all limits.';
end $$;
comment on function private.refuse_size(jsonb) is 'Raises PT413, which PostgREST answers as HTTP 413, for {path, limit}.';

create function private.refuse_value(p_problem jsonb, p_row jsonb default jsonb_build_object()) returns void
language plpgsql stable set search_path = '' as $$
begin
  raise exception 'invalid_request: %: %', p_problem ->> 'path', p_problem ->> 'message' using
    errcode = '22023',
    detail = (jsonb_build_object('path', p_problem -> 'path') || p_row)::text,
    hint = format(
      'Correct %s%s and repeat the statement: nothing of it was stored. %s',
      p_problem ->> 'path', ' in row ' || (p_row ->> 'row'),
      case when p_row ? 'meeting_id' then 'docs/schedule.md lists what each field accepts.' else 'docs/limits.md lists all limits.' end);
end $$;
comment on function private.refuse_value(jsonb, jsonb) is
  'Raises 22023 (HTTP 400 over REST) for {path, message}; p_row: {row: its number in the statement, meeting_id}, for the details.';

revoke all on function
  private.refuse_value,
  private.limits,
  private.limit,
  private.is_in_years,
  private.expected_years,
  private.text_problem,
  private.escaped_length,
  private.description_problem,
  private.expected_instant,
  private.json_size_problem,
  private.refuse_size
from public, anon, authenticated, service_role;

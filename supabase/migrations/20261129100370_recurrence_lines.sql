-- The lines of a recurrence as shared/time/recurrence_input.ts and recurrence_rule.ts accept them for a search: the same
-- rules and messages, compared by a test on random lines. RFC 5545, 3.3.10, by whole days.
create function private.is_stamp(p_value text) returns boolean
language sql stable set search_path = ''
return p_value ~ '^[0-9]{8}(T([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9]|60)Z?)?$'
  and private.is_date(concat_ws('-', left(p_value, 4), substr(p_value, 5, 2), substr(p_value, 7, 2)));
comment on function private.is_stamp(text) is 'Whether a text is a DATE or DATE-TIME of RFC 5545 on a day that exists.';

create function private.rule_parts() returns jsonb
language sql immutable set search_path = ''
return jsonb '{
  "FREQ": {"expected": "DAILY, WEEKLY, MONTHLY or YEARLY"},
  "INTERVAL": {"least": 1, "most": 9999, "expected": "a whole number from 1 to 9999"},
  "COUNT": {"least": 1, "most": 9999, "expected": "a whole number from 1 to 9999"},
  "UNTIL": {"expected": "a date such as 20301231, or an instant in UTC such as 20301231T235959Z"},
  "BYSECOND": {"list": true, "least": 0, "most": 60, "expected": "whole numbers from 0 to 60"},
  "BYMINUTE": {"list": true, "least": 0, "most": 59, "expected": "whole numbers from 0 to 59"},
  "BYHOUR": {"list": true, "least": 0, "most": 23, "expected": "whole numbers from 0 to 23"},
  "BYDAY": {"expected": "weekdays such as MO, or 2MO for the second and -1MO for the last one (1 to 53)"},
  "BYMONTHDAY": {"list": true, "signed": true, "least": 1, "most": 31, "expected": "whole numbers from 1 to 31, or from -1 to -31"},
  "BYYEARDAY": {"list": true, "signed": true, "least": 1, "most": 366, "expected": "whole numbers from 1 to 366, or from -1 to -366"},
  "BYWEEKNO": {"list": true, "signed": true, "least": 1, "most": 53, "expected": "whole numbers from 1 to 53, or from -1 to -53"},
  "BYMONTH": {"list": true, "least": 1, "most": 12, "expected": "whole numbers from 1 to 12"},
  "BYSETPOS": {"list": true, "signed": true, "least": 1, "most": 366, "expected": "whole numbers from 1 to 366, or from -1 to -366"},
  "WKST": {"expected": "a weekday such as MO"}
}';
comment on function private.rule_parts() is 'The parts of an RRULE: numbers from least to most, one or a list, with a sign or not; expected completes the message.';

create function private.rule_part_fits(p_name text, p_text text) returns boolean
language sql stable set search_path = '' as $$
select case
  when p_name = 'FREQ' then p_text in ('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY')
  when p_name = 'UNTIL' then private.is_stamp(p_text) and (length(p_text) = 8 or right(p_text, 1) = 'Z')
  when p_name = 'WKST' then p_text in ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
  when p_name = 'BYDAY' then p_text <> '' and not exists (
    select from unnest(string_to_array(p_text, ',')) as day
    where day !~ '^([+-]?([1-9]|0[1-9]|[1-4][0-9]|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)$')
  else p_text <> '' and not exists (
    select from unnest(case when (part -> 'list') is null then array[p_text] else string_to_array(p_text, ',') end) as item
    cross join lateral (select case when (part -> 'signed') is null then item else regexp_replace(item, '^[+-]', '') end as digits) as unsigned
    where case when digits ~ '^[0-9]{1,4}$' then digits::integer not between (part ->> 'least')::integer and (part ->> 'most')::integer else true end)
end
from (select private.rule_parts() -> p_name as part) as known;
$$;
comment on function private.rule_part_fits(text, text) is 'Whether a part of an RRULE may have this value.';

create function private.rule_problem(p_rule text) returns text
language plpgsql stable set search_path = '' as $$
declare
  v_part text;
  v_name text;
  v_text text;
  v_parts jsonb := jsonb_build_object();
  v_by_number text[];
begin
  foreach v_part in array string_to_array(p_rule, ';') loop
    v_name := split_part(v_part, '=', 1);
    v_text := case when strpos(v_part, '=') = 0 then '' else substr(v_part, strpos(v_part, '=') + 1) end;
    if not private.rule_parts() ? v_name then
      return format('%s is no part of an RRULE', coalesce(nullif(v_name, ''), '=' || v_text));
    elsif v_parts ? v_name then
      return format('%s is given twice', v_name);
    elsif not private.rule_part_fits(v_name, v_text) then
      return format('%s=%s cannot be used. Expected %s', v_name, v_text, private.rule_parts() -> v_name ->> 'expected');
    end if;
    v_parts := v_parts || jsonb_build_object(v_name, v_text);
  end loop;
  v_by_number := array(select day from unnest(string_to_array(v_parts ->> 'BYDAY', ',')) as day where length(day) > 2);
  return case
    when not v_parts ? 'FREQ' then 'An RRULE needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY'
    when v_parts ?& array['COUNT', 'UNTIL'] then 'An RRULE has COUNT or UNTIL, not both'
    when cardinality(v_by_number) > 0 and v_parts ->> 'FREQ' not in ('MONTHLY', 'YEARLY') then
      format('BYDAY has plain weekdays such as MO with FREQ=%s', v_parts ->> 'FREQ')
    when cardinality(v_by_number) > 0 and v_parts ? 'BYWEEKNO' then 'BYDAY has plain weekdays such as MO with BYWEEKNO'
    when v_parts ->> 'FREQ' = 'MONTHLY' and exists (
      select from unnest(v_by_number) as day where abs(left(day, -2)::integer) > 5)
    then 'BYDAY has at most the fifth weekday of a month, such as 5MO'
    when v_parts ? 'BYMONTHDAY' and v_parts ->> 'FREQ' = 'WEEKLY' then 'BYMONTHDAY cannot be used with FREQ=WEEKLY'
    when v_parts ? 'BYYEARDAY' and v_parts ->> 'FREQ' <> 'YEARLY' then 'BYYEARDAY needs FREQ=YEARLY'
    when v_parts ? 'BYWEEKNO' and v_parts ->> 'FREQ' <> 'YEARLY' then 'BYWEEKNO needs FREQ=YEARLY'
    when v_parts ? 'BYSETPOS' and not exists (select from jsonb_object_keys(v_parts) as name where name like 'BY%' and name <> 'BYSETPOS') then
      'BYSETPOS needs another BY part, such as BYDAY'
    -- What Google accepts and no search expands.
    when v_parts ? 'BYSECOND' then 'BYSECOND is not supported, because the search chooses the time of day'
    when v_parts ? 'BYMINUTE' then 'BYMINUTE is not supported, because the search chooses the time of day'
    when v_parts ? 'BYHOUR' then 'BYHOUR is not supported, because the search chooses the time of day'
    when v_parts ? 'BYYEARDAY' then 'BYYEARDAY is not supported. Use BYMONTH, BYMONTHDAY and BYDAY'
    when v_parts ? 'BYWEEKNO' then 'BYWEEKNO is not supported. Use BYMONTH, BYMONTHDAY and BYDAY'
  end;
end $$;
comment on function private.rule_problem(text) is 'What is wrong with the value of an RRULE, as a sentence, or null.';

create function private.dates_problem(p_name text, p_parameters text, p_dates text) returns text
language plpgsql stable set search_path = '' as $$
declare
  v_parameter text;
  v_key text;
  v_text text;
  v_is_dates boolean := false;
  v_date text;
begin
  -- The text begins with a semicolon, where it has any.
  if p_parameters <> '' then
    foreach v_parameter in array case when p_parameters = ';' then array[''] else string_to_array(substr(p_parameters, 2), ';') end loop
      v_key := split_part(v_parameter, '=', 1);
      v_text := split_part(v_parameter, '=', 2);
      if v_key = 'VALUE' and v_text in ('DATE', 'DATE-TIME') then
        v_is_dates := v_text = 'DATE';
      elsif v_key = 'VALUE' then
        return format('%s has VALUE=DATE or VALUE=DATE-TIME, not %s', p_name, v_text);
      elsif v_key <> 'TZID' then
        return format('%s has the parameters TZID and VALUE, not %s', p_name, v_key);
      elsif not private.is_timezone(v_text) then
        return format('TZID=%s is no time zone. Expected an IANA name, e.g. Europe/Paris', v_text);
      end if;
    end loop;
  end if;
  foreach v_date in array string_to_array(p_dates, ',') loop
    if not private.is_stamp(v_date) or (v_is_dates and length(v_date) > 8) then
      return format(
        'Expected %s instead of "%s"',
        case when v_is_dates then 'a date such as 20301231' else 'a date-time such as 20301231T090000Z' end, v_date);
    end if;
  end loop;
  return null;
end $$;
comment on function private.dates_problem(text, text, text) is 'What is wrong with an RDATE or EXDATE line, as a sentence, or null.';

create function private.with_rule_name(p_line text) returns text
language sql immutable set search_path = ''
return case when p_line like 'FREQ=%' then 'RRULE:' || p_line else p_line end;
comment on function private.with_rule_name(text) is 'A line of a recurrence; a rule without its name gets it.';

create function private.recurrence_line_problem(p_line text) returns text
language plpgsql stable set search_path = '' as $$
declare
  v_line constant text := private.with_rule_name(p_line);
  v_parts text[];
begin
  if length(v_line) + regexp_count(v_line, '[\U00010000-\U0010FFFF]') > private.limit('recurrence_line_characters') then
    return format('Expected at most %s characters', private.limit('recurrence_line_characters'));
  elsif exists (
    select from regexp_matches(v_line, '(?<![0-9])([0-9]{4})[0-9]{4}(?![0-9])', 'g') as dates (parts)
    where dates.parts[1]::integer not between private.limit('first_year') and private.limit('last_year'))
  then
    return format('Expected dates from %s to %s', private.limit('first_year'), private.limit('last_year'));
  elsif v_line !~ '^(RRULE|RDATE|EXDATE)[;:]' then
    return 'Expected a line that begins with RRULE:, EXDATE or RDATE, e.g. RRULE:FREQ=WEEKLY; start and end come from the event';
  end if;
  -- White space at the end as trim() of JavaScript removes it.
  v_parts := regexp_match(
    regexp_replace(v_line, '[\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$', ''),
    '^(RRULE|RDATE|EXDATE)((?:;[^:]*)?):([^\n\r\u2028\u2029]+)$');
  return case
    when v_parts is null then format('Expected RRULE:, EXRULE:, RDATE: or EXDATE: instead of "%s"', v_line)
    when v_parts[1] <> 'RRULE' then private.dates_problem(v_parts[1], v_parts[2], v_parts[3])
    when v_parts[2] <> '' then 'Expected RRULE: and the rule'
    else private.rule_problem(v_parts[3])
  end;
end $$;
comment on function private.recurrence_line_problem(text) is 'What is wrong with a line of the recurrence of a meeting, as a sentence, or null.';

revoke all on function
  private.is_stamp,
  private.rule_parts,
  private.rule_part_fits,
  private.rule_problem,
  private.dates_problem,
  private.with_rule_name,
  private.recurrence_line_problem
from public, anon, authenticated, service_role;

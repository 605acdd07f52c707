-- Checks of a value as a whole, made once its parts are valid: what refines an object or a list in shared/schemas.
create function private.local_midnight(p_day date, p_timezone text) returns timestamptz
language sql stable set search_path = ''
return case
  -- Of two midnights the first, as shared/time/time_window.ts reads it; Postgres takes the second.
  when (((p_day::timestamp at time zone p_timezone) - interval '1 hour') at time zone p_timezone) = p_day::timestamp then
    (p_day::timestamp at time zone p_timezone) - interval '1 hour'
  else p_day::timestamp at time zone p_timezone
end;
comment on function private.local_midnight(date, text) is 'The instant at which a local day begins.';

create function private.edge_problem(p_edge text, p_path text) returns jsonb
language sql stable set search_path = ''
return case when not private.is_date(p_edge) and p_edge !~ '[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]' then
  private.problem(p_path, format(
    'Write a date such as 2030-01-07 or a date-time with offset such as 2030-01-07T09:00:00Z, not "%s"', p_edge))
end;
comment on function private.edge_problem(text, text) is 'The problem of an edge of a time window that has no seconds, as {path, message}, or null.';

create function private.window_problem(p_constraints jsonb, p_path text) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  private.edge_problem(given.earliest, p_path || '.earliest_date'),
  private.edge_problem(given.latest, p_path || '.latest_date'),
  (
    select case
      when edges.until <= edges.since then private.problem(p_path || '.latest_date', format(
        'Name a time after earliest_date: %s is not later than %s', given.latest, given.earliest))
      -- By the wall clock: a year from summer into winter is an hour longer.
      when edges.until - edges.since > interval '8784 hours'
        and ((edges.until - interval '1 minute') at time zone given.timezone) + interval '1 minute'
          - (edges.since at time zone given.timezone) > interval '366 days'
      then private.problem(p_path || '.latest_date', 'Send a time window of at most 366 days')
    end
    from (
      select
        -- Seconds round inwards.
        case when private.is_date(given.earliest) then private.local_midnight(given.earliest::date, given.timezone)
          else date_bin('1 minute', given.earliest::timestamptz + interval '59.999999 seconds', 'epoch') end as since,
        case when private.is_date(given.latest) then private.local_midnight(given.latest::date + 1, given.timezone)
          else date_bin('1 minute', given.latest::timestamptz, 'epoch') end as until
      where private.edge_problem(given.earliest, '') is null and private.edge_problem(given.latest, '') is null
    ) as edges
  ))
from (
  select p_constraints ->> 'earliest_date' as earliest, p_constraints ->> 'latest_date' as latest, coalesce(p_constraints ->> 'timezone', 'UTC') as timezone
) as given
where given.earliest is not null and given.latest is not null;
$$;
comment on function private.window_problem(jsonb, text) is 'What is wrong with earliest_date and latest_date together as {path, message}, or null.';

create function private.weights_problem(p_weights jsonb, p_path text, p_expected text) returns jsonb
language sql stable set search_path = '' as $$
select case
  when count(*) = 5 and abs(sum(value::numeric) - 100) >= 1e-6 then private.problem(p_path, p_expected)
  when count(*) < 5 and sum(value::numeric) >= 100 + 1e-6 then private.problem(p_path, 'Expected points that add up to at most 100')
end
from jsonb_each_text(p_weights)
$$;
comment on function private.weights_problem(jsonb, text, text) is 'What is wrong with the sum of weights as {path, message}, or null.';

create function private.whole_problem(p_value jsonb, p_shape jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  case p_shape ->> 'whole'
    when 'hours' then
      return case when (p_value ->> 'start') collate "C" >= p_value ->> 'end' then private.problem(p_path || '.end', p_shape ->> 'expected_value') end;
    when 'divides_day' then
      return case when 1440 % (p_value #>> '{}')::numeric <> 0 then
        private.problem(p_path, 'Expected minutes that divide a day, e.g. 15 or 30')
      end;
    when 'weights' then
      return private.weights_problem(p_value, p_path, p_shape ->> 'expected_value');
    when 'constraints' then
      return coalesce(
        private.window_problem(p_value, p_path),
        case when coalesce((p_value ->> 'working_hours_start')::numeric, 9) >= coalesce((p_value ->> 'working_hours_end')::numeric, 17) then
          private.problem(p_path || '.working_hours_end', 'Expected an end after the start (working_hours_start)')
        end);
    when 'recurrence' then
      return case when (select count(*) from jsonb_array_elements_text(p_value) as line where private.with_rule_name(line) like 'RRULE:%') <> 1 then
        private.problem(p_path, p_shape ->> 'expected_value')
      end;
    when 'group' then
      return private.group_problem(p_value, p_path);
    when 'participants' then
      return private.participants_problem(p_value, p_shape ->> 'expected_value');
  end case;
  raise exception 'private.whole_problem does not return for %', p_shape ->> 'whole';
end $$;
comment on function private.whole_problem(jsonb, jsonb, text) is
  'The problem of a value whose parts are valid, by the check that its shape names, as {path, message}, or null.';

revoke all on function
  private.local_midnight,
  private.edge_problem,
  private.window_problem,
  private.weights_problem,
  private.whole_problem
from public, anon, authenticated, service_role;

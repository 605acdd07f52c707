-- Whether a JSON value is what shared/schemas accept. A shape (private.meeting_shapes) says what its parts are, and names the
-- checks that are functions there: those of texts in private.scalar_problem, those of whole values in private.whole_problem.
-- The first problem is the one that a request is told.
create function private.problem(p_path text, p_message text) returns jsonb
language sql stable set search_path = ''
return jsonb_build_object('path', p_path, 'message', p_message);
comment on function private.problem(text, text) is '{path, message}.';

create function private.unknown_field_message(p_names jsonb) returns text
language sql immutable set search_path = ''
return 'Unknown field. Expected one of ' || (
  select string_agg(known.name, ', ' order by known.place) from jsonb_array_elements_text(p_names) with ordinality as known (name, place));
comment on function private.unknown_field_message(jsonb) is 'The message for a field that an object does not have; names those that it has.';

create function private.number_fits(p_value jsonb, p_least numeric, p_most numeric) returns boolean
language sql immutable set search_path = ''
-- No number of a request is larger than a double.
return (p_value #>> '{}')::numeric between coalesce(p_least, -1.7976931348623157e308) and coalesce(p_most, 1.7976931348623157e308);
comment on function private.number_fits(jsonb, numeric, numeric) is 'Whether a JSON number is between two others; null: no bound.';

create function private.scalar_problem(p_value jsonb, p_shape jsonb) returns text
language plpgsql stable set search_path = '' as $$
declare
  v_type constant text := p_shape ->> 'type';
  v_text constant text := p_value #>> '{}';
  v_is_valid boolean;
begin
  if jsonb_typeof(p_value) <> (case v_type when 'boolean' then 'boolean' when 'number' then 'number' when 'whole_number' then 'number' else 'string' end)
    or v_type = 'number' and not private.number_fits(p_value, null, null)
  then
    return p_shape ->> 'expected';
  end if;
  v_is_valid := case v_type
    when 'boolean' then true
    when 'number' then private.number_fits(p_value, (p_shape ->> 'least')::numeric, (p_shape ->> 'most')::numeric)
    when 'whole_number' then
      private.number_fits(p_value, (p_shape ->> 'least')::numeric, (p_shape ->> 'most')::numeric) and v_text::numeric % 1 = 0
    when 'text' then length(v_text) between (p_shape ->> 'least')::integer and (p_shape ->> 'most')::integer
    when 'enum' then p_shape -> 'values' ? v_text
    when 'email' then private.is_email(v_text)
    when 'timezone' then private.is_timezone(v_text)
    when 'locale' then private.is_locale(v_text)
    when 'description' then private.escaped_length(v_text) <= private.limit('description_characters')
    when 'instant' then private.is_instant(v_text)
    when 'day_or_instant' then private.is_day(v_text) or private.is_instant(v_text)
    when 'time_of_day' then v_text ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
    when 'weekday' then
      lower(v_text) in ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
  end;
  if v_is_valid is null then
    raise exception 'private.scalar_problem does not know the type % of a shape', v_type;
  end if;
  return case when not v_is_valid then coalesce(p_shape ->> 'expected_value', p_shape ->> 'expected') end;
end $$;
comment on function private.scalar_problem(jsonb, jsonb) is 'What was expected instead of a text, number or boolean, or null.';

create function private.busy_interval_problem(p_interval jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_from numeric;
  v_to numeric;
  v_unknown text;
begin
  if jsonb_typeof(p_interval) <> 'object' then
    return private.problem(p_path, 'Expected {start, end}');
  end if;
  v_from := case when jsonb_typeof(p_interval -> 'start') = 'string' then private.busy_instant(p_interval ->> 'start') end;
  v_to := case when jsonb_typeof(p_interval -> 'end') = 'string' then private.busy_instant(p_interval ->> 'end') end;
  if not coalesce(private.is_in_years(to_timestamp(v_from::double precision)), false) then
    return private.problem(p_path || '.start', private.expected_instant());
  elsif not coalesce(private.is_in_years(to_timestamp(v_to::double precision)), false) then
    return private.problem(p_path || '.end', private.expected_instant());
  elsif v_to < v_from then
    return private.problem(p_path || '.end', 'Expected an end after the start');
  elsif jsonb_typeof(p_interval -> 'tentative') <> 'boolean' then
    return private.problem(p_path || '.tentative', 'Expected true or false');
  elsif jsonb_typeof(p_interval -> 'timezone') <> 'string' or length(p_interval ->> 'timezone') > private.limit('timezone_characters') then
    return private.problem(p_path || '.timezone', 'Expected an IANA time zone, e.g. Europe/Paris');
  end if;
  select key into v_unknown
  from jsonb_object_keys(p_interval - array['start', 'end', 'tentative', 'timezone']) as key
  limit 1;
  return case when v_unknown is not null then
    private.problem(p_path || '.' || v_unknown, private.unknown_field_message('["start", "end", "tentative", "timezone"]'))
  end;
end $$;
comment on function private.busy_interval_problem(jsonb, text) is 'The first problem of an interval of busy time as {path, message}, or null.';

create function private.busy_problem(p_busy jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_usual constant text :=
    '^(197[1-9]|19[89][0-9]|20[0-9]{2}|21[0-9]{2})-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)'
    'T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])$';
  v_item jsonb;
  v_index integer;
  v_problem jsonb;
begin
  if jsonb_typeof(p_busy) <> 'array' then
    return private.problem(p_path, 'Expected a list of {start, end}');
  elsif jsonb_array_length(p_busy) > private.limit('busy') then
    return private.problem(p_path, format('Expected at most %s intervals', private.limit('busy')));
  end if;
  -- 40,000 intervals in one row are allowed: those in the usual form are recognized at once, and the others looked into.
  for v_item, v_index in
    select b.item, b.place - 1
    from jsonb_array_elements(p_busy) with ordinality as b (item, place)
    where not coalesce(
      case when jsonb_typeof(b.item) = 'object' then
        b.item - array['start', 'end', 'tentative'] = '{}'
        and coalesce(jsonb_typeof(b.item -> 'tentative') = 'boolean', true)
        and case when b.item ->> 'start' ~ v_usual and b.item ->> 'end' ~ v_usual then
          (b.item ->> 'start')::timestamptz <= (b.item ->> 'end')::timestamptz
        end
      end,
      false)
    order by b.place
  loop
    v_problem := private.busy_interval_problem(v_item, format('%s[%s]', p_path, v_index));
    exit when v_problem is not null;
  end loop;
  return v_problem;
end $$;
comment on function private.busy_problem(jsonb, text) is 'The first problem of a list of busy time as {path, message}, or null.';

create function private.days_list_problem(p_days jsonb, p_shape jsonb, p_path text) returns jsonb
language sql stable set search_path = '' as $$
select case
  when jsonb_typeof(p_days) <> 'array' then private.problem(p_path, p_shape ->> 'expected')
  when jsonb_array_length(p_days) > (p_shape ->> 'most')::integer then private.problem(p_path, format('Expected at most %s dates', p_shape ->> 'most'))
  else (
    select private.problem(format('%s[%s]', p_path, day.place - 1), p_shape ->> 'expected_item')
    from jsonb_array_elements(p_days) with ordinality as day (item, place)
    where jsonb_typeof(day.item) <> 'string' or not private.is_day(day.item #>> '{}')
    order by day.place
    limit 1
  )
end
$$;
comment on function private.days_list_problem(jsonb, jsonb, text) is 'The first problem of a list of dates as {path, message}, or null.';

create function private.list_problem(p_list jsonb, p_shape jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_item jsonb;
  v_index integer := 0;
  v_problem jsonb;
begin
  if jsonb_array_length(p_list) > (p_shape ->> 'most')::integer then
    return private.problem(p_path, p_shape ->> 'too_many');
  end if;
  for v_item in select value from jsonb_array_elements(p_list) loop
    v_problem := private.shape_problem(v_item, p_shape -> 'each', format('%s[%s]', p_path, v_index));
    if v_problem is not null then
      return v_problem;
    end if;
    v_index := v_index + 1;
  end loop;
  return case when v_index < (p_shape ->> 'least')::integer then private.problem(p_path, p_shape ->> 'too_few') end;
end $$;
comment on function private.list_problem(jsonb, jsonb, text) is 'The first problem of the items and the length of a list as {path, message}, or null.';

create function private.fields_problem(p_object jsonb, p_shape jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_field jsonb;
  v_path text;
  v_problem jsonb;
  v_unknown text;
begin
  for v_field in select value from jsonb_array_elements(p_shape -> 'fields') loop
    v_path := p_path || '.' || (v_field ->> 'name');
    if p_object ? (v_field ->> 'name') then
      v_problem := private.shape_problem(p_object -> (v_field ->> 'name'), v_field, v_path);
    elsif not v_field ? 'optional' then
      v_problem := private.problem(v_path, v_field ->> 'expected');
    end if;
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  select key into v_unknown
  from jsonb_object_keys(p_object - array(select jsonb_array_elements_text(p_shape -> 'names'))) as key
  limit 1;
  return case when v_unknown is not null then
    private.problem(p_path || '.' || v_unknown, private.unknown_field_message(p_shape -> 'names'))
  end;
end $$;
comment on function private.fields_problem(jsonb, jsonb, text) is 'The first problem of the fields of an object as {path, message}, or null.';

create function private.record_problem(p_object jsonb, p_shape jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_key text;
  v_value jsonb;
  v_message text;
  v_problem jsonb;
begin
  for v_key, v_value in select key, value from jsonb_each(p_object) loop
    v_message := private.scalar_problem(to_jsonb(v_key), p_shape -> 'key');
    v_problem := case
      when v_message is not null then private.problem(p_path || '.' || v_key, v_message)
      else private.shape_problem(v_value, p_shape -> 'each', p_path || '.' || v_key)
    end;
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return case when (select count(*) from jsonb_object_keys(p_object)) > (p_shape ->> 'most')::integer then
    private.problem(p_path, p_shape ->> 'expected_value')
  end;
end $$;
comment on function private.record_problem(jsonb, jsonb, text) is 'The first problem of an object whose keys are free, as {path, message}, or null.';

create function private.shape_problem(p_value jsonb, p_shape jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_type constant text := p_shape ->> 'type';
  v_json constant text := jsonb_typeof(p_value);
  v_message text;
  v_problem jsonb;
begin
  if v_json = 'null' and p_shape ? 'nullable' then
    return null;
  end if;
  case v_type
    when 'entry' then
      return private.shape_problem(p_value, p_shape -> case when v_json = 'object' and p_value ? 'any_of' then 'group' else 'person' end, p_path);
    when 'participant' then
      return case
        when v_json = 'object' then private.shape_problem(p_value, p_shape -> 'object', p_path)
        when v_json <> 'string' then private.problem(p_path, p_shape ->> 'expected')
        when not private.is_email(p_value #>> '{}') then private.problem(p_path, 'Expected an e-mail address')
      end;
    when 'busy' then
      return private.busy_problem(p_value, p_path);
    when 'days' then
      return private.days_list_problem(p_value, p_shape, p_path);
    when 'auto_reschedule' then
      return private.auto_reschedule_problem(p_value);
    when 'recurrence_line' then
      v_message := case when v_json <> 'string' then p_shape ->> 'expected' else private.recurrence_line_problem(p_value #>> '{}') end;
    when 'array' then
      if v_json <> 'array' then
        v_message := p_shape ->> 'expected';
      else
        v_problem := private.list_problem(p_value, p_shape, p_path);
      end if;
    when 'object' then
      if v_json <> 'object' then
        v_message := p_shape ->> 'expected';
      else
        v_problem := private.fields_problem(p_value, p_shape, p_path);
      end if;
    when 'record' then
      if v_json <> 'object' then
        v_message := p_shape ->> 'expected';
      else
        v_problem := private.record_problem(p_value, p_shape, p_path);
      end if;
    else
      v_message := private.scalar_problem(p_value, p_shape);
  end case;
  return case
    when v_message is not null then private.problem(p_path, v_message)
    when v_problem is not null then v_problem
    when p_shape ? 'whole' then private.whole_problem(p_value, p_shape, p_path)
  end;
end $$;
comment on function private.shape_problem(jsonb, jsonb, text) is
  'The first part of a JSON value that is not what its shape says, as {path, message}, or null.';

revoke all on function
  private.problem,
  private.unknown_field_message,
  private.number_fits,
  private.scalar_problem,
  private.busy_interval_problem,
  private.busy_problem,
  private.days_list_problem,
  private.list_problem,
  private.fields_problem,
  private.record_problem,
  private.shape_problem
from public, anon, authenticated, service_role;

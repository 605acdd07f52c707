-- The limits of rows that users insert or change over REST, beside meetings: too much fails the statement, because these
-- rows have no status that could name the field. Security definer: users have no rights in schema private. An adopted table
-- of tasks keeps its application's rules; task-events checks such a row when it uses it.
create function private.assignees_problem(p_assignees jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_item jsonb;
  v_path text;
  v_index integer := 0;
begin
  if jsonb_typeof(p_assignees) is distinct from 'array' then
    return jsonb_build_object('path', 'assignees', 'message', 'Expected a list');
  elsif jsonb_array_length(p_assignees) > private.limit('attendees') then
    return jsonb_build_object('path', 'assignees', 'message', format('Expected at most %s assignees', private.limit('attendees')));
  end if;
  for v_item in select value from jsonb_array_elements(p_assignees) loop
    v_path := format('assignees[%s]', v_index);
    v_index := v_index + 1;
    if jsonb_typeof(v_item) = 'object' and exists (
      select from jsonb_object_keys(case jsonb_typeof(v_item) when 'object' then v_item else '{}' end) as key
      where key <> all (case when v_item ? 'user_id' then array['user_id'] else array['email', 'name', 'optional'] end))
    then
      -- A field that nothing reads could hold megabytes.
      return jsonb_build_object('path', v_path, 'message', 'Expected an e-mail address, {email, name, optional} or {user_id}');
    elsif coalesce(jsonb_typeof(v_item -> 'name'), 'string') <> 'string' or coalesce(jsonb_typeof(v_item -> 'optional'), 'boolean') <> 'boolean' then
      return jsonb_build_object('path', v_path, 'message', 'Expected an e-mail address, {email, name, optional} or {user_id}');
    elsif length(v_item ->> 'name') > private.limit('name_characters') then
      return private.text_problem(v_item ->> 'name', v_path || '.name', 'name_characters');
    elsif jsonb_typeof(v_item) = 'object' and v_item ? 'user_id' then
      if coalesce(v_item ->> 'user_id', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        return jsonb_build_object('path', v_path || '.user_id', 'message', 'Expected a user id (UUID)');
      end if;
    elsif private.item_email(v_item) is null or not private.is_email(private.item_email(v_item)) then
      return jsonb_build_object(
        'path', v_path || case jsonb_typeof(v_item) when 'object' then '.email' else '' end, 'message', 'Expected an e-mail address');
    end if;
  end loop;
  return null;
end $$;
comment on function private.assignees_problem(jsonb) is 'The first problem of the assignees of a task as {path, message}, or null.';

create function private.tasks_check_limits() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb := coalesce(
    case
      when length(new.id) not between 1 and private.limit('task_id_characters') then
        jsonb_build_object('path', 'id', 'message', format('Expected 1 to %s characters', private.limit('task_id_characters')))
      when not private.is_in_years(new.start_date) then
        jsonb_build_object('path', 'start_date', 'message', private.expected_years())
      when not private.is_in_years(new.recurrence_ends::timestamp at time zone 'UTC') then
        jsonb_build_object('path', 'recurrence_ends', 'message', private.expected_years())
      when not private.is_in_years(new.deleted_at) then
        jsonb_build_object('path', 'deleted_at', 'message', private.expected_years())
    end,
    private.text_problem(new.title, 'title', 'title_characters'),
    private.description_problem(new.description),
    private.assignees_problem(new.assignees));
begin
  if v_problem is not null then
    perform private.refuse_value(v_problem);
  end if;
  return new;
end $$;
comment on function private.tasks_check_limits() is 'Trigger: refuses texts that are too long and years that are not accepted.';

do $$
begin
  if not private.is_adopted('tasks') then
    create trigger tasks_check_limits
      before insert or update on public.tasks
      for each row execute function private.tasks_check_limits();
  end if;
end $$;

-- Before notification_targets_keep_secret, in alphabetical order.
create function private.notification_targets_check_limits() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb := coalesce(
    private.text_problem(new.address, 'address', 'target_address_characters'),
    private.text_problem(new.signing_secret, 'signing_secret', 'signing_secret_characters'),
    case
      when array_ndims(new.events) > 1 then jsonb_build_object('path', 'events', 'message', 'Expected a list of event types')
      when cardinality(new.events) > private.limit('target_events') then
        jsonb_build_object('path', 'events', 'message', format('Expected at most %s items', private.limit('target_events')))
    end);
begin
  if v_problem is not null then
    perform private.refuse_value(v_problem);
  end if;
  return new;
end $$;
comment on function private.notification_targets_check_limits() is 'Trigger: refuses texts and lists that are too long.';

create trigger notification_targets_check_limits
  before insert or update on public.notification_targets
  for each row execute function private.notification_targets_check_limits();

-- Before sharing_check, in alphabetical order.
create function private.availability_sharing_check_limits() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_problem jsonb := coalesce(
    private.text_problem(new.grantee, 'grantee', 'email_characters'),
    case when not private.is_in_years(new.expires_at) then
      jsonb_build_object('path', 'expires_at', 'message', private.expected_years())
    end);
begin
  if v_problem is not null then
    perform private.refuse_value(v_problem);
  end if;
  return new;
end $$;
comment on function private.availability_sharing_check_limits() is
  'Trigger: refuses texts that are too long and years that are not accepted.';

create trigger availability_sharing_check_limits
  before insert or update on public.availability_sharing
  for each row execute function private.availability_sharing_check_limits();

revoke all on function
  private.assignees_problem, private.tasks_check_limits,
  private.notification_targets_check_limits,
  private.availability_sharing_check_limits
from public, anon, authenticated, service_role;

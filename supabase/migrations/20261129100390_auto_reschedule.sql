-- auto_reschedule: whether and how a meeting is moved to another time automatically (moves.sql). Meetings and the preferences of
-- organizers have it.

create function private.move_defaults() returns jsonb
language sql immutable set search_path = '' as $$
select jsonb '{"max_moves": 2, "freeze_hours": 20, "cooldown_minutes": 30, "approve": false, "window_days": 14}';
$$;
comment on function private.move_defaults() is 'What auto_reschedule has where its author names nothing; quorum is minimum_attendee_percentage of the meeting, or 100.';

create function private.whole_number_problem(p_object jsonb, p_key text, p_least integer, p_most integer) returns jsonb
language sql stable set search_path = '' as $$
select case
  when p_object -> p_key is null then null
  when jsonb_typeof(p_object -> p_key) <> 'number'
    or (p_object ->> p_key)::numeric not between p_least and p_most
    or (p_object ->> p_key)::numeric % 1 <> 0
  then jsonb_build_object('path', p_key, 'message', format('Expected a whole number from %s to %s', p_least, p_most))
end;
$$;
comment on function private.whole_number_problem(jsonb, text, integer, integer) is 'The problem of an optional field that has to be a whole number, as {path, message}, or null.';

create function private.auto_reschedule_problem(p_value jsonb) returns jsonb
language sql stable set search_path = '' as $$
select case when p.problem is not null then
  p.problem || jsonb_build_object('path', concat_ws('.', 'auto_reschedule', nullif(p.problem ->> 'path', '')))
end
from (
  select case jsonb_typeof(p_value)
    when 'boolean' then
      case when p_value = 'true' then jsonb '{"path": "", "message": "Expected false or an object with on"}' end
    when 'object' then coalesce(
      case when coalesce(p_value -> 'on' not in ('"required_declined"', '"quorum_lost"'), true) then
        jsonb '{"path": "on", "message": "Expected required_declined or quorum_lost"}'
      end,
      private.whole_number_problem(p_value, 'quorum', 1, 100),
      private.whole_number_problem(p_value, 'max_moves', 1, 20),
      private.whole_number_problem(p_value, 'freeze_hours', 0, 720),
      private.whole_number_problem(p_value, 'cooldown_minutes', 0, 10080),
      case when jsonb_typeof(p_value -> 'approve') <> 'boolean' then
        jsonb '{"path": "approve", "message": "Expected true or false"}'
      end,
      private.whole_number_problem(p_value, 'window_days', 1, 60),
      (
        select private.problem(
          key, private.unknown_field_message('["on", "quorum", "max_moves", "freeze_hours", "cooldown_minutes", "approve", "window_days"]'))
        from jsonb_object_keys(p_value) as key
        where key not in ('on', 'quorum', 'max_moves', 'freeze_hours', 'cooldown_minutes', 'approve', 'window_days')
        order by key
        limit 1
      ))
    when 'null' then null
    else case when p_value is not null then jsonb '{"path": "", "message": "Expected false or an object with on"}' end
  end as problem
) as p;
$$;
comment on function private.auto_reschedule_problem(jsonb) is
  'The first problem of auto_reschedule as {path, message}, or null. The rules are those of shared/schemas/auto_reschedule.ts.';

revoke all on function
  private.move_defaults,
  private.whole_number_problem,
  private.auto_reschedule_problem
from public, anon, authenticated, service_role;

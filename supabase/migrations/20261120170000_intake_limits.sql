-- What Google would refuse, or JavaScript could not read as an instant, is told at the door.

create or replace function private.slot_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select case
  when (p_meeting.starts_at is null) <> (p_meeting.ends_at is null) then
    jsonb_build_object(
      'path', case when p_meeting.starts_at is null then 'starts_at' else 'ends_at' end,
      'message', 'A slot needs both starts_at and ends_at')
  when p_meeting.starts_at not between '1970-01-01T00:00:00Z' and '9999-01-01T00:00:00Z' then
    jsonb_build_object('path', 'starts_at', 'message', 'Expected an instant from 1970 to 9998')
  when p_meeting.ends_at not between '1970-01-01T00:00:00Z' and '9999-01-01T00:00:00Z' then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an instant from 1970 to 9998')
  when p_meeting.ends_at <= p_meeting.starts_at then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an end after the start')
  when p_meeting.timezone is not null and not private.is_timezone(p_meeting.timezone) then
    jsonb_build_object('path', 'timezone', 'message', 'Expected an IANA time zone, e.g. Europe/Paris')
end
$$;

create or replace function private.meeting_problem(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  case
    when length(p_meeting.meeting_id) not between 1 and 200 then
      jsonb_build_object('path', 'meeting_id', 'message', 'Expected 1 to 200 characters')
    when length(p_meeting.title) > 1000 then
      jsonb_build_object('path', 'title', 'message', 'Expected at most 1000 characters')
    when length(p_meeting.description) > 8000 then
      jsonb_build_object('path', 'description', 'message', 'Expected at most 8000 characters')
    when length(p_meeting.location) > 1000 then
      jsonb_build_object('path', 'location', 'message', 'Expected at most 1000 characters')
    when p_meeting.conference not in ('meet', 'none') then
      jsonb_build_object('path', 'conference', 'message', 'Expected meet or none')
    when length(p_meeting.target_calendar_id) not between 1 and 300 or p_meeting.target_calendar_id in ('.', '..') then
      jsonb_build_object('path', 'target_calendar_id', 'message', 'Expected the id of a calendar, or primary')
    when jsonb_typeof(p_meeting.constraints) <> 'object' then
      jsonb_build_object('path', 'constraints', 'message', 'Expected an object')
  end,
  private.participants_problem(p_meeting.participants),
  private.reminders_problem(p_meeting.reminders),
  private.slot_problem(p_meeting)
)
$$;

-- The doorbell carries the row without its candidates: with 200 participants they alone are larger than
-- what a function reads of a body, and whoever is woken reads the row afresh.
create or replace function private.meetings_wake() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.wake(
    tg_argv[0],
    jsonb_build_object(
      'type', tg_op,
      'table', tg_table_name,
      'schema', tg_table_schema,
      'record', to_jsonb(new) - 'candidates',
      'old_record', case when tg_op = 'UPDATE' then to_jsonb(old) - 'candidates' end
    )
  );
  return null;
end $$;

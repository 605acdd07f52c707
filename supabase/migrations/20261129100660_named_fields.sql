-- What a change names is stored when it is asked for. A difference that is computed later could not tell a field that a
-- change named with its old value from one that it left alone, and people's edits of the first lose, those of the second win.

create function private.guest_changes(p_before jsonb, p_after jsonb) returns jsonb
language sql stable set search_path = '' as $$
with listed as (
  select
    list.name, lower(case jsonb_typeof(item.value) when 'string' then item.value #>> '{}' else item.value ->> 'email' end) as email,
    jsonb_build_array(
      case when jsonb_typeof(item.value) = 'object' then item.value ->> 'name' end,
      coalesce(case when jsonb_typeof(item.value) = 'object' then item.value ->> 'type' end, 'required')) as description
  from (values ('before', p_before), ('after', p_after)) as list (name, items)
  cross join lateral jsonb_array_elements(private.meeting_people(list.items)) as item
), guests as (
  select
    l.email,
    min(l.description::text) filter (where l.name = 'before') as before,
    min(l.description::text) filter (where l.name = 'after') as after
  from listed as l
  where l.email is not null
  group by l.email
)
select jsonb_object_agg(
  g.email, case when g.before is null then 'added' when g.after is null then 'removed' else 'changed' end)
from guests as g
where g.before is distinct from g.after;
$$;
comment on function private.guest_changes(jsonb, jsonb) is
  'Guests that differ between two participants lists: {address: added | removed | changed}; null: none.';

create function private.with_named_fields(
  p_known jsonb, p_fields text[], p_guests jsonb, p_version integer, p_written_version integer
) returns jsonb
language sql stable set search_path = '' as $$
select p_known
  || coalesce((select jsonb_object_agg(field, p_version) from unnest(p_fields) as field), '{}')
  || case
    when p_guests is null then '{}'
    else jsonb_build_object(
      'guests',
      coalesce(
        (
          select jsonb_object_agg(known.key, known.value)
          from jsonb_each(p_known -> 'guests') as known
          where (known.value ->> 'version')::integer > p_written_version
        ),
        '{}')
      || (
        select jsonb_object_agg(
          guest.key,
          jsonb_build_object(
            'version', p_version,
            'change', case
              -- The invitation is not written yet.
              when guest.value = 'changed' and p_known #>> array['guests', guest.key, 'change'] = 'added'
                and (p_known #>> array['guests', guest.key, 'version'])::integer > p_written_version
              then 'added'
              else guest.value
            end))
        from jsonb_each_text(p_guests) as guest
      ))
  end;
$$;
comment on function private.with_named_fields(jsonb, text[], jsonb, integer, integer) is
  'named_fields with what one more change names; p_guests as private.guest_changes. Guests up to the written version are left out.';

create function private.fields_that_differ(p_before public.meetings, p_after public.meetings) returns text[]
language sql immutable set search_path = '' as $$
select array_remove(
  array[
    case when p_after.title is distinct from p_before.title then 'title' end,
    case when p_after.description is distinct from p_before.description then 'description' end,
    case when p_after.location is distinct from p_before.location then 'location' end,
    case when (p_after.starts_at, p_after.ends_at) is distinct from (p_before.starts_at, p_before.ends_at) then 'time' end,
    case when p_after.timezone is distinct from p_before.timezone then 'zone' end,
    case when p_after.recurrence is distinct from p_before.recurrence then 'recurrence' end,
    case when p_after.conference is distinct from p_before.conference then 'conference' end,
    case when p_after.reminders is distinct from p_before.reminders then 'reminders' end,
    case when p_after.guests_can_modify is distinct from p_before.guests_can_modify then 'guests_can_modify' end,
    case when p_after.guests_can_invite_others is distinct from p_before.guests_can_invite_others then 'guests_can_invite_others' end,
    case when p_after.guests_can_see_other_guests is distinct from p_before.guests_can_see_other_guests then 'guests_can_see_other_guests' end
  ],
  null);
$$;
comment on function private.fields_that_differ(public.meetings, public.meetings) is 'Fields of the event, guests aside, in which two states of a meeting differ.';

create function private.name_fields(p_meeting public.meetings, p_fields text[]) returns void
language sql volatile set search_path = '' as $$
insert into private.event_state as es (kind, subject_id, named_fields)
values (
  'meeting', p_meeting.meeting_id,
  private.with_named_fields('{}', p_fields, null, p_meeting.desired_version + 1, p_meeting.written_version))
on conflict (kind, subject_id) do update
set named_fields = es.named_fields || excluded.named_fields;
$$;
comment on function private.name_fields(public.meetings, text[]) is
  'Stores that the next version of a meeting names fields, also those whose value it leaves as it is.';

create function private.meetings_name_fields() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Convene's own updates name their fields themselves, or bring what people changed on Google.
  if current_setting('convene.is_storing', true) = 'true' then
    return null;
  end if;
  insert into private.event_state as es (kind, subject_id, named_fields)
  select 'meeting', c.meeting_id, private.with_named_fields(coalesce(known.named_fields, '{}'), c.fields, c.guests, c.version, c.written_version)
  from (
    select
      n.meeting_id, n.written_version, greatest(n.desired_version, o.desired_version + 1) as version,
      private.fields_that_differ(o, n) as fields,
      case when n.participants is distinct from o.participants then private.guest_changes(o.participants, n.participants) end as guests
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    -- Without a slot nothing is written, and an insert writes every field.
    where o.starts_at is not null
  ) as c
  left join private.event_state as known on known.kind = 'meeting' and known.subject_id = c.meeting_id
  where c.fields <> '{}' or c.guests is not null
  order by c.meeting_id
  on conflict (kind, subject_id) do update
  set named_fields = excluded.named_fields;
  return null;
end $$;
comment on function private.meetings_name_fields() is
  'Trigger: stores what an UPDATE names, for the next version. Updates with convene.is_storing = true name nothing.';

create trigger meetings_name_fields
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement execute function private.meetings_name_fields();

revoke all on function
  private.guest_changes, private.with_named_fields, private.fields_that_differ, private.name_fields, private.meetings_name_fields
from public, anon, authenticated, service_role;

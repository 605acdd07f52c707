select private.set_aside('meetings');

create table public.meetings (
  meeting_id text primary key default gen_random_uuid()::text,
  organizer_user_id uuid default auth.uid() references auth.users (id) on delete set null,
  title text,
  description text,
  location text,
  description_details text,
  locale text,
  participants jsonb not null default '[]',
  constraints jsonb not null default '{}',
  recurrence text[],
  weights jsonb,
  allow_concessions boolean not null default false,
  auto_reschedule jsonb,
  on_conflict text not null default 'warn',
  conference text not null default 'meet',
  reminders jsonb,
  guests_can_modify boolean not null default false,
  guests_can_invite_others boolean not null default true,
  guests_can_see_other_guests boolean not null default true,
  target_calendar_id text not null default 'primary',

  starts_at timestamptz,
  ends_at timestamptz,
  timezone text,
  score numeric(4, 1) check (score between 0 and 100),
  reasoning text,
  candidates jsonb not null default '[]',
  scheduled_at timestamptz,

  scheduling_status text not null default 'pending'
    check (scheduling_status in ('pending', 'retrying', 'scheduled', 'failed')),
  scheduling_error text,
  scheduling_reason text,
  scheduling_details jsonb,

  google_event_id text,
  google_calendar_id text not null default 'primary',
  writeback_status text check (writeback_status in ('pending', 'created', 'failed', 'retrying')),
  writeback_error text,
  writeback_attempted_at timestamptz,
  writeback_succeeded_at timestamptz,
  writeback_retry_count integer not null default 0,
  google_event_link text,

  desired_version integer not null default 1,
  written_version integer not null default 0,
  event_key uuid not null unique default gen_random_uuid(),
  event_generation integer not null default 1,
  meet_link text,
  meet_link_error text,
  cancelled_at timestamptz,
  cancelled_in_google_at timestamptz,
  organizer_email text,
  organizer_display_name text,
  organizer_self boolean,
  attendees jsonb not null default '[]',

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.meetings is
  'One row for each meeting: the request, the slot that was chosen, and its event on Google Calendar.';
comment on column public.meetings.organizer_user_id is 'The user who organizes; null after that user was deleted.';
comment on column public.meetings.title is 'Title of the event; at most 1000 characters.';
comment on column public.meetings.description is 'Description of the event; at most 8192 characters, counted after escaping & < >.';
comment on column public.meetings.location is 'Location of the event; at most 1000 characters.';
comment on column public.meetings.description_details is
  'What the description of the event says of how the time was found: summary, none (only the description) or full (also facts '
  'about named people). The setting of that name where a new row has none; null, of an adopted row: summary.';
comment on column public.meetings.locale is
  'Language of the texts for people, as BCP 47: en, de, and either with a region. en where a new row has none; null, of an '
  'adopted row: en.';
comment on column public.meetings.guests_can_modify is 'Whether guests may change the event.';
comment on column public.meetings.guests_can_invite_others is 'Whether guests may invite others.';
comment on column public.meetings.guests_can_see_other_guests is 'Whether guests see who else is invited.';
comment on column public.meetings.starts_at is 'Start of the slot; null until one is chosen.';
comment on column public.meetings.ends_at is 'End of the slot; null until one is chosen.';
comment on column public.meetings.timezone is 'IANA time zone of the event.';
comment on column public.meetings.score is 'Score of the chosen slot, 0 to 100; null for a slot that the caller gave.';
comment on column public.meetings.reasoning is 'Why the slot was chosen, as sentences.';
comment on column public.meetings.candidates is
  'The chosen slot and its alternatives, best first, as schedule returned them.';
comment on column public.meetings.scheduled_at is 'When the slot was chosen or given.';
comment on column public.meetings.scheduling_status is 'pending, retrying, scheduled or failed.';
comment on column public.meetings.scheduling_details is 'Further fields of the response of schedule.';
comment on column public.meetings.meet_link is 'Link to the Google Meet conference.';
comment on column public.meetings.cancelled_at is 'When the meeting was cancelled; final.';
comment on column public.meetings.cancelled_in_google_at is
  'When Convene saw that people deleted the event in Google Calendar; null again when they restore it. No guest is invited again automatically.';
comment on column public.meetings.organizer_email is 'Organizer of the event, as Google last reported.';
comment on column public.meetings.organizer_display_name is 'Name of that organizer, as Google last reported.';
comment on column public.meetings.created_at is 'When the row was inserted.';
comment on column public.meetings.updated_at is 'When the row last changed.';
comment on column public.meetings.meeting_id is 'Chosen by the caller (1 to 200 characters), otherwise generated.';
comment on column public.meetings.participants is
  '1 to 200 of: an e-mail address, or {email, name, type: required|optional|resource, timezone, calendar_ids, '
  'open_hours, buffer, busy}.';
comment on column public.meetings.constraints is
  '{duration_minutes, earliest_date, latest_date, working_hours_start, working_hours_end, allowed_days, '
  'buffer_minutes, timezone, ...}';
comment on column public.meetings.recurrence is 'RFC 5545 lines (RRULE, RDATE, EXDATE), as Google accepts them.';
comment on column public.meetings.conference is 'meet or none.';
comment on column public.meetings.reminders is
  '[{method: email|popup, minutes: 0 to 40320}], at most 5; null is an e-mail one day before and a popup 30 minutes '
  'before.';
comment on column public.meetings.target_calendar_id is
  'The requested calendar; copied to google_calendar_id at the first attempt and not used afterwards.';
comment on column public.meetings.scheduling_error is 'Error code of the search, e.g. invalid_request or no_common_slot.';
comment on column public.meetings.scheduling_reason is 'The error as a sentence, with what would change it.';
comment on column public.meetings.google_event_id is 'Google event id after a successful write-back.';
comment on column public.meetings.google_calendar_id is 'Calendar that holds the event (default primary).';
comment on column public.meetings.writeback_status is
  'NULL until a slot exists, then pending, retrying, created (final) or failed.';
comment on column public.meetings.writeback_error is 'Last error: code, colon, sentence.';
comment on column public.meetings.writeback_attempted_at is 'When the last attempt began.';
comment on column public.meetings.writeback_succeeded_at is 'When the event was known to exist.';
comment on column public.meetings.writeback_retry_count is 'Failed attempts; 0 when the first one succeeded.';
comment on column public.meetings.google_event_link is 'Link to the event on Google Calendar.';
comment on column public.meetings.desired_version is 'Grows with every change that the event must show.';
comment on column public.meetings.written_version is 'The version that the event on Google shows.';
comment on column public.meetings.event_key is 'Random; the Google event id is derived from it and event_generation.';
comment on column public.meetings.event_generation is
  'Grows when the event of the former id was deleted on Google: a used id stays taken there.';
comment on column public.meetings.organizer_self is
  'True only if Google reports it, false when another organizer is named, null when unknown.';
comment on column public.meetings.attendees is 'Guests as Google last reported them: [{email, displayName, responseStatus, ...}].';
comment on column public.meetings.meet_link_error is 'Why there is no Meet link: code, colon, sentence.';
comment on column public.meetings.weights is
  '{availability, preference, conflict_proximity, fragmentation, optimization}: points, 100 in all; null is 35, 25, '
  '20, 15, 5.';
comment on column public.meetings.allow_concessions is
  'Whether a slot with concessions (fewer people, smaller buffers, less time) may be taken where nothing fits everyone.';
comment on column public.meetings.on_conflict is
  'What becomes of the meeting when another event takes the time of its organizer: warn (status shows it), reschedule (it moves) or ignore.';
comment on column public.meetings.auto_reschedule is
  'Whether the meeting is moved automatically when required people decline: {on: required_declined|quorum_lost, quorum, max_moves, freeze_hours, '
  'cooldown_minutes, approve, window_days}; false: never; null: the setting of its organizer (scheduling_preferences).';

create index idx_meetings_organizer on public.meetings (organizer_user_id, created_at desc, meeting_id);
create index idx_meetings_writeback_status on public.meetings (writeback_status)
  where writeback_status in ('pending', 'retrying', 'failed');
create index idx_meetings_open on public.meetings (organizer_user_id, ends_at)
  where google_event_id is not null and cancelled_at is null;
create index idx_meetings_open_series on public.meetings (organizer_user_id)
  where google_event_id is not null and cancelled_at is null and recurrence is not null;
-- private.failed_work reads only these, however many meetings there are.
create index idx_meetings_failed on public.meetings (meeting_id)
  where scheduling_status = 'failed' or writeback_status = 'failed' or writeback_error is not null or meet_link_error is not null;
create index idx_meetings_google_event_id on public.meetings (google_event_id)
  where google_event_id is not null;

alter table public.meetings enable row level security;

create policy "organizers read their meetings" on public.meetings
  for select to authenticated
  using (organizer_user_id = (select auth.uid()));

create policy "organizers insert their meetings" on public.meetings
  for insert to authenticated
  with check (organizer_user_id = (select auth.uid()));

revoke all on public.meetings from public, anon, authenticated, service_role;

do $$
begin
  if 'written_version' = any (private.complete_adopted('meetings')) then
    -- The event of an existing row shows its values. An UPDATE would fire the application's triggers.
    alter table public.meetings alter column written_version type integer
      using case when writeback_status = 'created' then desired_version else written_version end;
  end if;
end $$;

-- An item of participants is an address, an object, or a group: {any_of: [addresses or objects], count, name, type, chosen}.
create function private.is_group(p_item jsonb) returns boolean
language sql immutable set search_path = ''
return coalesce(jsonb_typeof(p_item -> 'any_of') = 'array', false);
comment on function private.is_group(jsonb) is 'Whether an item of participants is a group of people or rooms of whom some take part.';

create function private.item_email(p_item jsonb) returns text
language sql immutable set search_path = ''
return lower(case jsonb_typeof(p_item) when 'string' then p_item #>> '{}' when 'object' then p_item ->> 'email' end);
comment on function private.item_email(jsonb) is 'The address of a participant, in lower case; null for anything else.';

create function private.group_type(p_group jsonb) returns text
language sql immutable set search_path = '' as $$
select coalesce(p_group ->> 'type', case when bool_and(coalesce(
  case jsonb_typeof(member) when 'object' then member ->> 'type' end = 'resource', false)) then 'resource' else 'required' end)
from jsonb_array_elements(p_group -> 'any_of') as member;
$$;
comment on function private.group_type(jsonb) is 'required, optional or resource: what the members of a group are.';

create function private.group_count(p_group jsonb) returns integer
language sql immutable set search_path = ''
return case
  when jsonb_typeof(p_group -> 'count') = 'number' then least(greatest(floor((p_group ->> 'count')::numeric), 0), 1000)::integer
  else 1
end;
comment on function private.group_count(jsonb) is 'How many members of a group take part.';

create function private.chosen_emails(p_group jsonb) returns setof text
language sql immutable set search_path = '' as $$
select private.item_email(item)
from jsonb_array_elements(case when jsonb_typeof(p_group -> 'chosen') = 'array' then p_group -> 'chosen' else '[]' end) as item
where jsonb_typeof(item) = 'string'
$$;
comment on function private.chosen_emails(jsonb) is 'Addresses of the chosen members of a group, in lower case.';

create function private.meeting_people(p_participants jsonb) returns jsonb
language sql stable set search_path = '' as $$
select case
  when jsonb_typeof(p_participants) is distinct from 'array' then '[]'
  when not jsonb_path_exists(p_participants, '$[*].any_of') then p_participants
  else (
    select coalesce(jsonb_agg(person.item order by entry.place, person.place), '[]')
    from jsonb_array_elements(p_participants) with ordinality as entry (item, place)
    cross join lateral (
      select entry.item, 0::bigint
      where not private.is_group(entry.item)
      union all
      select
        case jsonb_typeof(member.item) when 'object' then member.item else jsonb_build_object('email', member.item) end
          || jsonb_build_object('type', private.group_type(entry.item)),
        member.place
      from jsonb_array_elements(case when private.is_group(entry.item) then entry.item -> 'any_of' else '[]' end)
        with ordinality as member (item, place)
      where private.item_email(member.item) in (select private.chosen_emails(entry.item))
    ) as person (item, place))
end
$$;
comment on function private.meeting_people(jsonb) is
  'The people of a meeting: its participants, and the chosen members of groups, in the order of the list (shared/schemas/people.ts has '
  'the same function). All code that reads guests uses one of both.';

create function private.participant_emails(p_participants jsonb) returns setof text
language sql stable set search_path = '' as $$
select private.item_email(item)
from jsonb_array_elements(private.meeting_people(p_participants)) as item
where jsonb_typeof(item) in ('string', 'object')
$$;
comment on function private.participant_emails is 'Addresses of the people of a meeting, in lower case.';

create function private.named_people(p_participants jsonb) returns setof jsonb
language sql immutable set search_path = '' as $$
select named.item
from jsonb_array_elements(case when jsonb_typeof(p_participants) = 'array' then p_participants else '[]' end) as entry
cross join lateral (
  select entry where not private.is_group(entry)
  union all
  select member from jsonb_array_elements(case when private.is_group(entry) then entry -> 'any_of' else '[]' end) as member
) as named (item)
$$;
comment on function private.named_people(jsonb) is 'All whom a participants list names, with every member of its groups: whose time a search reads.';

create function private.keep_choices(p_participants jsonb, p_before jsonb) returns jsonb
language sql stable set search_path = '' as $$
select case
  when jsonb_typeof(p_participants) is distinct from 'array' or not jsonb_path_exists(p_participants, '$[*].any_of') then p_participants
  else (
    select jsonb_agg(
      case
        when private.is_group(entry.item) and not entry.item ? 'chosen' and kept.chosen is not null
        then entry.item || jsonb_build_object('chosen', kept.chosen)
        else entry.item
      end
      order by entry.place)
    from jsonb_array_elements(p_participants) with ordinality as entry (item, place)
    cross join lateral (
      select jsonb_agg(found.email order by found.place) as chosen
      from (
        select case jsonb_typeof(member.item) when 'object' then member.item ->> 'email' else member.item #>> '{}' end as email, member.place
        from jsonb_array_elements(case when private.is_group(entry.item) then entry.item -> 'any_of' else '[]' end)
          with ordinality as member (item, place)
        where private.item_email(member.item) in (select private.participant_emails(p_before))
        order by member.place
        limit private.group_count(entry.item)
      ) as found
    ) as kept)
end
$$;
comment on function private.keep_choices(jsonb, jsonb) is
  'A participants list in which groups that do not say who is chosen keep the members who were people of the list before.';

create function private.with_choices(p_participants jsonb, p_choices jsonb) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_agg(
  case
    when choice.item is null then entry.item
    else entry.item || jsonb_build_object('chosen', choice.item -> 'chosen')
  end
  order by entry.place)
from (
  select
    listed.item, listed.place,
    case when private.is_group(listed.item) then count(*) filter (where private.is_group(listed.item)) over (order by listed.place) - 1 end as index
  from jsonb_array_elements(p_participants) with ordinality as listed (item, place)
) as entry
left join lateral (
  select c.item from jsonb_array_elements(p_choices) as c (item) where (c.item ->> 'index')::integer = entry.index
) as choice on true
$$;
comment on function private.with_choices(jsonb, jsonb) is
  'A participants list with who was chosen of its groups: [{index (of the group, from 0), chosen: [address]}].';

create function private.meetings_keep_choices() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.participants := private.keep_choices(new.participants, old.participants);
  return new;
end $$;
comment on function private.meetings_keep_choices() is 'Trigger: a group that a change names again keeps its members, until a search chooses others.';

create trigger meetings_keep_choices
  before update of participants on public.meetings
  for each row when (new.participants is distinct from old.participants)
  execute function private.meetings_keep_choices();

create function private.has_open_meetings(p_user_id uuid, p_count integer) returns boolean
language sql stable set search_path = '' as $$
select count(*) >= p_count
from (
  -- Two conditions, each of which an index answers without reading what is over.
  select
  from public.meetings as m
  where m.organizer_user_id = p_user_id and m.google_event_id is not null and m.cancelled_at is null and m.ends_at > now()
  union all
  select
  from public.meetings as m
  where m.organizer_user_id = p_user_id and m.google_event_id is not null and m.cancelled_at is null
    and m.recurrence is not null and m.ends_at <= now()
  limit p_count
) as open;
$$;
comment on function private.has_open_meetings(uuid, integer) is
  'Whether a user organizes at least p_count meetings that have an event and are neither cancelled nor over. A series is not over.';

create function private.meetings_touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
comment on function private.meetings_touch is 'Trigger: sets updated_at.';

create trigger meetings_touch
  before update on public.meetings
  for each row execute function private.meetings_touch();

revoke all on function
  private.is_group,
  private.item_email,
  private.group_type,
  private.group_count,
  private.chosen_emails,
  private.meeting_people,
  private.named_people,
  private.keep_choices,
  private.with_choices,
  private.meetings_keep_choices,
  private.participant_emails,
  private.has_open_meetings,
  private.meetings_touch
from public, anon, authenticated, service_role;

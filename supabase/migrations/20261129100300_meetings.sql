select private.set_aside('meetings');

create table public.meetings (
  meeting_id text primary key default gen_random_uuid()::text,
  organizer_user_id uuid default auth.uid() references auth.users (id) on delete set null,
  title text,
  description text,
  location text,
  participants jsonb not null default '[]',
  constraints jsonb not null default '{}',
  recurrence text[],
  weights jsonb,
  allow_concessions boolean not null default false,
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
comment on column public.meetings.description is 'Description of the event; at most 8000 characters.';
comment on column public.meetings.location is 'Location of the event; at most 1000 characters.';
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

create index idx_meetings_organizer on public.meetings (organizer_user_id, created_at desc, meeting_id);
create index idx_meetings_writeback_status on public.meetings (writeback_status)
  where writeback_status in ('pending', 'retrying', 'failed');
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

create function private.participant_emails(p_participants jsonb) returns setof text
language sql immutable set search_path = '' as $$
select lower(case jsonb_typeof(item) when 'string' then item #>> '{}' else item ->> 'email' end)
from jsonb_array_elements(case when jsonb_typeof(p_participants) = 'array' then p_participants else '[]' end) as item
where jsonb_typeof(item) in ('string', 'object')
$$;
comment on function private.participant_emails is 'Addresses of a participants list, in lower case.';

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
  private.participant_emails,
  private.meetings_touch
from public, anon, authenticated, service_role;

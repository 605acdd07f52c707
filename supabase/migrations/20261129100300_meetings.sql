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
  'One row is one meeting: what is wanted, the slot that was chosen, and what became of it on Google Calendar.';
comment on column public.meetings.meeting_id is 'Chosen by the caller (1 to 200 characters), else generated.';
comment on column public.meetings.participants is
  'At most 200: an e-mail address, or {email, name, type: required|optional|resource, timezone, calendar_ids, open_hours, buffer, busy}.';
comment on column public.meetings.constraints is
  '{duration_minutes, earliest_date, latest_date, working_hours_start, working_hours_end, allowed_days, buffer_minutes, timezone, ...}';
comment on column public.meetings.recurrence is 'RFC 5545 lines (RRULE, RDATE, EXDATE), as Google takes them.';
comment on column public.meetings.conference is 'meet or none.';
comment on column public.meetings.reminders is
  '[{method: email|popup, minutes: 0 to 40320}], at most 5; null is an e-mail a day and a popup half an hour before.';
comment on column public.meetings.target_calendar_id is
  'The calendar the organizer wants; frozen into google_calendar_id at the first attempt.';
comment on column public.meetings.scheduling_error is 'Code of the refusal, e.g. invalid_request or no_common_slot.';
comment on column public.meetings.scheduling_reason is 'The same as a sentence, with what would change it.';
comment on column public.meetings.google_event_id is 'Google event id after a successful write-back.';
comment on column public.meetings.google_calendar_id is 'Calendar that holds the event (default primary).';
comment on column public.meetings.writeback_status is
  'NULL until a slot exists, then pending, retrying, created (final) or failed.';
comment on column public.meetings.writeback_error is 'What went wrong last: code, colon, sentence.';
comment on column public.meetings.writeback_attempted_at is 'When the last attempt began.';
comment on column public.meetings.writeback_succeeded_at is 'When the event was known to exist.';
comment on column public.meetings.writeback_retry_count is 'Failed attempts; 0 when the first one succeeded.';
comment on column public.meetings.google_event_link is 'Link to the event on Google Calendar.';
comment on column public.meetings.desired_version is 'Grows with every change that the event must show.';
comment on column public.meetings.written_version is 'The version that the event on Google shows.';
comment on column public.meetings.event_key is 'Random; the Google event id is made from it and event_generation.';
comment on column public.meetings.event_generation is
  'Grows when the event of the former id was deleted on Google: a used id stays taken there.';
comment on column public.meetings.organizer_self is
  'True only if Google says so, false when another organizer is named, null when unknown.';
comment on column public.meetings.attendees is 'As Google last answered: [{email, displayName, responseStatus, ...}].';
comment on column public.meetings.meet_link_error is 'Why there is no Meet link: code, colon, sentence.';
comment on column public.meetings.weights is
  '{availability, preference, conflict_proximity, fragmentation, optimization}: points, 100 in all; null is 35, 25, 20, 15, 5.';
comment on column public.meetings.allow_concessions is
  'Take a slot that asks for concessions (fewer people, smaller buffers, less time) where nothing fits everyone.';

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

create function private.participant_emails(p_participants jsonb) returns setof text
language sql immutable set search_path = '' as $$
select lower(case jsonb_typeof(item) when 'string' then item #>> '{}' else item ->> 'email' end)
from jsonb_array_elements(case when jsonb_typeof(p_participants) = 'array' then p_participants else '[]' end) as item
where jsonb_typeof(item) in ('string', 'object')
$$;

create function private.meetings_touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

create trigger meetings_touch
  before update on public.meetings
  for each row execute function private.meetings_touch();

revoke all on public.meetings from public, anon, authenticated, service_role;
revoke all on function
  private.participant_emails,
  private.meetings_touch
from public, anon, authenticated, service_role;

create table if not exists public.task_calendar_events (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  task_id text references public.tasks (id) on delete set null,
  calendar_id text not null default 'primary',
  calendar_event_id text not null,
  created_at timestamptz not null default now()
);

-- A project that has such a table already keeps its rows; whatever it lacks is added here.
alter table public.task_calendar_events
  add column if not exists event_link text,
  add column if not exists event_start timestamptz,
  add column if not exists event_end timestamptz,
  add column if not exists event_title text,
  add column if not exists timezone text,
  add column if not exists is_all_day boolean not null default false,
  add column if not exists organizer_email text,
  add column if not exists organizer_display_name text,
  add column if not exists organizer_self boolean,
  add column if not exists attendees jsonb default '[]',
  add column if not exists recurrence_rule text,
  add column if not exists is_master_event boolean default false,
  add column if not exists recurrence_master_id text,
  add column if not exists recurrence_instance_date date,
  add column if not exists original_start_time text,
  add column if not exists is_exception boolean default false,
  add column if not exists exception_type text,
  add column if not exists series_update_scope text,
  add column if not exists sync_status text not null default 'synced',
  add column if not exists sync_source text default 'convene',
  add column if not exists sync_error text,
  add column if not exists last_synced_at timestamptz,
  add column if not exists etag text,
  add column if not exists deleted_at timestamptz,
  add column if not exists updated_at timestamptz default now(),
  add column if not exists event_key uuid not null default gen_random_uuid(),
  add column if not exists event_generation integer not null default 1;

-- Only now: rows of before say nothing about their organizer, so theirs stays NULL (unknown).
alter table public.task_calendar_events alter column organizer_self set default true;

comment on table public.task_calendar_events is
  'One row is one event of a user on Google Calendar: whose it is, who is invited, how they responded. Deleted events '
  'keep their row.';
comment on column public.task_calendar_events.id is 'Id of the row.';
comment on column public.task_calendar_events.user_id is 'The user on whose calendar the event is.';
comment on column public.task_calendar_events.task_id is
  'The task that the event stands for; null for an event that is only followed.';
comment on column public.task_calendar_events.calendar_id is 'The calendar that holds the event (default primary).';
comment on column public.task_calendar_events.created_at is 'When the row was inserted.';
comment on column public.task_calendar_events.event_link is 'Link to the event on Google Calendar.';
comment on column public.task_calendar_events.event_start is 'Start of the event.';
comment on column public.task_calendar_events.event_end is 'End of the event.';
comment on column public.task_calendar_events.event_title is 'Title of the event.';
comment on column public.task_calendar_events.timezone is 'IANA time zone of the event.';
comment on column public.task_calendar_events.is_all_day is 'Whether the event lasts whole days.';
comment on column public.task_calendar_events.organizer_email is 'Organizer, as Google last reported.';
comment on column public.task_calendar_events.organizer_display_name is
  'Name of the organizer, as Google last reported.';
comment on column public.task_calendar_events.is_master_event is 'Whether the row is a series.';
comment on column public.task_calendar_events.is_exception is 'Whether the row is a changed occurrence of a series.';
comment on column public.task_calendar_events.sync_error is 'Code of the last error.';
comment on column public.task_calendar_events.last_synced_at is
  'When the event was last read from Google or written there.';
comment on column public.task_calendar_events.etag is 'ETag of the event that was last seen.';
comment on column public.task_calendar_events.deleted_at is 'When the event was deleted; the row stays.';
comment on column public.task_calendar_events.updated_at is 'When the row last changed.';
comment on column public.task_calendar_events.event_generation is
  'Grows when the event of the former id was deleted on Google: a used id stays taken there.';
comment on column public.task_calendar_events.calendar_event_id is 'Google event id; of events made here decided before the first request.';
comment on column public.task_calendar_events.organizer_self is
  'True only if Google reports that this calendar organizes, false when another organizer is named, null when unknown.';
comment on column public.task_calendar_events.attendees is
  'Guests as Google last reported them: [{email, displayName, organizer, self, optional, resource, responseStatus, '
  'comment, additionalGuests}].';
comment on column public.task_calendar_events.recurrence_rule is 'The RFC 5545 lines of a series, separated by line breaks.';
comment on column public.task_calendar_events.recurrence_master_id is 'Of a changed occurrence: calendar_event_id of its series.';
comment on column public.task_calendar_events.recurrence_instance_date is 'The original day of this occurrence, in the time zone of the series.';
comment on column public.task_calendar_events.original_start_time is 'The original start as Google writes it: an RFC 3339 instant, or a date.';
comment on column public.task_calendar_events.exception_type is 'moved, modified or cancelled.';
comment on column public.task_calendar_events.series_update_scope is 'Scope of the last change: single, all or future.';
comment on column public.task_calendar_events.sync_status is 'pending (not written yet), synced (on Google; the default, also of rows that an application upserts), failed or cancelled.';
comment on column public.task_calendar_events.sync_source is 'convene when we made the event, google when we only follow it.';
comment on column public.task_calendar_events.event_key is 'Random; the Google event id is derived from it and event_generation.';

create index if not exists idx_task_calendar_events_organizer_self
  on public.task_calendar_events (organizer_self);
create index if not exists idx_task_calendar_events_attendees
  on public.task_calendar_events using gin (attendees);
create index if not exists idx_task_calendar_events_task on public.task_calendar_events (task_id);
create unique index if not exists idx_task_calendar_events_event
  on public.task_calendar_events (user_id, calendar_id, calendar_event_id);
create index if not exists idx_task_calendar_events_unknown
  on public.task_calendar_events (user_id, calendar_id, event_start)
  where organizer_email is null and deleted_at is null;

alter table public.task_calendar_events enable row level security;

drop policy if exists "users read their events" on public.task_calendar_events;

create policy "users read their events" on public.task_calendar_events
  for select to authenticated
  using (user_id = (select auth.uid()));

create function private.task_events_forget() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.work as w
  using old_events as o
  where w.kind = 'task_event' and w.subject_id = o.id::text;
  delete from private.event_state as es
  using old_events as o
  where es.kind = 'task_event' and es.subject_id = o.id::text;
  return null;
end $$;
comment on function private.task_events_forget() is 'Work and event state end with their task event.';

create trigger task_events_forget
  after delete on public.task_calendar_events
  referencing old table as old_events
  for each statement execute function private.task_events_forget();

revoke all on public.task_calendar_events from public, anon, authenticated, service_role;
revoke all on function private.task_events_forget from public, anon, authenticated, service_role;

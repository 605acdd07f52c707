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
  add column if not exists sync_status text not null default 'pending',
  add column if not exists sync_source text default 'convene',
  add column if not exists sync_error text,
  add column if not exists last_synced_at timestamptz,
  add column if not exists etag text,
  add column if not exists deleted_at timestamptz,
  add column if not exists updated_at timestamptz default now(),
  add column if not exists wanted jsonb,
  add column if not exists pending_change jsonb,
  add column if not exists event_key uuid not null default gen_random_uuid(),
  add column if not exists event_generation integer not null default 1,
  add column if not exists google_account_id text,
  add column if not exists lease_token uuid,
  add column if not exists leased_until timestamptz,
  add column if not exists outcome_unknown boolean not null default false,
  add column if not exists attempts integer not null default 0,
  add column if not exists next_attempt_at timestamptz;
-- Only now: rows of before say nothing about their organizer, so theirs stays NULL (unknown).
alter table public.task_calendar_events alter column organizer_self set default true;

comment on table public.task_calendar_events is
  'One row is one event of a user on Google Calendar: whose it is, who is invited, how they answered. Deleted events keep their row.';
comment on column public.task_calendar_events.calendar_event_id is 'The id on Google; of events made here decided before Google is asked.';
comment on column public.task_calendar_events.organizer_self is
  'True only if Google says that the organizer is this calendar, false when another organizer is named, null when unknown.';
comment on column public.task_calendar_events.attendees is
  'As Google last answered: [{email, displayName, organizer, self, optional, resource, responseStatus, comment, additionalGuests}].';
comment on column public.task_calendar_events.recurrence_rule is 'The RFC 5545 lines of a series, one a line.';
comment on column public.task_calendar_events.recurrence_master_id is 'Of a changed occurrence: calendar_event_id of its series.';
comment on column public.task_calendar_events.recurrence_instance_date is 'The day on which this occurrence stood originally, in the series'' zone.';
comment on column public.task_calendar_events.original_start_time is 'The same as Google writes it: an RFC 3339 instant, or a date.';
comment on column public.task_calendar_events.exception_type is 'moved, modified or cancelled.';
comment on column public.task_calendar_events.series_update_scope is 'The scope of the last change: single, all or future.';
comment on column public.task_calendar_events.sync_status is 'pending (not written yet), synced, failed or deleted.';
comment on column public.task_calendar_events.sync_source is 'convene when we made the event, google when we only follow it.';
comment on column public.task_calendar_events.wanted is 'What was asked for when the event was scheduled; a later attempt writes the same.';
comment on column public.task_calendar_events.pending_change is 'A change under way, recorded before Google is asked, so that it is finished whatever happens.';
comment on column public.task_calendar_events.event_key is 'Random; the Google event id is made from it and event_generation.';
comment on column public.task_calendar_events.outcome_unknown is 'A request may have landed: look before writing again.';

create index if not exists idx_task_calendar_events_organizer_self
  on public.task_calendar_events (organizer_self);
create index if not exists idx_task_calendar_events_attendees
  on public.task_calendar_events using gin (attendees);
create index if not exists idx_task_calendar_events_task on public.task_calendar_events (task_id);
create unique index if not exists idx_task_calendar_events_event
  on public.task_calendar_events (user_id, calendar_id, calendar_event_id);
create index if not exists idx_task_calendar_events_due on public.task_calendar_events (next_attempt_at)
  where next_attempt_at is not null;
create index if not exists idx_task_calendar_events_unknown
  on public.task_calendar_events (user_id, calendar_id, event_start)
  where organizer_email is null and deleted_at is null;

alter table public.task_calendar_events enable row level security;

drop policy if exists "users read their events" on public.task_calendar_events;

create policy "users read their events" on public.task_calendar_events
  for select to authenticated
  using (user_id = (select auth.uid()));

-- The rows of a table of before say nothing about write-back: their events are on Google already. As "pending" they
-- would be written a second time. Whatever is scheduled here has recorded what was wanted.
update public.task_calendar_events as e
set sync_status = 'synced', sync_source = 'google'
where e.sync_status = 'pending' and e.wanted is null and e.attempts = 0 and e.lease_token is null and e.deleted_at is null;

revoke all on public.task_calendar_events from public, anon, authenticated, service_role;

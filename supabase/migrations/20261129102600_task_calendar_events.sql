select private.set_aside('task_calendar_events');

create table public.task_calendar_events (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  task_id text,
  calendar_id text not null default 'primary',
  calendar_event_id text not null,
  created_at timestamptz not null default now(),
  event_link text,
  event_start timestamptz,
  event_end timestamptz,
  event_title text,
  timezone text,
  is_all_day boolean not null default false,
  organizer_email text,
  organizer_display_name text,
  organizer_self boolean,
  attendees jsonb default '[]',
  recurrence_rule text,
  is_master_event boolean default false,
  recurrence_master_id text,
  recurrence_instance_date date,
  original_start_time text,
  is_exception boolean default false,
  exception_type text,
  series_update_scope text,
  sync_status text not null default 'synced',
  sync_source text default 'convene',
  sync_error text,
  last_synced_at timestamptz,
  etag text,
  deleted_at timestamptz,
  updated_at timestamptz default now(),
  event_key uuid not null default gen_random_uuid(),
  event_generation integer not null default 1
);

comment on table public.task_calendar_events is
  'One row for each event of a user on Google Calendar, with organizer, guests and their replies. Rows of deleted '
  'events stay.';
comment on column public.task_calendar_events.id is 'Id of the row.';
comment on column public.task_calendar_events.user_id is 'The user on whose calendar the event is.';
comment on column public.task_calendar_events.task_id is
  'The task of the event; null for an event that was created outside of Convene and has no task.';
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
comment on column public.task_calendar_events.etag is 'ETag of the event when it was last read or written.';
comment on column public.task_calendar_events.deleted_at is 'When the event was deleted; the row stays.';
comment on column public.task_calendar_events.updated_at is 'When the row last changed.';
comment on column public.task_calendar_events.event_generation is
  'Grows when the event of the former id was deleted on Google: a used id stays taken there.';
comment on column public.task_calendar_events.calendar_event_id is 'Google event id; for events that Convene creates, chosen before the first request.';
comment on column public.task_calendar_events.organizer_self is
  'True only if Google reports that this calendar organizes, false when another organizer is named, null when unknown.';
comment on column public.task_calendar_events.attendees is
  'Guests as Google last reported them: [{email, displayName, organizer, self, optional, resource, responseStatus, '
  'comment, additionalGuests}].';
comment on column public.task_calendar_events.recurrence_rule is 'The RFC 5545 lines of a series, separated by line breaks.';
comment on column public.task_calendar_events.recurrence_master_id is 'For a changed occurrence: calendar_event_id of its series.';
comment on column public.task_calendar_events.recurrence_instance_date is 'The original day of this occurrence, in the time zone of the series.';
comment on column public.task_calendar_events.original_start_time is 'The original start as Google writes it: an RFC 3339 instant, or a date.';
comment on column public.task_calendar_events.exception_type is 'moved, modified or cancelled.';
comment on column public.task_calendar_events.series_update_scope is 'Scope of the last change: single, all or future.';
comment on column public.task_calendar_events.sync_status is 'pending (not written yet), synced (on Google; the default, also of rows that an application upserts), failed or cancelled.';
comment on column public.task_calendar_events.sync_source is 'convene if Convene created the event, google if it was created elsewhere.';
comment on column public.task_calendar_events.event_key is 'Random; the Google event id is derived from it and event_generation.';

create index idx_task_calendar_events_organizer_self
  on public.task_calendar_events (organizer_self);
create index idx_task_calendar_events_attendees
  on public.task_calendar_events using gin (attendees);
create index idx_task_calendar_events_task on public.task_calendar_events (task_id);
create unique index idx_task_calendar_events_event
  on public.task_calendar_events (user_id, calendar_event_id, calendar_id);
create index idx_task_calendar_events_unknown
  on public.task_calendar_events (user_id, calendar_id, event_start)
  where organizer_email is null and deleted_at is null;

alter table public.task_calendar_events enable row level security;

create policy "users read their events" on public.task_calendar_events
  for select to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.task_calendar_events from public, anon, authenticated, service_role;

do $$
declare
  v_added text[] := private.complete_adopted('task_calendar_events');
begin
  if private.is_adopted('task_calendar_events') then
    -- Set after the column was added: the organizer of existing rows is unknown and stays NULL.
    if 'organizer_self' = any (v_added) then
      alter table public.task_calendar_events alter column organizer_self set default true;
    end if;
  else
    alter table public.task_calendar_events alter column organizer_self set default true;
    if private.is_adopted('tasks') then
      execute format(
        'alter table public.task_calendar_events alter column task_id type %s using null',
        (select format_type(a.atttypid, a.atttypmod) from pg_attribute as a
          where a.attrelid = 'public.tasks'::regclass and a.attname = 'id'));
    end if;
    alter table public.task_calendar_events add constraint task_calendar_events_task_id_fkey
      foreign key (task_id) references public.tasks (id) on delete set null;
  end if;
end $$;
select private.index_as_text('task_calendar_events', 'task_id');

-- A row without event state was inserted by an application for an existing event. Convene stores the request in wanted
-- before it creates an event.
create function private.is_unwritten(p_event public.task_calendar_events) returns boolean
language sql stable set search_path = '' as $$
select p_event.sync_status::text in ('pending', 'failed') and exists (
  select from private.event_state as es
  where es.kind = 'task_event' and es.subject_id = p_event.id::text and es.wanted is not null);
$$;
comment on function private.is_unwritten(public.task_calendar_events) is
  'Whether the event of a row is still to be created on Google.';

create function private.is_deleted(p_event public.task_calendar_events) returns boolean
language sql stable set search_path = '' as $$
select p_event.deleted_at is not null or p_event.sync_status::text = 'cancelled';
$$;
comment on function private.is_deleted(public.task_calendar_events) is
  'Whether the event of a row is deleted; an application may have set only the status.';

create function private.task_events_forget() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.work as w
  using old_events as o
  where w.kind = 'task_event' and w.subject_id = o.id::text;
  delete from private.event_state as es
  using old_events as o
  where es.kind = 'task_event' and es.subject_id = o.id::text;
  delete from private.slot_holds as h
  using old_events as o
  where h.task_event_id = o.id;
  return null;
end $$;
comment on function private.task_events_forget() is 'Deletes work, event state and holds of a deleted row.';

create trigger task_events_forget
  after delete on public.task_calendar_events
  referencing old table as old_events
  for each statement execute function private.task_events_forget();

create function private.task_events_keep_holds() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if private.is_deleted(new) or new.sync_status::text = 'failed' or old.event_start is not null and new.event_start is distinct from old.event_start then
    delete from private.slot_holds as h where h.task_event_id = new.id;
  elsif new.sync_status::text = 'synced' and old.sync_status::text <> 'synced' then
    -- A search in progress may have read the calendar before the event was written.
    update private.slot_holds as h
    set state = 'written', expires_at = clock_timestamp() + make_interval(mins => private.setting('written_hold_minutes')::integer)
    where h.task_event_id = new.id and h.state = 'active';
  end if;
  return null;
end $$;
comment on function private.task_events_keep_holds() is
  'Trigger: the holds of a task''s event end soon after it was written, and are deleted if it failed, was deleted or has another time.';

create trigger task_events_keep_holds
  after update on public.task_calendar_events
  for each row
  execute function private.task_events_keep_holds();

revoke all on function private.is_unwritten, private.is_deleted, private.task_events_forget, private.task_events_keep_holds from public, anon, authenticated, service_role;

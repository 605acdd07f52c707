-- Which calendars are read for changes, how far they have been read, and the push channels on them. A row of the queue
-- (kind sync) exists only while a calendar is due: one sync of a calendar is in flight, and one more is remembered.

insert into private.settings (name, value, meaning) values
  ('sync_poll_minutes', 15, 'A connected calendar that holds events of Convene is read again after so long, 25 per cent more or less'),
  ('sync_first_seconds', 120, 'A calendar is read for the first time so long after its first event was written'),
  ('sync_unreadable_minutes', 360, 'A calendar that cannot be read (deleted, or access taken away) is tried again after so long'),
  ('sync_lease_seconds', 120, 'How long a worker has for one page of a calendar; at least 60'),
  ('channel_overlap_hours', 24, 'A push channel is replaced so long before it ends; longer than sync_poll_minutes'),
  ('channel_retry_hours', 6, 'After Google refused a push channel, the next one is requested after so long');

insert into private.work_kinds (kind, wakes, uses_google, is_write, requires_connection, one_worker_per_owner) values
  ('sync', 'google-webhook/sync', true, false, true, false);

create table private.sync_calendars (
  sync_id text primary key default gen_random_uuid()::text,
  user_id uuid not null references auth.users (id) on delete cascade,
  google_account_id text not null,
  calendar_id text not null,
  cursor text,
  page_token text,
  unverified text[] not null default '{}',
  next_sync_at timestamptz not null,
  synced_at timestamptz,
  error text,
  channel_error text,
  channel_retry_at timestamptz,
  unique (user_id, google_account_id, calendar_id)
);
comment on table private.sync_calendars is
  'A calendar of a user that holds events of Convene, and how far its changes are known. Kept while the user is disconnected.';
comment on column private.sync_calendars.sync_id is 'Key, also the subject of its work.';
comment on column private.sync_calendars.user_id is 'The user whose calendar it is.';
comment on column private.sync_calendars.google_account_id is
  'Account (sub) through which the calendar is read. While the user has connected another account, it is not read.';
comment on column private.sync_calendars.calendar_id is 'The calendar as the rows name it: primary, or an id.';
comment on column private.sync_calendars.cursor is 'Google''s sync token of the last complete read; null: the next read is a full one.';
comment on column private.sync_calendars.page_token is 'Next page of the read in progress; stored in the transaction that stores a page.';
comment on column private.sync_calendars.unverified is
  'Events of Convene that a read reported as cancelled, did not report, or reported with another organizer: each is read by its id.';
comment on column private.sync_calendars.next_sync_at is 'When the calendar is read at the latest, with or without a message of Google.';
comment on column private.sync_calendars.synced_at is 'When a read was last completed.';
comment on column private.sync_calendars.error is 'Why the last read failed: code, colon, sentence; null after a complete one.';
comment on column private.sync_calendars.channel_error is 'Why Google refused the last push channel; null: it did not.';
comment on column private.sync_calendars.channel_retry_at is 'When the next push channel may be requested after a refusal.';
create index idx_sync_calendars_due on private.sync_calendars (next_sync_at);

create table private.full_read_events (
  sync_id text not null references private.sync_calendars (sync_id) on delete cascade,
  event_id text not null,
  primary key (sync_id, event_id)
);
comment on table private.full_read_events is
  'Events of Convene that a full read in progress is expected to show: stored before its first page, deleted as they appear. What is left at its end is verified.';
comment on column private.full_read_events.sync_id is 'The calendar that is read.';
comment on column private.full_read_events.event_id is 'Google event id that has not appeared yet.';

create table private.channels (
  channel_id text primary key,
  sync_id text not null references private.sync_calendars (sync_id) on delete cascade,
  resource_id text,
  opened_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz
);
comment on table private.channels is
  'Push channels, stored before they are requested. A new one is opened before the former ends, so a calendar may have two. '
  'A channel has no stored secret: its token is derived from its id (shared/connections/channel_token.ts).';
comment on column private.channels.channel_id is 'Random id, chosen by Convene.';
comment on column private.channels.sync_id is 'The calendar that is watched.';
comment on column private.channels.resource_id is 'Google''s id of what is watched, needed to stop the channel; null until Google named it.';
comment on column private.channels.opened_at is 'When it was requested.';
comment on column private.channels.expires_at is 'When Google ends it; null until Google answered.';
create index idx_channels_sync on private.channels (sync_id);

alter table private.sync_calendars enable row level security;
alter table private.full_read_events enable row level security;
alter table private.channels enable row level security;
revoke all on private.sync_calendars, private.full_read_events, private.channels from public, anon, authenticated, service_role;

create function private.expect_sync(p_calendars jsonb) returns void
language sql volatile set search_path = '' as $$
insert into private.sync_calendars (user_id, google_account_id, calendar_id, next_sync_at)
select distinct c.user_id, c.google_account_id, c.calendar_id,
  clock_timestamp() + make_interval(secs => private.setting('sync_first_seconds')::double precision)
from jsonb_to_recordset(p_calendars) as c (user_id uuid, google_account_id text, calendar_id text)
where c.user_id is not null and c.google_account_id is not null
  and not exists (
    select from private.sync_calendars as known
    where known.user_id = c.user_id and known.google_account_id = c.google_account_id and known.calendar_id = c.calendar_id)
order by c.user_id, c.google_account_id, c.calendar_id
on conflict do nothing;
$$;
comment on function private.expect_sync(jsonb) is
  'Adds calendars that hold events: [{user_id, google_account_id, calendar_id}]; those without a connected account are left out.';

create function private.meetings_expect_sync() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.expect_sync((
    select coalesce(jsonb_agg(to_jsonb(calendars)), '[]')
    from (
      select distinct
        n.organizer_user_id as user_id, coalesce(es.google_account_id, c.google_account_id) as google_account_id, n.google_calendar_id as calendar_id
      from new_rows as n
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = n.meeting_id
      left join private.google_connections as c on c.user_id = n.organizer_user_id
      where n.google_event_id is not null and n.cancelled_at is null
    ) as calendars));
  return null;
end $$;
comment on function private.meetings_expect_sync() is 'Trigger: the calendar of a written meeting is read for changes.';

create trigger meetings_expect_sync_inserted
  after insert on public.meetings
  referencing new table as new_rows
  for each statement execute function private.meetings_expect_sync();
create trigger meetings_expect_sync_updated
  after update on public.meetings
  referencing new table as new_rows
  for each statement execute function private.meetings_expect_sync();

create function private.task_events_expect_sync() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.expect_sync((
    select coalesce(jsonb_agg(to_jsonb(calendars)), '[]')
    from (
      select distinct n.user_id, coalesce(es.google_account_id, c.google_account_id) as google_account_id, n.calendar_id
      from new_rows as n
      left join private.event_state as es on es.kind = 'task_event' and es.subject_id = n.id::text
      left join private.google_connections as c on c.user_id = n.user_id
      where n.sync_status::text = 'synced' and n.deleted_at is null
    ) as calendars));
  return null;
end $$;
comment on function private.task_events_expect_sync() is 'Trigger: the calendar of a task event is read for changes.';

create trigger task_events_expect_sync_inserted
  after insert on public.task_calendar_events
  referencing new table as new_rows
  for each statement execute function private.task_events_expect_sync();
create trigger task_events_expect_sync_updated
  after update on public.task_calendar_events
  referencing new table as new_rows
  for each statement execute function private.task_events_expect_sync();

create function private.connections_expect_sync() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.expect_sync((
    select coalesce(jsonb_agg(jsonb_build_object(
      'user_id', new.user_id, 'google_account_id', new.google_account_id, 'calendar_id', e.calendar_id)), '[]')
    from (
      select m.google_calendar_id as calendar_id
      from public.meetings as m
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
      where m.organizer_user_id = new.user_id and m.google_event_id is not null and m.cancelled_at is null
        and coalesce(es.google_account_id, new.google_account_id) = new.google_account_id
      union
      select t.calendar_id
      from public.task_calendar_events as t
      left join private.event_state as es on es.kind = 'task_event' and es.subject_id = t.id::text
      where t.user_id = new.user_id and t.sync_status::text = 'synced' and t.deleted_at is null
        and coalesce(es.google_account_id, new.google_account_id) = new.google_account_id
    ) as e));
  return null;
end $$;
comment on function private.connections_expect_sync() is
  'Trigger: calendars of events that were there before the account was connected are read for changes.';

create trigger connections_expect_sync
  after insert or update of google_account_id, connected_at on private.google_connections
  for each row execute function private.connections_expect_sync();

create function private.enqueue_syncs() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from private.channels as ch where ch.expires_at < clock_timestamp() - interval '1 day';
  insert into private.work (kind, subject_id, owner_id, priority, requests, due_at)
  select 'sync', s.sync_id, s.user_id, 1, 1, clock_timestamp()
  from private.sync_calendars as s
  join private.google_connections as c on c.user_id = s.user_id and c.google_account_id = s.google_account_id
  where s.next_sync_at <= clock_timestamp() and c.status = 'healthy'
  order by s.sync_id
  on conflict (kind, subject_id) do nothing;
end $$;
comment on function private.enqueue_syncs() is
  'Makes the calendars due that were not read for sync_poll_minutes; without such calendars, or without connections, nothing becomes due.';

revoke all on function
  private.expect_sync(jsonb),
  private.meetings_expect_sync(),
  private.task_events_expect_sync(),
  private.connections_expect_sync(),
  private.enqueue_syncs()
from public, anon, authenticated, service_role;

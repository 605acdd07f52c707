create table public.notifications (
  notification_id uuid primary key default gen_random_uuid(),
  event text not null check (event in (
    'created', 'failed', 'cancelled', 'given_up', 'needs_reauth',
    'replied', 'moved', 'rescheduled', 'cancelled_in_google', 'conflict', 'proposed')),
  transition_key text not null,
  meeting_id text,
  organizer_user_id uuid,
  kind text not null check (kind in ('webhook', 'slack', 'teams', 'email', 'log')),
  target_id uuid,
  owner_user_id uuid,
  payload jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'retrying', 'sent', 'failed')),
  attempts integer not null default 0,
  error text,
  created_at timestamptz not null default now(),
  queued_at timestamptz not null default now(),
  sent_at timestamptz,
  request_id uuid,
  constraint notifications_once_a_transition unique nulls not distinct (transition_key, target_id)
);

comment on table public.notifications is
  'The outbox: notifications and the state of their delivery; one row for each transition and target. Delivery is at '
  'least once: a receiver recognises duplicates by notification_id.';
comment on column public.notifications.notification_id is 'Id of the notification, which webhooks receive.';
comment on column public.notifications.event is 'Event type, as in notification_targets.events.';
comment on column public.notifications.meeting_id is 'The meeting; null for a connection.';
comment on column public.notifications.organizer_user_id is 'Organizer of the meeting, or user of the connection.';
comment on column public.notifications.target_id is 'The target; null for kind log.';
comment on column public.notifications.status is 'pending, retrying, sent or failed.';
comment on column public.notifications.created_at is 'When the transition took place.';
comment on column public.notifications.queued_at is 'When its delivery became due for the first time.';
comment on column public.notifications.sent_at is 'When the target accepted it.';
comment on column public.notifications.transition_key is
  'Identifies one transition of one meeting or connection; each target has one notification of it.';
comment on column public.notifications.kind is 'Kind of the target; log: an alert that operators find here and in the log of the functions.';
comment on column public.notifications.owner_user_id is 'Owner of the target, who may read the row; null: operators only.';
comment on column public.notifications.payload is 'Facts at the time of the transition, from which the message is composed.';
comment on column public.notifications.attempts is 'Attempts to deliver it; at most three.';
comment on column public.notifications.request_id is 'Request to the edge function notify that made the last attempt, as in its log.';
comment on column public.notifications.error is 'Last error: code, colon, sentence.';

create index idx_notifications_owner on public.notifications (owner_user_id, created_at desc);
create index idx_notifications_meeting on public.notifications (meeting_id, created_at);
create index idx_notifications_waiting on public.notifications (organizer_user_id)
  where status in ('pending', 'retrying');
create index idx_notifications_finished on public.notifications (created_at)
  where status in ('sent', 'failed');

alter table public.notifications enable row level security;

create policy "owners of targets read what they were sent" on public.notifications
  for select to authenticated using (owner_user_id = (select auth.uid()));

create function private.notifications_enqueue() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.work (kind, subject_id, owner_id, due_at)
  -- A user's targets are one owner, so that more targets get no more turns; a target of all users is its own owner.
  select 'notification', n.notification_id::text, coalesce(n.owner_user_id, n.target_id), clock_timestamp()
  from new_notifications as n
  where n.status in ('pending', 'retrying');
  return null;
end $$;
comment on function private.notifications_enqueue() is 'Trigger: makes a new notification due.';

create trigger notifications_enqueue
  after insert on public.notifications
  referencing new table as new_notifications
  for each statement execute function private.notifications_enqueue();

create function private.notifications_forget() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.work as w
  using old_notifications as o
  where w.kind = 'notification' and w.subject_id = o.notification_id::text;
  return null;
end $$;
comment on function private.notifications_forget() is 'Deletes the work of a deleted notification.';

create trigger notifications_forget
  after delete on public.notifications
  referencing old table as old_notifications
  for each statement execute function private.notifications_forget();

create function private.forget_notifications() returns void
language sql volatile security definer set search_path = '' as $$
delete from public.notifications as n
where n.notification_id in (
  select o.notification_id
  from public.notifications as o
  where o.status in ('sent', 'failed')
    and o.created_at < now() - make_interval(days => private.setting('notification_retention_days')::integer)
  order by o.created_at
  limit 20000
);
$$;
comment on function private.forget_notifications() is 'Deletes notifications that were sent or failed notification_retention_days ago, at most twenty thousand.';

revoke all on public.notifications from public, anon, authenticated, service_role;
revoke all on function
  private.notifications_enqueue,
  private.notifications_forget,
  private.forget_notifications
from public, anon, authenticated, service_role;

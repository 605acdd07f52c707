create table public.notifications (
  notification_id uuid primary key default gen_random_uuid(),
  event text not null check (event in ('created', 'failed', 'cancelled', 'given_up', 'needs_reauth')),
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
  sent_at timestamptz,
  constraint notifications_once_a_transition unique nulls not distinct (transition_key, target_id)
);

comment on table public.notifications is
  'The outbox: notifications and the state of their delivery; one row for each transition and target. Delivery is at '
  'least once: a receiver recognises duplicates by notification_id.';
comment on column public.notifications.notification_id is 'Id of the notification, which webhooks receive.';
comment on column public.notifications.event is 'Event type: created, failed, cancelled, given_up or needs_reauth.';
comment on column public.notifications.meeting_id is 'The meeting; null for a connection.';
comment on column public.notifications.organizer_user_id is 'Organizer of the meeting, or user of the connection.';
comment on column public.notifications.target_id is 'The target; null for kind log.';
comment on column public.notifications.status is 'pending, retrying, sent or failed.';
comment on column public.notifications.created_at is 'When the transition took place.';
comment on column public.notifications.sent_at is 'When the target accepted it.';
comment on column public.notifications.transition_key is
  'Identifies one transition of one meeting or connection; each target has one notification of it.';
comment on column public.notifications.kind is 'Kind of the target; log: an alert that operators find here and in the log of the functions.';
comment on column public.notifications.owner_user_id is 'Owner of the target, who may read the row; null: operators only.';
comment on column public.notifications.payload is 'Facts at the time of the transition, from which the message is composed.';
comment on column public.notifications.attempts is 'Attempts to deliver it; at most three.';
comment on column public.notifications.error is 'Last error: code, colon, sentence.';

create index idx_notifications_owner on public.notifications (owner_user_id, created_at desc);
create index idx_notifications_meeting on public.notifications (meeting_id, created_at);
create index idx_notifications_finished on public.notifications (created_at)
  where status in ('sent', 'failed');

alter table public.notifications enable row level security;

create policy "owners of targets read what they were sent" on public.notifications
  for select to authenticated using (owner_user_id = (select auth.uid()));

create function private.meeting_event(p_meeting public.meetings) returns text
language sql stable set search_path = '' as $$
select case
  when p_meeting.cancelled_at is not null then
    case
      when due.is_due then null
      when p_meeting.writeback_error is null
        and (p_meeting.google_event_id is null or p_meeting.written_version >= p_meeting.desired_version)
      then 'cancelled'
      else 'given_up'
    end
  when p_meeting.google_event_id is not null then
    case when not due.is_due and p_meeting.written_version < p_meeting.desired_version then 'given_up' else 'created' end
  when p_meeting.writeback_status = 'failed' then 'failed'
  when p_meeting.writeback_status is null and p_meeting.scheduling_status = 'failed' then 'failed'
end
from (
  select exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id) as is_due
) as due;
$$;
comment on function private.meeting_event(public.meetings) is
  'The event type for the current state of a meeting, or null. A cancellation has one when the event is deleted, not while its deletion is due.';

create function private.meeting_transition_key(p_meeting public.meetings, p_event text) returns text
language sql stable set search_path = '' as $$
select concat_ws(':', p_event, p_meeting.meeting_id, case
  when p_event = 'created' then 'g' || p_meeting.event_generation
  -- A meeting that fails again after a requeue is notified again, so the key has the time of the attempt.
  when p_event = 'failed' and p_meeting.writeback_status is null then 's' || extract(epoch from transaction_timestamp())
  when p_event = 'failed' then 'a' || extract(epoch from p_meeting.writeback_attempted_at)
  when p_event = 'given_up' then 'v' || p_meeting.desired_version || 'a' || extract(epoch from p_meeting.writeback_attempted_at)
end)
$$;
comment on function private.meeting_transition_key is
  'The transition_key of a meeting''s event: the same for the same transition, different for a failure after a requeue.';

create function private.meeting_notice(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'meeting_id', p_meeting.meeting_id,
  'title', p_meeting.title,
  'participants', (
    select coalesce(jsonb_agg(jsonb_build_object('email', case jsonb_typeof(p) when 'object' then p -> 'email' else p end, 'name', p -> 'name')), '[]')
    from jsonb_array_elements(case jsonb_typeof(p_meeting.participants) when 'array' then p_meeting.participants else '[]' end) as p
  ),
  'start_time', p_meeting.starts_at,
  'end_time', p_meeting.ends_at,
  'timezone', p_meeting.timezone,
  'google_event_id', p_meeting.google_event_id,
  'google_event_link', p_meeting.google_event_link,
  'meet_link', p_meeting.meet_link,
  'organizer_email', (
    select coalesce(c.email, u.email)
    from auth.users as u left join private.google_connections as c on c.user_id = u.id
    where u.id = p_meeting.organizer_user_id
  ),
  'error', coalesce(p_meeting.writeback_error, p_meeting.scheduling_error || ': ' || coalesce(p_meeting.scheduling_reason, ''))
)
$$;
comment on function private.meeting_notice is 'Payload of a notification about a meeting.';

create function private.announce_meetings(p_meeting_ids text[], p_events text[]) returns void
language sql volatile security definer set search_path = '' as $$
insert into public.notifications
  (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload)
select
  e.event, private.meeting_transition_key(m, e.event), m.meeting_id, m.organizer_user_id,
  t.kind, t.target_id, t.owner_user_id,
  private.meeting_notice(m)
    || case when e.event = 'given_up' then jsonb_build_object('operation', private.write_operation(m)) else '{}' end
from unnest(p_meeting_ids, p_events) as e (meeting_id, event)
join public.meetings as m on m.meeting_id = e.meeting_id
join public.notification_targets as t
  on t.enabled and e.event = any (t.events)
  and (t.owner_user_id is null or t.owner_user_id = m.organizer_user_id)
on conflict do nothing;
$$;
comment on function private.announce_meetings(text[], text[]) is
  'Inserts one notification for each target that subscribes to a meeting''s event; a transition that was notified '
  'before is skipped.';

-- A notification must never fail the meeting, so both triggers catch all errors.
-- Security definer: the role that writes a meeting has no rights in this schema.
create function private.meetings_announce_inserted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.announce_meetings(array[new.meeting_id], array['failed']);
  return null;
exception
  when others then
    raise log 'convene could not announce meeting %: %', new.meeting_id, sqlerrm;
    return null;
end $$;
comment on function private.meetings_announce_inserted is
  'Trigger: notifies of a new row that failed validation. Never fails the insert.';

create trigger meetings_announce_inserted
  after insert on public.meetings
  for each row
  when (new.scheduling_status = 'failed')
  execute function private.meetings_announce_inserted();

-- A statement trigger: one insert for all meetings of a settlement.
create function private.meetings_announce_updated() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_meeting_ids text[];
  v_events text[];
begin
  if not exists (select from public.notification_targets as t where t.enabled) then
    return null;
  end if;
  select array_agg(a.meeting_id), array_agg(a.event) into v_meeting_ids, v_events
  from (
    select n.meeting_id, private.meeting_event(n) as event, o.google_event_id is not null as had_event
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    -- Only transitions of this statement: a new target receives no notification of earlier ones.
    where (
      n.writeback_status, n.scheduling_status, n.writeback_error, n.writeback_retry_count, n.writeback_attempted_at,
      n.cancelled_at, n.written_version, n.google_event_id)
      is distinct from (
      o.writeback_status, o.scheduling_status, o.writeback_error, o.writeback_retry_count, o.writeback_attempted_at,
      o.cancelled_at, o.written_version, o.google_event_id)
  ) as a
  where a.event is not null and not (a.event = 'created' and a.had_event);
  if v_meeting_ids is not null then
    perform private.announce_meetings(v_meeting_ids, v_events);
  end if;
  return null;
exception
  when others then
    raise log 'convene could not announce meetings: %', sqlerrm;
    return null;
end $$;
comment on function private.meetings_announce_updated is
  'Trigger: notifies of the transitions of one statement. Never fails the update.';

create trigger meetings_announce_updated
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement
  execute function private.meetings_announce_updated();

-- One alert from the failure of a connection to the next consent.
create function private.google_connections_announce() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.notifications (event, transition_key, organizer_user_id, kind, target_id, owner_user_id, payload)
  select
    'needs_reauth', concat_ws(':', 'needs_reauth', new.user_id, extract(epoch from new.connected_at)), new.user_id,
    t.kind, t.target_id, t.owner_user_id,
    jsonb_build_object('user_id', new.user_id, 'email', new.email, 'reason', new.status_reason)
  from (
    select 'log' as kind, null::uuid as target_id, null::uuid as owner_user_id
    union all
    select w.kind, w.target_id, w.owner_user_id
    from public.notification_targets as w
    where w.enabled and 'needs_reauth' = any (w.events)
      and (w.owner_user_id is null or w.owner_user_id = new.user_id)
  ) as t
  on conflict do nothing;
  return null;
exception
  when others then
    raise log 'convene could not announce the connection of %: %', new.user_id, sqlerrm;
    return null;
end $$;
comment on function private.google_connections_announce is
  'Trigger: notifies once, until the next consent, that a user has to connect Google again; the row of kind log is for '
  'operators without a target.';

create trigger google_connections_announce_inserted
  after insert on private.google_connections
  for each row
  when (new.status = 'needs_reauth')
  execute function private.google_connections_announce();

create trigger google_connections_announce_updated
  after update of status on private.google_connections
  for each row
  when (new.status = 'needs_reauth' and old.status is distinct from 'needs_reauth')
  execute function private.google_connections_announce();

create function private.notifications_enqueue() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.work (kind, subject_id, owner_id, due_at)
  select 'notification', n.notification_id::text, n.target_id, clock_timestamp()
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

revoke all on public.notifications from public, anon, authenticated, service_role;
revoke all on function
  private.meeting_event,
  private.meeting_transition_key,
  private.meeting_notice,
  private.announce_meetings,
  private.meetings_announce_inserted,
  private.meetings_announce_updated,
  private.google_connections_announce,
  private.notifications_enqueue,
  private.notifications_forget
from public, anon, authenticated, service_role;

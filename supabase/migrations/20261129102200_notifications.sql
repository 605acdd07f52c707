-- Each row is written in the transaction of the transition itself. There are no foreign keys, so that no lock on a
-- target or a user can block the statement on the meeting.
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
  next_attempt_at timestamptz default now(),
  lease_token uuid,
  leased_until timestamptz,
  error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  constraint notifications_once_a_transition unique nulls not distinct (transition_key, target_id)
);

comment on table public.notifications is
  'The outbox: what is delivered to targets, and whether it arrived; one row a transition and target. Delivery is at '
  'least once: notification_id lets a receiver recognise a repetition.';
comment on column public.notifications.notification_id is 'Id of the notification, which webhooks receive.';
comment on column public.notifications.event is 'Event type: created, failed, cancelled, given_up or needs_reauth.';
comment on column public.notifications.transition_key is
  'Names one transition of one meeting or connection; it is delivered to a target once.';
comment on column public.notifications.meeting_id is 'The meeting; null for a connection.';
comment on column public.notifications.organizer_user_id is 'Organizer of the meeting, or user of the connection.';
comment on column public.notifications.kind is
  'Kind of the target; log: an alert that operators find here and in the log of the functions.';
comment on column public.notifications.target_id is 'The target; null for kind log.';
comment on column public.notifications.owner_user_id is
  'Owner of the target, who may read the row; null: operators only.';
comment on column public.notifications.payload is
  'Facts at the time of the transition, from which the message is composed.';
comment on column public.notifications.status is 'pending, retrying, sent or failed.';
comment on column public.notifications.attempts is 'Attempts, counted when a row is leased; three in all.';
comment on column public.notifications.next_attempt_at is 'When delivery is due; null when nothing is due.';
comment on column public.notifications.lease_token is
  'Lease token of the delivery in progress; only it settles the row.';
comment on column public.notifications.leased_until is 'When that lease ends.';
comment on column public.notifications.error is 'Last error: code, colon, sentence.';
comment on column public.notifications.created_at is 'When the transition took place.';
comment on column public.notifications.sent_at is 'When the target accepted it.';

create index idx_notifications_due on public.notifications (next_attempt_at)
  where next_attempt_at is not null;
create index idx_notifications_owner on public.notifications (owner_user_id, created_at desc);
create index idx_notifications_meeting on public.notifications (meeting_id, created_at);
create index idx_notifications_finished on public.notifications (created_at)
  where next_attempt_at is null;

alter table public.notifications enable row level security;

create policy "owners of targets read what they were sent" on public.notifications
  for select to authenticated using (owner_user_id = (select auth.uid()));

create function private.meeting_event(
  p_writeback_status text, p_scheduling_status text, p_writeback_error text, p_cancelled_at timestamptz,
  p_next_attempt_at timestamptz, p_lease_token uuid, p_written_version integer, p_desired_version integer
) returns text
language sql immutable set search_path = ''
return case
  when p_cancelled_at is not null then
    case
      when p_next_attempt_at is not null or p_lease_token is not null then null
      when p_writeback_error is null and (p_writeback_status is distinct from 'created' or p_written_version >= p_desired_version)
        then 'cancelled'
      else 'given_up'
    end
  when p_writeback_status = 'created' then
    case
      when p_next_attempt_at is null and p_lease_token is null and p_written_version < p_desired_version then 'given_up'
      else 'created'
    end
  when p_writeback_status = 'failed' then 'failed'
  when p_writeback_status is null and p_scheduling_status = 'failed' then 'failed'
end;
comment on function private.meeting_event is
  'The event type that a meeting in this state is notified with, or null. A cancelled meeting has one when nothing is '
  'due for it any more.';

create function private.meeting_transition_key(p_meeting public.meetings, p_event text) returns text
language sql stable set search_path = '' as $$
select concat_ws(':', p_event, p_meeting.meeting_id, case
  when p_event = 'created' then 'g' || p_meeting.event_generation
  -- After a requeue a meeting may fail again, and that is news: another attempt, another transition.
  when p_event = 'failed' and p_meeting.writeback_status is null then 's' || p_meeting.scheduling_attempts
  when p_event = 'failed' then 'a' || extract(epoch from p_meeting.writeback_attempted_at)
  when p_event = 'given_up' then 'v' || p_meeting.desired_version || 'a' || extract(epoch from p_meeting.writeback_attempted_at)
end)
$$;
comment on function private.meeting_transition_key is
  'The transition_key of a meeting''s event: the same transition has the same key, a failure after a requeue another '
  'one.';

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
language plpgsql security definer set search_path = '' as $$
declare
  v_added uuid[];
begin
  with added as (
    insert into public.notifications
      (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload)
    select
      e.event, private.meeting_transition_key(m, e.event), m.meeting_id, m.organizer_user_id,
      t.kind, t.target_id, t.owner_user_id,
      private.meeting_notice(m)
        || case when e.event = 'given_up' then jsonb_build_object('operation', m.writeback_operation) else '{}' end
    from unnest(p_meeting_ids, p_events) as e (meeting_id, event)
    join public.meetings as m on m.meeting_id = e.meeting_id
    join public.notification_targets as t
      on t.enabled and e.event = any (t.events)
      and (t.owner_user_id is null or t.owner_user_id = m.organizer_user_id)
    on conflict do nothing
    returning notification_id
  )
  select array_agg(added.notification_id) into v_added from added;
  perform private.ring_for_notifications(v_added);
end $$;
comment on function private.announce_meetings is
  'Inserts one notification for each target that subscribes to a meeting''s event; a transition that was notified '
  'before is skipped.';

-- A notification that cannot be stored never fails the meeting: both triggers log whatever is wrong here.
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

-- Once a statement, so that a group of rows settled in one statement costs one insert.
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
    select
      n.meeting_id,
      private.meeting_event(
        n.writeback_status, n.scheduling_status, n.writeback_error, n.cancelled_at,
        n.writeback_next_attempt_at, n.writeback_lease_token, n.written_version, n.desired_version) as event,
      private.meeting_event(
        o.writeback_status, o.scheduling_status, o.writeback_error, o.cancelled_at,
        o.writeback_next_attempt_at, o.writeback_lease_token, o.written_version, o.desired_version) as event_before
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    -- Cheap, and enough to pass over a claim, and over a change that was requeued: its event is no news.
    where n.writeback_status is distinct from o.writeback_status
      or n.scheduling_status is distinct from o.scheduling_status
      or n.cancelled_at is not null
      or n.writeback_status = 'created' and n.writeback_next_attempt_at is null and n.written_version < n.desired_version
  ) as a
  where a.event is not null and a.event is distinct from a.event_before;
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

create function private.google_connections_announce() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_added uuid[];
begin
  with added as (
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
    on conflict do nothing
    returning notification_id
  )
  select array_agg(added.notification_id) into v_added from added;
  perform private.ring_for_notifications(v_added);
  return null;
exception
  when others then
    raise log 'convene could not announce the connection of %: %', new.user_id, sqlerrm;
    return null;
end $$;
comment on function private.google_connections_announce is
  'Trigger: notifies once that a connection needs its user, until the next consent; the row of kind log is for '
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

revoke all on public.notifications from public, anon, authenticated, service_role;
revoke all on function
  private.meeting_event,
  private.meeting_transition_key,
  private.meeting_notice,
  private.announce_meetings,
  private.meetings_announce_inserted,
  private.meetings_announce_updated,
  private.google_connections_announce
from public, anon, authenticated, service_role;

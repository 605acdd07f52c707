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
  'What people are told, and whether it arrived: one row a transition and target. At least once: notification_id lets a receiver recognise a repetition.';
comment on column public.notifications.transition_key is
  'Names one transition of one meeting or connection; it is announced to a target once.';
comment on column public.notifications.kind is 'As the target''s; log: an alert that operators find here and in the functions'' log.';
comment on column public.notifications.owner_user_id is 'The target''s owner, who may read the row; null: operators only.';
comment on column public.notifications.payload is 'What was so at the transition; what is sent is composed of it.';
comment on column public.notifications.attempts is 'Counted when a row is claimed; three in all.';
comment on column public.notifications.next_attempt_at is 'When it is due; null when nothing is to be done.';
comment on column public.notifications.error is 'What went wrong last: code, colon, sentence.';

create index idx_notifications_due on public.notifications (next_attempt_at)
  where next_attempt_at is not null;
create index idx_notifications_owner on public.notifications (owner_user_id, created_at desc);
create index idx_notifications_meeting on public.notifications (meeting_id, created_at);
create index idx_notifications_finished on public.notifications (created_at)
  where next_attempt_at is null;

alter table public.notifications enable row level security;

create policy "owners of targets read what they were sent" on public.notifications
  for select to authenticated using (owner_user_id = (select auth.uid()));

-- What there is to say about a meeting in a state. A cancelled one is announced when nothing is left of it:
-- a cancellation that waits is no news yet, one that was given up is.
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
comment on function private.announce_meetings(text[], text[]) is
  'One notification for each target that wants to hear of a meeting''s event; a transition that was announced before is left alone.';

-- Telling people about a meeting never fails the meeting: both triggers swallow whatever is wrong here.
-- Security definer: whoever writes a meeting has no rights in this schema.
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

create trigger meetings_announce_inserted
  after insert on public.meetings
  for each row
  when (new.scheduling_status = 'failed')
  execute function private.meetings_announce_inserted();

-- A statement at a time, so that a group of rows that is settled at once is announced at once.
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

create trigger meetings_announce_updated
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement
  execute function private.meetings_announce_updated();

-- One alert an episode: from a connection's end to the next consent. The row of kind log is for operators,
-- who may have no target at all.
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

-- The outbox: one row a transition and target, written in the transaction of the transition itself. It has
-- no foreign keys, so that no lock on a target or a user can hold up the meeting's own statement.
create table public.notifications (
  notification_id uuid primary key default gen_random_uuid(),
  event text not null check (event in ('created', 'failed', 'cancelled', 'needs_reauth')),
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

revoke all on public.notifications from public, anon, authenticated, service_role;
grant select on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;

create view private.due_notifications with (security_invoker = true) as
select n.notification_id, n.target_id, n.next_attempt_at as due_at, n.created_at
from public.notifications as n
where n.next_attempt_at <= now() and (n.leased_until is null or n.leased_until <= now());
comment on view private.due_notifications is 'Notifications that are due now and that nobody is delivering.';
revoke all on private.due_notifications from public, anon, authenticated, service_role;
grant select on private.due_notifications to service_role;

-- Rings only for the first notification that waits: whoever answers that bell takes the later ones along.
create function private.ring_for_notifications() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from private.due_notifications as d where d.created_at < now()) then
    perform private.wake('notify', '{"batch": true, "background": true}');
  end if;
end $$;

create function private.announce(
  p_event text, p_transition_key text, p_meeting_id text, p_organizer_user_id uuid, p_payload jsonb
) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.notifications
    (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload)
  select p_event, p_transition_key, p_meeting_id, p_organizer_user_id, t.kind, t.target_id, t.owner_user_id, p_payload
  from public.notification_targets as t
  where t.enabled and p_event = any (t.events)
    and (t.owner_user_id is null or t.owner_user_id = p_organizer_user_id)
  on conflict do nothing;
  if found then
    perform private.ring_for_notifications();
  end if;
end $$;
comment on function private.announce(text, text, text, uuid, jsonb) is
  'One notification for each target that wants to hear of the event; a transition that was announced before is left alone.';

-- What there is to say about a meeting in its present state. A cancelled one is announced when nothing is
-- left of it: a cancellation that waits, or that Google refused, is no news yet.
create function private.meeting_event(p_meeting public.meetings) returns text
language sql immutable set search_path = '' as $$
select case
  when p_meeting.cancelled_at is not null then
    case
      when p_meeting.writeback_next_attempt_at is null
        and p_meeting.writeback_lease_token is null
        and (
          p_meeting.writeback_status is distinct from 'created'
          or (p_meeting.writeback_error is null and p_meeting.written_version >= p_meeting.desired_version)
        )
      then 'cancelled'
    end
  when p_meeting.writeback_status in ('created', 'failed') then p_meeting.writeback_status
  when p_meeting.writeback_status is null and p_meeting.scheduling_status = 'failed' then 'failed'
end
$$;

create function private.meeting_transition_key(p_meeting public.meetings, p_event text) returns text
language sql stable set search_path = '' as $$
select concat_ws(':', p_event, p_meeting.meeting_id, case
  when p_event = 'created' then 'g' || p_meeting.event_generation
  -- After a requeue a meeting may fail again, and that is news: another attempt, another transition.
  when p_event = 'failed' and p_meeting.writeback_status is null then 's' || p_meeting.scheduling_attempts
  when p_event = 'failed' then 'a' || extract(epoch from p_meeting.writeback_attempted_at)
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

-- Security definer: whoever writes a meeting has no rights in this schema.
create function private.meetings_announce() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_event text := private.meeting_event(new);
begin
  if v_event is null or (tg_op = 'UPDATE' and v_event is not distinct from private.meeting_event(old)) then
    return null;
  end if;
  if exists (select from public.notification_targets) then
    perform private.announce(
      v_event, private.meeting_transition_key(new, v_event), new.meeting_id, new.organizer_user_id, private.meeting_notice(new));
  end if;
  return null;
exception
  -- Telling people about a meeting never fails the meeting.
  when others then
    raise log 'convene could not announce meeting %: %', new.meeting_id, sqlerrm;
    return null;
end $$;

create trigger meetings_announce_inserted
  after insert on public.meetings
  for each row
  when (new.scheduling_status = 'failed')
  execute function private.meetings_announce();

create trigger meetings_announce_updated
  after update of writeback_status, scheduling_status, cancelled_at, writeback_next_attempt_at, writeback_lease_token
  on public.meetings
  for each row
  when (
    new.cancelled_at is not null
    or new.writeback_status is distinct from old.writeback_status
    or new.scheduling_status is distinct from old.scheduling_status
  )
  execute function private.meetings_announce();

-- One alert an episode: from a connection's end to the next consent. The row of kind log is for operators,
-- who may have no target at all.
create function private.google_connections_announce() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_key text := concat_ws(':', 'needs_reauth', new.user_id, extract(epoch from new.connected_at));
  v_notice jsonb := jsonb_build_object('user_id', new.user_id, 'email', new.email, 'reason', new.status_reason);
begin
  insert into public.notifications (event, transition_key, organizer_user_id, kind, payload)
  values ('needs_reauth', v_key, new.user_id, 'log', v_notice)
  on conflict do nothing;
  if found then
    perform private.ring_for_notifications();
  end if;
  perform private.announce('needs_reauth', v_key, null, new.user_id, v_notice);
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

revoke all on function
  private.ring_for_notifications(),
  private.announce(text, text, text, uuid, jsonb),
  private.meeting_event(public.meetings),
  private.meeting_transition_key(public.meetings, text),
  private.meeting_notice(public.meetings),
  private.meetings_announce(),
  private.google_connections_announce()
from public, anon, authenticated, service_role;

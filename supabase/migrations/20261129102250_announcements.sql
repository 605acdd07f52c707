-- Announcements: transitions of which subscribers are to be notified. A statement stores one row for each transition, however many targets
-- there are. The queue makes the notifications of the targets from it, a few at a time and organizers in turn.

create table private.announcements (
  announcement_id uuid primary key default gen_random_uuid(),
  event text not null,
  transition_key text not null unique,
  meeting_id text,
  organizer_user_id uuid,
  payload jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  last_target_id uuid
);

comment on table private.announcements is
  'Transitions of which notifications are still to be made; a row is deleted once each target has its notification.';
comment on column private.announcements.announcement_id is 'Id of the announcement.';
comment on column private.announcements.event is 'As public.notifications.';
comment on column private.announcements.transition_key is 'As public.notifications.';
comment on column private.announcements.meeting_id is 'As public.notifications.';
comment on column private.announcements.organizer_user_id is 'As public.notifications.';
comment on column private.announcements.payload is 'As public.notifications.';
comment on column private.announcements.created_at is 'When the transition took place; targets that were added later get no notification of it.';
comment on column private.announcements.last_target_id is 'The targets up to this id have their notification; null: none has.';

alter table private.announcements enable row level security;
revoke all on private.announcements from public, anon, authenticated, service_role;

create function private.subscribers(
  p_event text, p_organizer_user_id uuid, p_until timestamptz, p_after uuid, p_limit integer
) returns setof public.notification_targets
language plpgsql stable set search_path = '' as $$
begin
  return query
  select t.*
  from public.notification_targets as t
  where (t.owner_user_id = p_organizer_user_id or t.owner_user_id is null)
    and t.enabled
    and p_event = any (t.events)
    and t.created_at <= p_until
    and (p_after is null or t.target_id > p_after)
  order by t.target_id
  limit p_limit;
end $$;
comment on function private.subscribers(text, uuid, timestamptz, uuid, integer) is
  'Targets that subscribe to an event of an organizer and existed at p_until, those after p_after, by id; at most p_limit.';

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
    from jsonb_array_elements(private.meeting_people(p_meeting.participants)) as p
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
insert into private.announcements (event, transition_key, meeting_id, organizer_user_id, payload)
select
  e.event, private.meeting_transition_key(m, e.event), m.meeting_id, m.organizer_user_id,
  private.meeting_notice(m)
    || case when e.event = 'given_up' then jsonb_build_object('operation', private.write_operation(m)) else '{}' end
from unnest(p_meeting_ids, p_events) as e (meeting_id, event)
join public.meetings as m on m.meeting_id = e.meeting_id
where exists (select from private.subscribers(e.event, m.organizer_user_id, 'infinity', null, 1))
on conflict do nothing;
$$;
comment on function private.announce_meetings(text[], text[]) is
  'Stores the transitions of meetings to whose events a target subscribes, in one insert.';

-- A notification must never fail the meeting, so both triggers catch all errors. Statement triggers: one insert for all
-- meetings of a statement. Security definer: the role that writes a meeting has no rights in this schema.
create function private.meetings_announce_inserted() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_meeting_ids text[];
begin
  if not exists (select from public.notification_targets as t where t.enabled) then
    return null;
  end if;
  select array_agg(n.meeting_id) into v_meeting_ids from new_meetings as n where n.scheduling_status = 'failed';
  if v_meeting_ids is not null then
    perform private.announce_meetings(v_meeting_ids, array_fill('failed'::text, array[cardinality(v_meeting_ids)]));
  end if;
  return null;
exception
  when others then
    raise log 'convene could not announce meetings: %', sqlerrm;
    return null;
end $$;
comment on function private.meetings_announce_inserted is
  'Trigger: notifies of new rows that failed validation. Never fails the insert.';

create trigger meetings_announce_inserted
  after insert on public.meetings
  referencing new table as new_meetings
  for each statement
  execute function private.meetings_announce_inserted();

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
  -- A meeting has moved automatically once its event has the new time.
  perform private.announce_seen(n, 'rescheduled', v.version, jsonb_build_object('moved_from', jsonb_build_object(
    'start_time', v.from_starts_at, 'end_time', v.from_ends_at, 'timezone', n.timezone)))
  from new_meetings as n
  join old_meetings as o on o.meeting_id = n.meeting_id
  join private.moves as v on v.meeting_id = n.meeting_id and v.decision = 'moved' and v.desired_version <= n.written_version
  where n.written_version > o.written_version and v.desired_version > o.written_version and n.cancelled_at is null;
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
declare
  v_key constant text := concat_ws(':', 'needs_reauth', new.user_id, extract(epoch from new.connected_at));
  v_payload constant jsonb := jsonb_build_object('user_id', new.user_id, 'email', new.email, 'reason', new.status_reason);
begin
  insert into public.notifications (event, transition_key, organizer_user_id, kind, payload)
  values ('needs_reauth', v_key, new.user_id, 'log', v_payload)
  on conflict do nothing;
  insert into private.announcements (event, transition_key, organizer_user_id, payload)
  select 'needs_reauth', v_key, new.user_id, v_payload
  where exists (select from private.subscribers('needs_reauth', new.user_id, 'infinity', null, 1))
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

create function private.announcements_enqueue() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.work (kind, subject_id, owner_id, due_at)
  select 'announcement', n.announcement_id::text, n.organizer_user_id, n.created_at
  from new_announcements as n;
  return null;
end $$;
comment on function private.announcements_enqueue() is 'Trigger: makes a new announcement due.';

create trigger announcements_enqueue
  after insert on private.announcements
  referencing new table as new_announcements
  for each statement execute function private.announcements_enqueue();

create function private.notification_room(p_organizer_user_id uuid, p_limit integer) returns integer
language sql volatile set search_path = '' as $$
select p_limit - count(*)::integer
from (
  select
  from public.notifications as n
  join private.work as w on w.kind = 'notification' and w.subject_id = n.notification_id::text
  where n.organizer_user_id is not distinct from p_organizer_user_id
    and n.status in ('pending', 'retrying')
    and w.due_at <= clock_timestamp()
  limit p_limit
) as waiting;
$$;
comment on function private.notification_room(uuid, integer) is
  'How many notifications may be made about an organizer''s meetings: at most p_limit of them are due or leased at a time.';

create function private.fan_out_announcements(p_limit integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ids uuid[];
  v_organizer_ids uuid[];
  v_made integer[];
begin
  -- One worker at a time, as for the claim that follows in the same transaction.
  perform pg_advisory_xact_lock(hashtextextended('convene.claim_work.notification', 0));
  v_ids := array(select c.id::uuid from private.choose_work('announcement', p_limit) as c (id));
  if cardinality(v_ids) = 0 then
    return;
  end if;
  perform private.take_turns('announcement', array(
    select a.organizer_user_id from private.announcements as a where a.announcement_id = any (v_ids)));
  -- The rows are claimed by this worker, or by the next: they wake none.
  perform set_config('convene.is_fanning_out', 'true', true);
  with organizers as materialized (
    select o.id, least(private.notification_room(o.id, p_limit), private.budget_left(o.id, 'notifications_per_hour')) as room
    from (select distinct a.organizer_user_id as id from private.announcements as a where a.announcement_id = any (v_ids)) as o
  ), due as (
    select a.*, t.target_id, t.kind, t.owner_user_id, o.room,
      row_number() over (partition by a.organizer_user_id order by a.created_at, a.announcement_id, t.target_id) as place
    from private.announcements as a
    join organizers as o on o.id is not distinct from a.organizer_user_id
    cross join lateral private.subscribers(a.event, a.organizer_user_id, a.created_at, a.last_target_id, p_limit) as t
    where a.announcement_id = any (v_ids)
  ), made as (
    insert into public.notifications
      (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload, created_at)
    select d.event, d.transition_key, d.meeting_id, d.organizer_user_id, d.kind, d.target_id, d.owner_user_id, d.payload, d.created_at
    from due as d
    where d.place <= d.room
    order by d.place
    on conflict do nothing
  ), moved as (
    update private.announcements as a
    set last_target_id = reached.target_id
    from (
      select distinct on (d.announcement_id) d.announcement_id, d.target_id
      from due as d
      where d.place <= d.room
      order by d.announcement_id, d.target_id desc
    ) as reached
    where a.announcement_id = reached.announcement_id
  )
  select array_agg(counted.id), array_agg(counted.made) into v_organizer_ids, v_made
  from (
    select d.organizer_user_id as id, count(*)::integer as made from due as d where d.place <= d.room group by d.organizer_user_id
  ) as counted;
  if v_made is not null then
    perform private.add_spending('notifications_per_hour', v_organizer_ids, v_made);
  end if;
  perform set_config('convene.is_fanning_out', 'false', true);

  with finished as (
    delete from private.announcements as a
    where a.announcement_id = any (v_ids)
      and not exists (select from private.subscribers(a.event, a.organizer_user_id, a.created_at, a.last_target_id, 1))
    returning a.announcement_id
  )
  delete from private.work as w
  using finished as f
  where w.kind = 'announcement' and w.subject_id = f.announcement_id::text;
end $$;
comment on function private.fan_out_announcements(integer) is
  'Makes the notifications of announcements that are due, organizers in turn: of each organizer so many that at most p_limit are due at a time.';

revoke all on function
  private.subscribers,
  private.meeting_event,
  private.meeting_transition_key,
  private.meeting_notice,
  private.announce_meetings,
  private.meetings_announce_inserted,
  private.meetings_announce_updated,
  private.google_connections_announce,
  private.announcements_enqueue,
  private.notification_room,
  private.fan_out_announcements
from public, anon, authenticated, service_role;

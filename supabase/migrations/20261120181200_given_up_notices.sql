-- The event of a meeting stays on the calendar when its change or cancellation is given up, and people go by
-- it: that is news of a kind of its own, given_up.
alter table public.notification_targets
  drop constraint notification_targets_events_check,
  add constraint notification_targets_events_check
    check (events <@ '{created,failed,cancelled,given_up,needs_reauth}'::text[]),
  alter column events set default '{created,failed,cancelled,given_up,needs_reauth}';
alter table public.notifications
  drop constraint notifications_event_check,
  add constraint notifications_event_check
    check (event in ('created', 'failed', 'cancelled', 'given_up', 'needs_reauth'));

comment on table public.notification_targets is
  'Who is told when a meeting becomes created, failed or cancelled, when its change or cancellation is given up, or when a Google connection needs its user.';
comment on column public.notification_targets.events is 'Any of created, failed, cancelled, given_up, needs_reauth.';

-- Whoever wanted to hear everything still does.
update public.notification_targets as t
set events = array_append(t.events, 'given_up')
where t.events @> '{created,failed,cancelled,needs_reauth}';

-- What there is to say about a meeting in a state. A cancelled one is announced when nothing is left of it:
-- a cancellation that waits is no news yet, one that was given up is.
create or replace function private.meeting_event(
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

create or replace function private.meeting_transition_key(p_meeting public.meetings, p_event text) returns text
language sql stable set search_path = '' as $$
select concat_ws(':', p_event, p_meeting.meeting_id, case
  when p_event = 'created' then 'g' || p_meeting.event_generation
  -- After a requeue a meeting may fail again, and that is news: another attempt, another transition.
  when p_event = 'failed' and p_meeting.writeback_status is null then 's' || p_meeting.scheduling_attempts
  when p_event = 'failed' then 'a' || extract(epoch from p_meeting.writeback_attempted_at)
  when p_event = 'given_up' then 'v' || p_meeting.desired_version || 'a' || extract(epoch from p_meeting.writeback_attempted_at)
end)
$$;

create or replace function private.announce_meetings(p_meeting_ids text[], p_events text[]) returns void
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

create or replace function private.meetings_announce_updated() returns trigger
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

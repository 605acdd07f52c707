-- Triggers for rows that an application writes. A BEFORE trigger only validates; an AFTER trigger makes transitions.

create function private.meetings_enqueue() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.work (kind, subject_id, owner_id, priority, requests, due_at, spends)
  select
    case when n.writeback_status = 'pending' then 'write' else 'search' end, n.meeting_id, n.organizer_user_id,
    0, 1, clock_timestamp(), case when n.writeback_status = 'pending' then private.guests_to_invite(n.meeting_id) else 0 end
  from new_meetings as n
  where n.writeback_status in ('pending', 'retrying')
    or n.writeback_status is null and n.starts_at is null and n.scheduling_status in ('pending', 'retrying')
  order by n.meeting_id
  on conflict (kind, subject_id) do nothing;
  -- One statement for all rows: each wakes a function.
  insert into private.work (kind, subject_id, owner_id, due_at, cause)
  select 'conflict_check', n.meeting_id, n.organizer_user_id, clock_timestamp(), 'named'
  from new_meetings as n
  where n.writeback_status = 'pending' and n.on_conflict <> 'ignore' and n.ends_at > clock_timestamp() and n.organizer_user_id is not null
  order by n.meeting_id
  on conflict (kind, subject_id) do nothing;
  return null;
end $$;
comment on function private.meetings_enqueue() is 'A new meeting is due: for a search, or with a slot for a write, and for a check of that slot.';

create trigger meetings_enqueue
  after insert on public.meetings
  referencing new table as new_meetings
  for each statement execute function private.meetings_enqueue();

create function private.meetings_check_pending() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.cancelled_at is not null then
    raise exception 'cancelled: meeting % was cancelled', new.meeting_id
      using errcode = '55000', hint = 'A cancelled meeting stays cancelled. Insert a new one.';
  elsif new.starts_at is null or new.ends_at is null then
    raise exception 'no_slot: meeting % has no slot to write', new.meeting_id
      using errcode = '55000', hint = 'Set starts_at and ends_at in the same statement, or let schedule find a time.';
  end if;
  new.timezone := coalesce(new.timezone, 'UTC');
  return new;
end $$;
comment on function private.meetings_check_pending() is 'Refuses writeback_status = pending where there is nothing to write.';

create trigger meetings_check_pending
  before update of writeback_status on public.meetings
  for each row
  when (new.writeback_status = 'pending' and old.writeback_status is distinct from 'pending')
  execute function private.meetings_check_pending();

create function private.meetings_set_status() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if current_setting('convene.is_storing', true) = 'true' then
    return null;
  end if;
  perform private.apply_write_event(
    new.meeting_id, jsonb_build_object('type', 'set_' || new.writeback_status, 'former', old.writeback_status));
  if new.writeback_status = 'pending' and new.scheduling_status <> 'scheduled' then
    -- The caller gave the slot: a search would only replace it.
    delete from private.work as w where w.kind = 'search' and w.subject_id = new.meeting_id;
    update public.meetings as m
    set scheduling_status = 'scheduled', scheduling_error = null, scheduling_reason = null, scheduled_at = coalesce(m.scheduled_at, now())
    where m.meeting_id = new.meeting_id;
  end if;
  if new.writeback_status = 'pending' and new.on_conflict <> 'ignore' and (new.starts_at, new.ends_at) is distinct from (old.starts_at, old.ends_at) then
    perform private.request_check(new.meeting_id, new.organizer_user_id, 'named');
  end if;
  return null;
end $$;
comment on function private.meetings_set_status() is
  'Makes an UPDATE of writeback_status an event: pending makes the write due, and with another slot a check of it; failed ends due work.';

create trigger meetings_set_pending
  after update of writeback_status on public.meetings
  for each row
  when (new.writeback_status = 'pending')
  execute function private.meetings_set_status();

create trigger meetings_set_failed
  after update of writeback_status on public.meetings
  for each row
  when (new.writeback_status = 'failed' and old.writeback_status is distinct from 'failed')
  execute function private.meetings_set_status();

create function private.meetings_remove_participants() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.event_state as es (kind, subject_id, removed_participants)
  select
    'meeting', n.meeting_id,
    array(select private.participant_emails(o.participants) except select private.participant_emails(n.participants))
  from new_meetings as n
  join old_meetings as o on o.meeting_id = n.meeting_id
  where n.participants is distinct from o.participants
  order by n.meeting_id
  on conflict (kind, subject_id) do update
  set removed_participants = array(
    (select unnest(es.removed_participants) union select unnest(excluded.removed_participants))
    except select private.participant_emails((select m.participants from public.meetings as m where m.meeting_id = es.subject_id)));
  return null;
end $$;
comment on function private.meetings_remove_participants() is 'Stores which participants a change removed, until the event no longer shows them.';

create trigger meetings_remove_participants
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement execute function private.meetings_remove_participants();

-- A user can be deleted from auth.users at any time: the meetings stay, without organizer, and due work ends with an error.
create function private.meetings_detach() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.apply_write_event(new.meeting_id, '{"type": "organizer_deleted"}');
  delete from private.work as w
  where w.kind in ('search', 'conflict_check', 'meet_link') and w.subject_id = new.meeting_id and coalesce(w.leased_until <= clock_timestamp(), true);
  update public.meetings as m
  set
    scheduling_status = 'failed',
    scheduling_error = 'organizer_deleted',
    scheduling_reason = 'The organizer''s account was deleted before a time was found.'
  where m.meeting_id = new.meeting_id and m.starts_at is null and m.scheduling_status in ('pending', 'retrying');
  return null;
end $$;
comment on function private.meetings_detach() is 'Ends the due work of a meeting whose organizer was deleted.';

create trigger meetings_detach
  after update of organizer_user_id on public.meetings
  for each row
  when (old.organizer_user_id is not null and new.organizer_user_id is null)
  execute function private.meetings_detach();

create function private.meetings_refuse_delete() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Without an organizer there is no connection through which an event could be deleted.
  if old.organizer_user_id is not null and (
    old.google_event_id is not null and (old.cancelled_at is null or old.written_version < old.desired_version)
    or exists (
      select from private.work as w
      where w.kind = 'write' and w.subject_id = old.meeting_id and (w.lease_token is not null or w.crashes > 0))
    or exists (
      select from private.event_state as es
      where es.kind = 'meeting' and es.subject_id = old.meeting_id and es.outcome_unknown_since is not null)
  ) then
    raise exception 'meeting % has an event on Google Calendar, or may have one; cancel it first', old.meeting_id
      -- PostgREST answers 409 to this code, 500 to the codes of class 55.
      using errcode = '23503', hint = 'DELETE meetings or public.cancel_meeting cancels it; delete the row once nothing is due.';
  end if;
  return old;
end $$;
comment on function private.meetings_refuse_delete() is 'Refuses to delete a meeting whose event exists, or may exist.';

create trigger meetings_refuse_delete
  before delete on public.meetings
  for each row execute function private.meetings_refuse_delete();

create function private.meetings_keep_calendar() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if old.google_event_id is not null and new.target_calendar_id <> old.google_calendar_id then
    raise exception 'meeting % has its event on calendar %', old.meeting_id, old.google_calendar_id
      using errcode = '23503', hint = 'The calendar of an event cannot be changed here. Move the event on Google Calendar, or cancel the meeting and schedule a new one.';
  end if;
  return new;
end $$;
comment on function private.meetings_keep_calendar() is 'Refuses another target_calendar_id for a meeting whose event exists.';

create trigger meetings_keep_calendar
  before update of target_calendar_id on public.meetings
  for each row
  when (new.target_calendar_id is distinct from old.target_calendar_id)
  execute function private.meetings_keep_calendar();

create function private.meetings_forget() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from private.work as w where w.kind in ('search', 'conflict_check', 'write', 'meet_link');
    delete from private.event_state as es where es.kind = 'meeting';
    return null;
  end if;
  delete from private.work as w
  using old_meetings as o
  where w.kind in ('search', 'conflict_check', 'write', 'meet_link') and w.subject_id = o.meeting_id;
  delete from private.event_state as es
  using old_meetings as o
  where es.kind = 'meeting' and es.subject_id = o.meeting_id;
  return null;
end $$;
comment on function private.meetings_forget() is 'Deletes work and event state of a deleted meeting.';

create trigger meetings_forget
  after delete on public.meetings
  referencing old table as old_meetings
  for each statement execute function private.meetings_forget();

create trigger meetings_forget_all
  after truncate on public.meetings
  for each statement execute function private.meetings_forget();

revoke all on function
  private.meetings_enqueue,
  private.meetings_check_pending,
  private.meetings_set_status,
  private.meetings_remove_participants,
  private.meetings_detach,
  private.meetings_refuse_delete,
  private.meetings_keep_calendar,
  private.meetings_forget
from public, anon, authenticated, service_role;

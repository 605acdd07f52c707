-- From the time a slot is chosen until its event is written, Google Calendar does not show that the time is taken. A
-- hold reserves it, so that concurrent searches do not book a person twice.
create extension if not exists btree_gist with schema extensions;

create table private.slot_holds (
  id bigint generated always as identity primary key,
  meeting_id text references public.meetings (meeting_id) on delete cascade,
  -- No foreign key: the table of events may be an application's own. A trigger deletes the holds with their row.
  task_event_id uuid,
  participant_email text not null check (participant_email = lower(participant_email)),
  organizer_user_id uuid,
  held tstzrange not null,
  slot tstzrange not null,
  state text not null default 'active' check (state in ('active', 'ended', 'written', 'past')),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  by_consent boolean not null default false,
  is_own boolean not null default false,
  is_given boolean not null default false,
  constraint slot_holds_of_one_subject check (num_nonnulls(meeting_id, task_event_id) = 1),
  constraint slot_holds_one_row_a_time unique nulls not distinct (meeting_id, task_event_id, participant_email, held),
  constraint slot_holds_one_meeting_at_a_time
    exclude using gist (participant_email with =, held with &&) where (state in ('active', 'written'))
);

comment on table private.slot_holds is
  'Reserved time of participants of meetings and team tasks whose event is not written yet: of the organizer, and of people whose calendar '
  'the organizer was allowed to read in the search. Other users see only "busy".';
comment on column private.slot_holds.id is 'Number of the row.';
comment on column private.slot_holds.meeting_id is 'The meeting for which the time is reserved; null: it is reserved for a task.';
comment on column private.slot_holds.task_event_id is
  'Row of public.task_calendar_events for which the time is reserved, so that it ends with its write and is never taken again; null: a meeting.';
comment on column private.slot_holds.organizer_user_id is 'Organizer of that meeting, or the user of the task.';
comment on column private.slot_holds.participant_email is 'The person, in lower case.';
comment on column private.slot_holds.held is 'The reserved time: the meeting, or one occurrence of a series.';
comment on column private.slot_holds.slot is
  'The slot of the meeting when the hold was inserted: the first occurrence of a series. The hold ends when the slot changes.';
comment on column private.slot_holds.state is
  'active: the time is reserved for a meeting or task that is not written. ended: it is not reserved any more, or was not, and the claim of the '
  'write reserves it again. written: the event is on the calendar, which a search in progress may have read before. past: as written, '
  'but over; kept while another meeting waits whose hold had ended, and which must not be written at the same time.';
comment on column private.slot_holds.expires_at is
  'When the reservation ends: hold_minutes after the search, or written_hold_minutes after the lease of the write or after the event '
  'was written (private.settings).';
comment on column private.slot_holds.created_at is 'When the time was reserved, the last time.';
comment on column private.slot_holds.by_consent is
  'Whether the person''s calendar was read because the person shares with the organizer; ends when that is revoked.';
comment on column private.slot_holds.is_own is 'Whether the person is the organizer; such holds do not count for holds_per_person.';
comment on column private.slot_holds.is_given is
  'Whether a change named this time, and no search found it: where another meeting holds it, the event is written with a warning, and no other time is searched.';

create index idx_slot_holds_organizer on private.slot_holds (organizer_user_id);
create index idx_slot_holds_task_event on private.slot_holds (task_event_id) where task_event_id is not null;
create index idx_slot_holds_expiry on private.slot_holds (expires_at) where state in ('active', 'written');
create index idx_slot_holds_past on private.slot_holds (participant_email) where state = 'past';
create index idx_slot_holds_ended on private.slot_holds (participant_email) where state = 'ended';

alter table private.slot_holds enable row level security;

-- 32 locks: enough that searches with different people rarely wait for each other, too few to fill the lock table.
create function private.people_locks(p_names text[]) returns setof integer
language sql immutable set search_path = '' as $$
select distinct abs(hashtext(name) % 32) as lock from unnest(p_names) as name order by lock
$$;
comment on function private.people_locks is 'The numbers of the advisory locks of these people, in the order in which they are locked.';

create function private.lock_people(p_emails text[]) returns void
language plpgsql set search_path = '' as $$
declare
  v_lock integer;
begin
  for v_lock in select l from private.people_locks(p_emails) as l loop
    -- The first number separates these locks from advisory locks of the application.
    perform pg_advisory_xact_lock(1668246898, v_lock);
  end loop;
end $$;
comment on function private.lock_people is
  'Locks these people for the rest of the transaction, so that one search at a time reserves their time. Locks are taken '
  'in one order, so there is no deadlock.';

create function private.is_awaited(p_hold private.slot_holds) returns boolean
language sql stable set search_path = '' as $$
select exists (
  select from private.slot_holds as h
  join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
  where h.participant_email = p_hold.participant_email and h.state = 'ended' and h.held && p_hold.held and h.meeting_id is distinct from p_hold.meeting_id)
$$;
comment on function private.is_awaited(private.slot_holds) is
  'Whether another meeting, whose hold of the same time has ended, still waits to be written.';

create function private.end_expired_holds(p_emails text[]) returns void
language sql volatile set search_path = '' as $$
with expired as materialized (
  select
    h.id,
    case
      when h.state = 'written' then case when private.is_awaited(h) then 'past' end
      -- No claim takes the time of a task again.
      when h.meeting_id is not null then 'ended'
    end as next
  from private.slot_holds as h
  where h.participant_email = any (p_emails) and h.state in ('active', 'written') and h.expires_at <= clock_timestamp()
  -- Another transaction that has locked a row renews or deletes it.
  for update skip locked
), removed as (
  delete from private.slot_holds as h
  using expired as e
  where e.next is null and h.id = e.id
)
update private.slot_holds as h
set state = e.next
from expired as e
where e.next is not null and h.id = e.id;
$$;
comment on function private.end_expired_holds(text[]) is
  'Ends the holds of these people that have expired: of written events they are deleted unless another meeting waits for the time, of '
  'unwritten tasks too, and of other meetings kept for the claim of the write. An exclusion constraint cannot depend on the current time, so this comes before each insert.';

create function private.may_hold(p_organizer_user_id uuid) returns boolean
language sql volatile set search_path = '' as $$
select exists (
  select from private.google_connections as c
  where c.user_id = p_organizer_user_id
    and c.status = 'healthy'
    and coalesce(private.paused_until(c, true), '-infinity') <= clock_timestamp()
);
$$;
comment on function private.may_hold(uuid) is
  'Whether the meetings of this organizer can be written now. If the connection is paused or broken, a hold could last without an end.';

create function private.promises_of(p_candidate jsonb, p_held text[], p_occurrences jsonb)
returns table (email text, held tstzrange)
language sql stable set search_path = '' as $$
select distinct lower(a.value ->> 'email'), tstzrange((p_candidate ->> 'start_time')::timestamptz, (p_candidate ->> 'end_time')::timestamptz)
from jsonb_array_elements(p_candidate -> 'participant_availability') as a
where a.value ->> 'status' = 'free' and lower(a.value ->> 'email') = any (p_held)
union all
-- People who cannot come to the first occurrence are still invited to the others.
select person.email, tstzrange((o.value ->> 'start_time')::timestamptz, (o.value ->> 'end_time')::timestamptz)
from jsonb_array_elements(case jsonb_typeof(p_occurrences) when 'array' then p_occurrences else '[]' end) with ordinality as o
cross join unnest(p_held) as person (email)
where o.ordinality > 1 and not coalesce(o.value -> 'taken', '[]') ? person.email
  -- Members of a group who are not chosen take part nowhere.
  and person.email in (select lower(a.value ->> 'email') from jsonb_array_elements(p_candidate -> 'participant_availability') as a)
$$;
comment on function private.promises_of is
  'The holds that a meeting with this candidate needs. p_occurrences is null for a single meeting; for a series it is '
  '[{start_time, end_time, taken}], the first occurrence first. Without people (taken, in lower case) for whom the '
  'search already reported a clash.';

create function private.times_held(p_organizer_user_id uuid, p_except_meeting_id text) returns bigint
language sql volatile set search_path = '' as $$
select count(*)
from (
  select distinct h.meeting_id, h.task_event_id, h.held
  from private.slot_holds as h
  where h.organizer_user_id = p_organizer_user_id
    and h.state = 'active'
    and h.expires_at > clock_timestamp()
    and (h.meeting_id is null or h.meeting_id is distinct from p_except_meeting_id)
) as held;
$$;
comment on function private.times_held(uuid, text) is
  'How many times the unwritten meetings and tasks of an organizer hold, without one meeting. Each occurrence of a series counts: otherwise '
  'a series could block twelve times as much time of other people.';

create function private.people_at_limit(p_emails text[], p_added integer, p_except_meeting_id text) returns text[]
language sql volatile set search_path = '' as $$
select coalesce(array_agg(person.email), '{}')
from unnest(p_emails) as person (email)
where p_added + (
  select count(*)
  from private.slot_holds as h
  where h.participant_email = person.email
    and h.state = 'active'
    and not h.is_own
    and h.expires_at > clock_timestamp()
    and (h.meeting_id is null or h.meeting_id is distinct from p_except_meeting_id)
) > private.setting('holds_per_person');
$$;
comment on function private.people_at_limit(text[], integer, text) is
  'Those of these people of whom unwritten meetings and tasks of others would hold more times than holds_per_person if p_added were added.';

-- After lock_people no statement in here waits: a row that another transaction is changing is read as committed.
create function private.hold_first_free(
  p_meeting_id text, p_task_event_id uuid, p_organizer_user_id uuid, p_held text[], p_candidates jsonb, p_occurrences jsonb
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_held constant text[] := array_remove(p_held, private.unverified_email(p_organizer_user_id));
  v_index integer := -1;
  v_candidate jsonb;
  v_is_free boolean := false;
  v_may_hold constant boolean := private.may_hold(p_organizer_user_id);
  v_limit constant integer := private.setting('holds_per_organizer');
  v_times integer;
  v_own_email text := private.account_email(p_organizer_user_id);
  v_at_limit text[];
begin
  -- The organizer too: concurrent searches must not pass the limit together.
  perform private.lock_people(v_held || p_organizer_user_id::text);
  perform private.end_expired_holds(v_held);

  -- The first is nearly always free, so the others are not read.
  foreach v_candidate in array array(select c from jsonb_array_elements(p_candidates) as c) loop
    v_index := v_index + 1;
    v_is_free := not exists (
      select
      from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p
      join private.slot_holds as h on h.participant_email = p.email and h.held && p.held
      where h.state in ('active', 'written') and (h.meeting_id, h.task_event_id) is distinct from (p_meeting_id, p_task_event_id)
    ) and not exists (
      -- While a connection is paused, its meetings hold nothing, and still keep out of each other's time.
      select
      from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p
      join private.slot_holds as h on h.participant_email = p.email and h.held && p.held
      join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
      where h.state = 'ended' and h.meeting_id is distinct from p_meeting_id and h.organizer_user_id = p_organizer_user_id
    );
    exit when v_is_free;
  end loop;
  if not v_is_free then
    return jsonb_build_object('decision', 'taken');
  end if;

  v_times := (select count(distinct p.held) from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p);
  if v_may_hold and v_times > 0 and v_times + private.times_held(p_organizer_user_id, p_meeting_id) > v_limit then
    return jsonb_build_object('decision', 'too_many_holds', 'limit', v_limit);
  end if;
  v_at_limit := private.people_at_limit(array(select e from unnest(v_held) as e where e is distinct from v_own_email), v_times, p_meeting_id);

  delete from private.slot_holds as h where h.meeting_id = p_meeting_id or h.task_event_id = p_task_event_id;
  insert into private.slot_holds (meeting_id, task_event_id, participant_email, organizer_user_id, held, slot, expires_at, by_consent, is_own)
  select
    p_meeting_id, p_task_event_id, p.email, p_organizer_user_id, p.held,
    tstzrange((v_candidate ->> 'start_time')::timestamptz, (v_candidate ->> 'end_time')::timestamptz),
    clock_timestamp() + make_interval(mins => private.setting('hold_minutes')::integer),
    p.email = any (private.sharing_emails(v_held, p_organizer_user_id)),
    coalesce(p.email = v_own_email, false)
  from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p
  -- Of a task nothing is held later.
  where p_task_event_id is null or v_may_hold and p.email <> all (v_at_limit)
  -- Occurrences of one series may overlap: 24 hours every day, on the day of a clock change.
  on conflict do nothing;
  update private.slot_holds as h
  set state = 'ended', expires_at = clock_timestamp()
  where h.meeting_id = p_meeting_id and (not v_may_hold or h.participant_email = any (v_at_limit));
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $$;
comment on function private.hold_first_free is
  'Reserves for a meeting or the event of a task (one of p_meeting_id and p_task_event_id is null) the first candidate at which no attending '
  'person has a hold of another one, at any of its occurrences: '
  '{decision, candidate (its index from 0), limit}: settled, taken (there is none) or too_many_holds. A paused or disconnected organizer '
  'reserves nothing, and of people at their limit nothing is reserved; the claim of the write of a meeting does. p_occurrences: a list for each candidate, or null.';

-- A statement trigger: one update for all meetings of a settlement. The lock on a meeting's row also protects its holds.
create function private.meetings_keep_holds() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  with changed as (
    select
      n.meeting_id,
      n.starts_at,
      n.ends_at,
      case
        when n.participants is distinct from o.participants then
          array(select private.participant_emails(o.participants) except select private.participant_emails(n.participants))
        else '{}'
      end as removed,
      n.cancelled_at is not null as is_cancelled,
      coalesce(n.writeback_status = 'created' and n.written_version >= n.desired_version, false) as is_written,
      exists (select from private.work as w where w.kind = 'write' and w.subject_id = n.meeting_id) as is_due
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    where (n.writeback_status is not null or o.writeback_status is not null)
      and (n.writeback_status, n.writeback_error, n.desired_version, n.written_version, n.cancelled_at, n.starts_at, n.ends_at, n.participants)
        is distinct from
        (o.writeback_status, o.writeback_error, o.desired_version, o.written_version, o.cancelled_at, o.starts_at, o.ends_at, o.participants)
  ), given_back as (
    delete from private.slot_holds as h
    using changed as c
    where h.meeting_id = c.meeting_id
      and (
        c.is_cancelled
        or (lower(h.slot), upper(h.slot)) is distinct from (c.starts_at, c.ends_at)
        -- A removed participant is free again immediately.
        or h.participant_email = any (c.removed)
      )
  )
  update private.slot_holds as h
  set
    -- A meeting that failed keeps its rows, so that a requeue can reserve the same time of the same people. A written
    -- event may be one of an earlier attempt, which was adopted while the time was not reserved.
    state = case when c.is_written and h.state = 'ended' then 'past' when c.is_written then 'written' else 'ended' end,
    -- A search in progress may have read the calendar before the event was written.
    expires_at = clock_timestamp() + case
      when c.is_written then make_interval(mins => private.setting('written_hold_minutes')::integer)
      else interval '0'
    end
  from changed as c
  where h.meeting_id = c.meeting_id
    and (h.state = 'active' or h.state = 'ended' and c.is_written)
    and not c.is_due
    and not c.is_cancelled
    and (lower(h.slot), upper(h.slot)) is not distinct from (c.starts_at, c.ends_at)
    and h.participant_email <> all (c.removed);
  return null;
end $$;
comment on function private.meetings_keep_holds is
  'Trigger: updates the holds of changed meetings; they end with a failure, and are deleted with a cancellation, another slot or the '
  'removal of the participant.';

create trigger meetings_keep_holds
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement
  execute function private.meetings_keep_holds();

create function private.sharing_ends_holds() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A hold whose event is written says no more than the calendar does, and ends soon.
  delete from private.slot_holds as h
  using private.google_connections as c
  where c.user_id = old.owner_user_id
    and h.participant_email = lower(c.email)
    and h.by_consent
    and h.state in ('active', 'ended')
    and c.user_id not in (
      select u.user_id from private.sharing_users(array[h.participant_email], h.organizer_user_id) as u
    );
  return null;
end $$;
comment on function private.sharing_ends_holds() is 'Trigger: revoking a permission ends the holds that it allowed and that are not written.';

create trigger sharing_ends_holds
  after update or delete on public.availability_sharing
  for each row
  execute function private.sharing_ends_holds();

create function private.expire_slot_holds() returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.end_expired_holds(array(
    select distinct h.participant_email from private.slot_holds as h where h.state in ('active', 'written') and h.expires_at <= now()));
  delete from private.slot_holds as h
  where h.id in (
    select p.id
    from private.slot_holds as p
    where p.state = 'past' and not private.is_awaited(p)
    for update skip locked
  );
end $$;
comment on function private.expire_slot_holds() is 'Ends expired holds, which searches already ignore, and deletes those that no meeting waits for.';

create function public.read_slot_holds(
  p_emails text[], p_from timestamptz, p_to timestamptz, p_meeting_id text default null, p_organizer_user_id uuid default null,
  p_read jsonb default null, p_task_event_id uuid default null
) returns table (participant_email text, starts_at timestamptz, ends_at timestamptz)
language sql volatile set search_path = '' as $$
select private.note_availability_reads(p_read, p_from, p_to);
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
where h.participant_email in (
    select lower(email) from unnest(p_emails) as email
    except select private.unverified_email(p_organizer_user_id))
  and h.held && tstzrange(p_from, p_to)
  and (h.meeting_id is null or h.meeting_id is distinct from p_meeting_id)
  and (h.task_event_id is null or h.task_event_id is distinct from p_task_event_id)
  and h.state in ('active', 'written')
  and h.expires_at > clock_timestamp()
union all
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
where h.participant_email in (select lower(email) from unnest(p_emails) as email)
  and h.held && tstzrange(p_from, p_to)
  and h.meeting_id is distinct from p_meeting_id
  and h.organizer_user_id = p_organizer_user_id
  and (h.state = 'ended' or h.state = 'active' and h.expires_at <= clock_timestamp());
$$;
comment on function public.read_slot_holds(text[], timestamptz, timestamptz, text, uuid, jsonb, uuid) is
  'Held times of these people, without those of p_meeting_id or of the event p_task_event_id of a task, and the times at which other meetings of the organizer are to be written. '
  'Neither meeting nor organizer is returned. p_read: whose connections are used at the same time (private.note_availability_reads).';

revoke all on private.slot_holds from public, anon, authenticated, service_role;
revoke all on function
  private.people_locks,
  private.lock_people,
  private.is_awaited,
  private.end_expired_holds,
  private.may_hold,
  private.promises_of,
  private.times_held,
  private.people_at_limit,
  private.account_email,
  private.hold_first_free,
  private.meetings_keep_holds,
  private.sharing_ends_holds,
  private.expire_slot_holds,
  public.read_slot_holds
from public, anon, authenticated, service_role;

-- Between the moment a slot is chosen and the moment its event stands on the calendar, nothing on Google shows
-- that the time is taken. A hold says so: nobody gets the same time twice, however many searches run at once.
create extension if not exists btree_gist with schema extensions;

create table private.slot_holds (
  meeting_id text not null references public.meetings (meeting_id) on delete cascade,
  participant_email text not null check (participant_email = lower(participant_email)),
  organizer_user_id uuid,
  held tstzrange not null,
  expires_at timestamptz default now() + interval '15 minutes',
  created_at timestamptz not null default now(),
  slot tstzrange not null,
  primary key (meeting_id, participant_email, held),
  constraint slot_holds_one_meeting_at_a_time
    exclude using gist (participant_email with =, held with &&)
);

comment on table private.slot_holds is
  'Who is held for which meeting when. Only people whose calendar the organizer can read are held; other users learn '
  'no more than "busy".';
comment on column private.slot_holds.meeting_id is 'The meeting that holds the time.';
comment on column private.slot_holds.organizer_user_id is 'Organizer of that meeting.';
comment on column private.slot_holds.created_at is 'When the hold was inserted.';
comment on column private.slot_holds.participant_email is 'The person, in lower case.';
comment on column private.slot_holds.expires_at is
  'Null while the meeting is due to be written. A hold without due write-back ends after 15 minutes, one whose event '
  'was written after 5: longer than a search that read the calendars before may take.';
comment on column private.slot_holds.held is 'The time of the meeting, or of one occurrence of a series.';
comment on column private.slot_holds.slot is
  'The slot of the meeting when the hold was taken: the first occurrence of a series. With another slot the hold ends.';

create index idx_slot_holds_organizer on private.slot_holds (organizer_user_id) where expires_at is null;
create index idx_slot_holds_expiry on private.slot_holds (expires_at) where expires_at is not null;

alter table private.slot_holds enable row level security;

-- Whoever looks for a slot of some people and takes it does so alone. The locks are taken in one order, so nobody
-- waits in a circle; 32 of them are enough to let strangers pass each other and too few to fill the lock table.
create function private.lock_people(p_emails text[]) returns void
language plpgsql set search_path = '' as $$
declare
  v_bucket integer;
begin
  for v_bucket in
    select distinct abs(hashtext(email) % 32) as bucket from unnest(p_emails) as email order by bucket
  loop
    -- The first number keeps these apart from other people's advisory locks.
    perform pg_advisory_xact_lock(1668246898, v_bucket);
  end loop;
end $$;
comment on function private.lock_people is
  'Locks these people for the rest of the transaction, so that one search at a time takes their time. Locks are taken '
  'in one order, which rules out deadlocks.';

-- Who is promised when, should a meeting take a candidate. p_occurrences is null for a single meeting; of a series it
-- is [{start_time, end_time, taken}], the first occurrence first. Nobody is promised where the search already knew them
-- taken (addresses in lower case): the answer has told of that clash.
create function private.promises_of(p_candidate jsonb, p_held text[], p_occurrences jsonb)
returns table (email text, held tstzrange)
language sql stable set search_path = '' as $$
select distinct lower(a.value ->> 'email'), tstzrange((p_candidate ->> 'start_time')::timestamptz, (p_candidate ->> 'end_time')::timestamptz)
from jsonb_array_elements(p_candidate -> 'participant_availability') as a
where a.value ->> 'status' = 'free' and lower(a.value ->> 'email') = any (p_held)
union all
-- Whoever cannot come the first time is invited to the other occurrences all the same.
select person.email, tstzrange((o.value ->> 'start_time')::timestamptz, (o.value ->> 'end_time')::timestamptz)
from jsonb_array_elements(case jsonb_typeof(p_occurrences) when 'array' then p_occurrences else '[]' end) with ordinality as o
cross join unnest(p_held) as person (email)
where o.ordinality > 1 and not coalesce(o.value -> 'taken', '[]') ? person.email
$$;
comment on function private.promises_of is
  'Who would be held when, if a meeting took a candidate. p_occurrences is null for a single meeting; of a series it '
  'is [{start_time, end_time, taken}], the first occurrence first. People of whom the search already knew a clash are '
  'left out.';

-- Takes the first candidate that no other meeting holds for anybody who would come, at any of its occurrences; null
-- when there is none. p_occurrences: a list for each candidate, or null. After lock_people nothing in here waits: a row
-- that another transaction is changing counts as it stands.
create function private.hold_first_free(p_meeting public.meetings, p_held text[], p_candidates jsonb, p_occurrences jsonb)
returns integer
language plpgsql set search_path = '' as $$
declare
  v_index integer := -1;
  v_candidate jsonb;
  v_is_free boolean := false;
begin
  perform private.lock_people(p_held);
  -- The constraint cannot know what time it is: what has expired must be gone.
  delete from private.slot_holds as h
  where (h.meeting_id, h.participant_email, h.held) in (
    select e.meeting_id, e.participant_email, e.held
    from private.slot_holds as e
    where e.participant_email = any (p_held) and e.expires_at <= clock_timestamp()
    for update skip locked
  );

  -- Nearly always the first is free, so the others are not even looked at.
  foreach v_candidate in array array(select c from jsonb_array_elements(p_candidates) as c) loop
    v_index := v_index + 1;
    v_is_free := not exists (
      select
      from private.promises_of(v_candidate, p_held, p_occurrences -> v_index) as p
      join private.slot_holds as h on h.participant_email = p.email and h.held && p.held
      where h.meeting_id <> p_meeting.meeting_id
    );
    exit when v_is_free;
  end loop;
  if not v_is_free then
    return null;
  end if;

  delete from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id;
  -- The caller makes the write-back due in the same transaction, so this one does not expire.
  insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, slot, expires_at)
  select
    p_meeting.meeting_id, p.email, p_meeting.organizer_user_id, p.held,
    tstzrange((v_candidate ->> 'start_time')::timestamptz, (v_candidate ->> 'end_time')::timestamptz),
    null
  from private.promises_of(v_candidate, p_held, p_occurrences -> v_index) as p
  -- Occurrences of one series may overlap each other: a whole day, every day, when the clocks go forward.
  on conflict do nothing;
  return v_index;
end $$;
comment on function private.hold_first_free is
  'Takes the first candidate that no other meeting holds for anyone who would come, at any of its occurrences; '
  'returns its index from 0, or null when there is none. p_occurrences: a list for each candidate, or null.';

-- Every occurrence counts: a series must not block twelve times as much of other people's time as meetings may.
create function private.holds_too_many(p_meeting public.meetings) returns boolean
language sql stable set search_path = '' as $$
select count(*) >= 250
from (
  select distinct h.meeting_id, h.held
  from private.slot_holds as h
  where h.organizer_user_id = p_meeting.organizer_user_id
    and h.expires_at is null
    and h.meeting_id <> p_meeting.meeting_id
) as promised;
$$;
comment on function private.holds_too_many is
  'Whether the organizer already holds 250 times. The limit keeps one organizer from blocking other people''s time.';

-- Holds follow all meetings that a statement has changed at once. Each meeting's holds are written only by who has its row.
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
      n.cancelled_at is not null or n.writeback_status is not distinct from 'failed' as has_ended,
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
        c.has_ended
        or (lower(h.slot), upper(h.slot)) is distinct from (c.starts_at, c.ends_at)
        -- A participant who is taken off the list is free again at once.
        or h.participant_email = any (c.removed)
      )
  )
  update private.slot_holds as h
  -- The calendar shows a written event, but a search in progress may have read it before.
  set expires_at = case when not c.is_due then clock_timestamp() + interval '5 minutes' end
  from changed as c
  where h.meeting_id = c.meeting_id
    and not c.has_ended
    and (lower(h.slot), upper(h.slot)) is not distinct from (c.starts_at, c.ends_at)
    and h.participant_email <> all (c.removed);
  return null;
end $$;
comment on function private.meetings_keep_holds is
  'Trigger: holds follow the meetings that a statement changed; they end with a failure, a cancellation, another slot '
  'or a removed participant.';

create trigger meetings_keep_holds
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement
  execute function private.meetings_keep_holds();

create function private.expire_slot_holds() returns void
language sql security definer set search_path = '' as $$
delete from private.slot_holds as h
where (h.meeting_id, h.participant_email, h.held) in (
  select e.meeting_id, e.participant_email, e.held
  from private.slot_holds as e
  where e.expires_at <= now()
  for update skip locked
);
$$;
comment on function private.expire_slot_holds() is 'Deletes expired holds; searches do not count them anyway.';

create function public.read_slot_holds(
  p_emails text[], p_from timestamptz, p_to timestamptz, p_meeting_id text default null
) returns table (participant_email text, starts_at timestamptz, ends_at timestamptz)
language sql volatile set search_path = '' as $$
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
where h.participant_email in (select lower(email) from unnest(p_emails) as email)
  and h.held && tstzrange(p_from, p_to)
  and h.meeting_id is distinct from p_meeting_id
  and (h.expires_at is null or h.expires_at > clock_timestamp());
$$;
comment on function public.read_slot_holds(text[], timestamptz, timestamptz, text) is
  'When these people are held for meetings other than p_meeting_id. Neither meeting nor organizer is returned.';

revoke all on private.slot_holds from public, anon, authenticated, service_role;
revoke all on function
  private.lock_people,
  private.promises_of,
  private.hold_first_free,
  private.holds_too_many,
  private.meetings_keep_holds,
  private.expire_slot_holds,
  public.read_slot_holds
from public, anon, authenticated, service_role;

-- From the time a slot is chosen until its event is written, Google Calendar does not show that the time is taken. A
-- hold reserves it, so that concurrent searches do not book a person twice.
create extension if not exists btree_gist with schema extensions;

create table private.slot_holds (
  meeting_id text not null references public.meetings (meeting_id) on delete cascade,
  participant_email text not null check (participant_email = lower(participant_email)),
  organizer_user_id uuid,
  held tstzrange not null,
  expires_at timestamptz default now() + interval '15 minutes',
  created_at timestamptz not null default now(),
  slot tstzrange not null,
  by_consent boolean not null default false,
  primary key (meeting_id, participant_email, held),
  constraint slot_holds_one_meeting_at_a_time
    exclude using gist (participant_email with =, held with &&)
);

comment on table private.slot_holds is
  'Reserved time of participants of meetings whose event is not written yet. Only for people whose calendar the '
  'organizer can read; other users see only "busy".';
comment on column private.slot_holds.meeting_id is 'The meeting for which the time is reserved.';
comment on column private.slot_holds.organizer_user_id is 'Organizer of that meeting.';
comment on column private.slot_holds.created_at is 'When the hold was inserted.';
comment on column private.slot_holds.participant_email is 'The person, in lower case.';
comment on column private.slot_holds.expires_at is
  'Null while the meeting is due to be written. A hold without due write-back ends after 15 minutes, and 5 minutes '
  'after its event was written: a search that read the calendars before that is over by then.';
comment on column private.slot_holds.held is 'The reserved time: the meeting, or one occurrence of a series.';
comment on column private.slot_holds.slot is
  'The slot of the meeting when the hold was inserted: the first occurrence of a series. The hold ends when the slot changes.';

comment on column private.slot_holds.by_consent is
  'Whether the person''s calendar was read because the person shares with the organizer; ends when that is revoked.';

create index idx_slot_holds_organizer on private.slot_holds (organizer_user_id) where expires_at is null;
create index idx_slot_holds_expiry on private.slot_holds (expires_at) where expires_at is not null;

alter table private.slot_holds enable row level security;

-- 32 locks: enough that searches with different people rarely wait for each other, too few to fill the lock table.
create function private.lock_people(p_emails text[]) returns void
language plpgsql set search_path = '' as $$
declare
  v_bucket integer;
begin
  for v_bucket in
    select distinct abs(hashtext(email) % 32) as bucket from unnest(p_emails) as email order by bucket
  loop
    -- The first number separates these locks from advisory locks of the application.
    perform pg_advisory_xact_lock(1668246898, v_bucket);
  end loop;
end $$;
comment on function private.lock_people is
  'Locks these people for the rest of the transaction, so that one search at a time reserves their time. Locks are taken '
  'in one order, so there is no deadlock.';

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
$$;
comment on function private.promises_of is
  'The holds that a meeting with this candidate needs. p_occurrences is null for a single meeting; for a series it is '
  '[{start_time, end_time, taken}], the first occurrence first. Without people (taken, in lower case) for whom the '
  'search already reported a clash.';

-- After lock_people no statement in here waits: a row that another transaction is changing is read as committed.
create function private.hold_first_free(p_meeting public.meetings, p_held text[], p_candidates jsonb, p_occurrences jsonb)
returns integer
language plpgsql set search_path = '' as $$
declare
  v_index integer := -1;
  v_candidate jsonb;
  v_is_free boolean := false;
begin
  perform private.lock_people(p_held);
  -- An exclusion constraint cannot depend on the current time, so expired holds are deleted first.
  delete from private.slot_holds as h
  where (h.meeting_id, h.participant_email, h.held) in (
    select e.meeting_id, e.participant_email, e.held
    from private.slot_holds as e
    where e.participant_email = any (p_held) and e.expires_at <= clock_timestamp()
    for update skip locked
  );

  -- The first is nearly always free, so the others are not read.
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
  insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, slot, expires_at, by_consent)
  select
    p_meeting.meeting_id, p.email, p_meeting.organizer_user_id, p.held,
    tstzrange((v_candidate ->> 'start_time')::timestamptz, (v_candidate ->> 'end_time')::timestamptz),
    null,
    p.email = any (private.sharing_emails(p_held, p_meeting.organizer_user_id))
  from private.promises_of(v_candidate, p_held, p_occurrences -> v_index) as p
  -- Occurrences of one series may overlap: 24 hours every day, on the day of a clock change.
  on conflict do nothing;
  return v_index;
end $$;
comment on function private.hold_first_free is
  'Reserves the first candidate at which no attending person has a hold of another meeting, at any of its occurrences; '
  'returns its index from 0, or null when there is none. p_occurrences: a list for each candidate, or null.';

-- Every occurrence counts as one hold: otherwise a series could block twelve times as much time of other people.
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
  'Whether the organizer''s meetings already have 250 holds. The limit keeps one organizer from blocking other people''s time.';

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
        -- A removed participant is free again immediately.
        or h.participant_email = any (c.removed)
      )
  )
  update private.slot_holds as h
  -- A search in progress may have read the calendar before the event was written.
  set expires_at = case when not c.is_due then clock_timestamp() + interval '5 minutes' end
  from changed as c
  where h.meeting_id = c.meeting_id
    and not c.has_ended
    and (lower(h.slot), upper(h.slot)) is not distinct from (c.starts_at, c.ends_at)
    and h.participant_email <> all (c.removed);
  return null;
end $$;
comment on function private.meetings_keep_holds is
  'Trigger: updates the holds of changed meetings; they end with a failure, a cancellation, another slot or the '
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
    and h.expires_at is null
    and private.sharing_level(old.owner_user_id, h.organizer_user_id) is null;
  return null;
end $$;
comment on function private.sharing_ends_holds() is 'Trigger: revoking a permission ends the holds that it allowed and that are not written.';

create trigger sharing_ends_holds
  after update or delete on public.availability_sharing
  for each row
  execute function private.sharing_ends_holds();

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
comment on function private.expire_slot_holds() is 'Deletes expired holds, which searches already ignore.';

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
  'Held times of these people, without those of p_meeting_id. Neither meeting nor organizer is returned.';

revoke all on private.slot_holds from public, anon, authenticated, service_role;
revoke all on function
  private.lock_people,
  private.promises_of,
  private.hold_first_free,
  private.holds_too_many,
  private.meetings_keep_holds,
  private.sharing_ends_holds,
  private.expire_slot_holds,
  public.read_slot_holds
from public, anon, authenticated, service_role;

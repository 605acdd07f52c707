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
  primary key (meeting_id, participant_email),
  constraint slot_holds_one_meeting_at_a_time
    exclude using gist (participant_email with =, held with &&)
);

comment on table private.slot_holds is
  'Who is promised to which meeting when. Held are only people whose calendar the organizer can read; others learn no more than "busy".';
comment on column private.slot_holds.participant_email is 'In lower case.';
comment on column private.slot_holds.expires_at is
  'Null while the meeting is due to be written. A hold that nothing ever became due for ends after 15 minutes, '
  'one whose event was written after 5: longer than a search that read the calendars before may take.';

create index idx_slot_holds_organizer on private.slot_holds (organizer_user_id) where expires_at is null;
create index idx_slot_holds_expiry on private.slot_holds (expires_at) where expires_at is not null;

alter table private.slot_holds enable row level security;
revoke all on private.slot_holds from public, anon, authenticated, service_role;
grant select, insert, update, delete on private.slot_holds to service_role;

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

-- Takes the first candidate that no other meeting holds for anybody who would come; null when there is none.
-- After lock_people nothing in here waits: a row that another transaction is changing counts as it stands.
create function private.hold_first_free(p_meeting public.meetings, p_held text[], p_candidates jsonb) returns integer
language plpgsql set search_path = '' as $$
declare
  v_index integer;
  v_slot tstzrange;
  v_coming text[];
begin
  perform private.lock_people(p_held);
  -- The constraint cannot know what time it is: what has expired must be gone.
  delete from private.slot_holds as h
  where (h.meeting_id, h.participant_email) in (
    select e.meeting_id, e.participant_email
    from private.slot_holds as e
    where e.participant_email = any (p_held) and e.expires_at <= clock_timestamp()
    for update skip locked
  );

  select o.index, o.slot, o.coming into v_index, v_slot, v_coming
  from (
    select
      c.ordinality::integer - 1 as index,
      tstzrange((c.value ->> 'start_time')::timestamptz, (c.value ->> 'end_time')::timestamptz) as slot,
      array(
        select distinct lower(a.value ->> 'email')
        from jsonb_array_elements(c.value -> 'participant_availability') as a
        where a.value ->> 'status' = 'free' and lower(a.value ->> 'email') = any (p_held)
      ) as coming
    from jsonb_array_elements(p_candidates) with ordinality as c
  ) as o
  where not exists (
    select from private.slot_holds as h
    where h.participant_email = any (o.coming) and h.held && o.slot and h.meeting_id <> p_meeting.meeting_id
  )
  order by o.index
  limit 1;
  if v_index is null then
    return null;
  end if;

  delete from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id;
  -- The caller makes the write-back due in the same transaction, so this one does not expire.
  insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, expires_at)
  select p_meeting.meeting_id, email, p_meeting.organizer_user_id, v_slot, null
  from unnest(v_coming) as email;
  return v_index;
end $$;

-- Many holds at once would let one organizer block other people's time without ever inviting them.
create function private.holds_too_many(p_meeting public.meetings) returns boolean
language sql stable set search_path = '' as $$
select count(distinct h.meeting_id) >= 250
from private.slot_holds as h
where h.organizer_user_id = p_meeting.organizer_user_id
  and h.expires_at is null
  and h.meeting_id <> p_meeting.meeting_id;
$$;

-- Security definer: whoever settles or cancels a meeting has no rights in this schema.
create function private.meetings_keep_holds() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.cancelled_at is not null or new.writeback_status = 'failed' then
    delete from private.slot_holds as h where h.meeting_id = new.meeting_id;
    return null;
  end if;
  delete from private.slot_holds as h
  where h.meeting_id = new.meeting_id
    and (lower(h.held), upper(h.held)) is distinct from (new.starts_at, new.ends_at);
  update private.slot_holds as h
  set expires_at = case
    when new.writeback_status in ('pending', 'retrying') or new.writeback_next_attempt_at is not null then null
    -- The calendar shows the event now, but a search under way may have read it before.
    else clock_timestamp() + interval '5 minutes'
  end
  where h.meeting_id = new.meeting_id;
  return null;
end $$;

create trigger meetings_keep_holds
  after update on public.meetings
  for each row
  when (
    new.writeback_status is not null
    and (new.writeback_status, new.writeback_next_attempt_at is null, new.cancelled_at, new.starts_at, new.ends_at)
      is distinct from
      (old.writeback_status, old.writeback_next_attempt_at is null, old.cancelled_at, old.starts_at, old.ends_at)
  )
  execute function private.meetings_keep_holds();

create function private.expire_slot_holds() returns void
language sql security definer set search_path = '' as $$
delete from private.slot_holds as h
where (h.meeting_id, h.participant_email) in (
  select e.meeting_id, e.participant_email
  from private.slot_holds as e
  where e.expires_at <= now()
  for update skip locked
);
$$;
comment on function private.expire_slot_holds() is 'Deletes holds that nobody needs; searches do not count them anyway.';

create function public.read_slot_holds(
  p_emails text[], p_from timestamptz, p_to timestamptz, p_meeting_id text default null
) returns table (participant_email text, starts_at timestamptz, ends_at timestamptz)
language sql stable set search_path = '' as $$
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
where h.participant_email in (select lower(email) from unnest(p_emails) as email)
  and h.held && tstzrange(p_from, p_to)
  and h.meeting_id is distinct from p_meeting_id
  and (h.expires_at is null or h.expires_at > clock_timestamp());
$$;
comment on function public.read_slot_holds(text[], timestamptz, timestamptz, text) is
  'When these people are promised to meetings other than p_meeting_id. Neither meeting nor organizer is told.';

revoke all on function
  private.lock_people(text[]), private.hold_first_free(public.meetings, text[], jsonb),
  private.holds_too_many(public.meetings), private.meetings_keep_holds(), private.expire_slot_holds(),
  public.read_slot_holds(text[], timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function
  private.lock_people(text[]), private.hold_first_free(public.meetings, text[], jsonb),
  private.holds_too_many(public.meetings),
  public.read_slot_holds(text[], timestamptz, timestamptz, text)
to service_role;

-- Holds end, also while a meeting still waits for its event: Google may reject writes for hours. So the claim of a write
-- reserves the time again, in the transaction of the lease. If another meeting was given the time meanwhile, a slot that a
-- search found is searched again, and a slot that the caller gave is written with a warning.

-- A claim has locked work rows, so it must not wait for a lock of a transaction that has locked the meeting or its people
-- and waits for the work row. Whatever is locked is left to the next claim.

create function private.try_lock_people(p_emails text[]) returns text[]
language plpgsql set search_path = '' as $$
declare
  v_lock integer;
  v_locks integer[] := array[]::integer[];
begin
  for v_lock in select l from private.people_locks(p_emails) as l loop
    if pg_try_advisory_xact_lock(1668246898, v_lock) then
      v_locks := v_locks || v_lock;
    end if;
  end loop;
  return array(
    select e from unnest(p_emails) as e
    where not exists (select from private.people_locks(array[e]) as l where l = any (v_locks)));
end $$;
comment on function private.try_lock_people is
  'As private.lock_people, without waiting: returns the people who are not locked, because another transaction reserves time of them.';

create function private.unheld_meetings(p_meeting_ids text[]) returns text[]
language sql volatile set search_path = '' as $$
select array(
  select mine.meeting_id
  from private.slot_holds as mine
  join private.slot_holds as other on other.participant_email = mine.participant_email and other.held && mine.held
  where mine.meeting_id = any (p_meeting_ids)
    and mine.state = 'ended'
    and not mine.is_given
    and other.state in ('active', 'written')
    and other.meeting_id is distinct from mine.meeting_id
  union
  select mine.meeting_id
  from private.slot_holds as mine
  join private.slot_holds as other on other.participant_email = mine.participant_email and other.held && mine.held
  where mine.meeting_id = any (p_meeting_ids)
    and mine.state = 'ended'
    and not mine.is_given
    and other.state = 'past'
    and other.meeting_id is distinct from mine.meeting_id
  union
  -- The event of a meeting whose outcome is unknown may exist. A search would see it on the calendar; a claim reads no calendar.
  select mine.meeting_id
  from private.slot_holds as mine
  join private.slot_holds as other on other.participant_email = mine.participant_email and other.held && mine.held
  join private.work as w on w.kind = 'write' and w.subject_id = other.meeting_id
  left join private.event_state as es on es.kind = 'meeting' and es.subject_id = other.meeting_id
  where mine.meeting_id = any (p_meeting_ids)
    and mine.state = 'ended'
    and not mine.is_given
    and other.state = 'ended'
    and other.meeting_id <> mine.meeting_id
    -- Leases of this transaction have sent no request.
    and (es.outcome_unknown_since is not null or w.crashes > 0 or w.leased_at < now()));
$$;
comment on function private.unheld_meetings(text[]) is
  'Those of these meetings whose time, which a search found and of which the hold has ended, another meeting has been given, or may have on the '
  'calendar. The caller has locked the people and ended expired holds.';

create function private.hold_again(p_meeting_ids text[], p_until timestamptz) returns void
language sql volatile set search_path = '' as $$
update private.slot_holds as h
set state = 'active', expires_at = p_until, created_at = clock_timestamp()
where h.meeting_id = any (p_meeting_ids)
  and h.state = 'ended'
  and not (h.is_given and exists (
    select from private.slot_holds as other
    where other.participant_email = h.participant_email and other.held && h.held and other.state in ('active', 'written')));
$$;
comment on function private.hold_again(text[], timestamptz) is
  'Reserves the time of meetings again whose holds have ended. The caller has made sure that times which a search found are free; a time that a '
  'change named is reserved where it is.';

create function private.end_revoked_holds(p_meeting_ids text[]) returns void
language sql volatile set search_path = '' as $$
delete from private.slot_holds as h
where h.meeting_id = any (p_meeting_ids)
  and h.by_consent
  and h.state in ('active', 'ended')
  and not (h.participant_email = any (private.sharing_emails(array[h.participant_email], h.organizer_user_id)));
$$;
comment on function private.end_revoked_holds(text[]) is 'Deletes holds of people whose permission has expired; a trigger does so for a revoked one.';

create function private.renew_holds(p_meeting_ids text[], p_until timestamptz) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[];
  v_people text[];
  v_locked_people text[];
begin
  -- A meeting with a row that another transaction changes is left to the next claim.
  v_ids := array(
    select l.meeting_id
    from (
      select h.meeting_id, h.participant_email, h.held
      from private.slot_holds as h
      where h.meeting_id = any (p_meeting_ids)
      order by h.meeting_id, h.participant_email, h.held
      for update skip locked
    ) as l
    group by l.meeting_id
    having count(*) = (select count(*) from private.slot_holds as every where every.meeting_id = l.meeting_id));

  -- No other meeting was given the time of an active row, even if it has expired.
  update private.slot_holds as h
  set expires_at = p_until
  where h.meeting_id = any (v_ids) and h.state = 'active' and h.expires_at < p_until;

  v_people := array(select distinct h.participant_email from private.slot_holds as h where h.meeting_id = any (v_ids) and h.state = 'ended');
  if cardinality(v_people) = 0 then
    return v_ids;
  end if;
  v_locked_people := array(select unnest(v_people) except select unnest(private.try_lock_people(v_people)));
  v_ids := array(
    select i.id from unnest(v_ids) as i (id)
    where not exists (
      select from private.slot_holds as h
      where h.meeting_id = i.id and h.state = 'ended' and h.participant_email <> all (v_locked_people)));
  perform private.end_expired_holds(v_locked_people);
  perform private.end_revoked_holds(v_ids);
  return v_ids;
end $$;
comment on function private.renew_holds(text[], timestamptz) is
  'Prolongs the active holds of meetings, locks all their holds and the people whose hold has ended, without waiting; returns the meetings for which '
  'everything was locked.';

create function private.first_of_overlapping(p_meeting_ids text[]) returns text[]
language sql volatile set search_path = '' as $$
with ended as materialized (
  select h.meeting_id, h.participant_email, h.held, i.place
  from unnest(p_meeting_ids) with ordinality as i (id, place)
  join private.slot_holds as h on h.meeting_id = i.id and h.state = 'ended'
)
select array(
  select i.id from unnest(p_meeting_ids) as i (id)
  except
  select later.meeting_id
  from ended as later
  join ended as earlier
    on earlier.participant_email = later.participant_email and earlier.place < later.place and earlier.held && later.held);
$$;
comment on function private.first_of_overlapping(text[]) is
  'Those of these meetings, in order, that overlap with no earlier one; the next claim decides about the others.';

create function private.named_times_taken(p_meeting_ids text[]) returns table (meeting_id text, people text[])
language sql volatile set search_path = '' as $$
select named.meeting_id, array_agg(distinct h.participant_email order by h.participant_email)
from (
  select m.meeting_id, m.organizer_user_id, person.email, tstzrange(m.starts_at, m.ends_at) as held
  from public.meetings as m
  join private.google_connections as c on c.user_id = m.organizer_user_id
  cross join lateral (
    select e from private.participant_emails(m.participants) as e
    union
    select lower(c.email)
  ) as person (email)
  where m.meeting_id = any (p_meeting_ids)
    and not exists (select from private.slot_holds as own where own.meeting_id = m.meeting_id and not own.is_given)
  union
  select own.meeting_id, own.organizer_user_id, own.participant_email, own.held
  from private.slot_holds as own
  where own.meeting_id = any (p_meeting_ids) and own.is_given and own.state = 'ended'
) as named
join private.slot_holds as h
  on h.participant_email = named.email
  and h.held && named.held
  and h.state in ('active', 'written')
  and h.expires_at > clock_timestamp()
  and h.meeting_id is distinct from named.meeting_id
-- Without a search no calendar was read, so only consent allows to say that a person has no time.
where h.participant_email = any (private.sharing_emails(array[h.participant_email], named.organizer_user_id))
group by named.meeting_id;
$$;
comment on function private.named_times_taken(text[]) is
  'Of meetings whose time, or a date of whose series, the caller gave: for whom of the organizer and the participants who share with the organizer another '
  'meeting or task holds it.';

create function private.release_write(p_work private.work) returns void
language sql volatile set search_path = '' as $$
update private.work as w
set lease_token = null, leased_at = null, leased_until = null, leased_version = null, google_account_id = null, google_calendar_id = null
where w.kind = 'write' and w.subject_id = p_work.subject_id and w.crashes = 0;
$$;
comment on function private.release_write(private.work) is 'Gives a lease of this transaction back; the row is due as before, and nothing of it was tried.';

create function private.search_taken_time(p_work private.work) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_error constant text := 'slot_taken: Another meeting has been given the time. Change the time, or schedule the meeting again.';
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_work.subject_id for update skip locked;
  if not found then
    perform private.release_write(p_work);
    return false;
  end if;
  insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, reason, decision, request)
  values
    (p_work.subject_id, p_work.owner_id, p_work.lease_token, 'claimed', null, null, jsonb_build_object(
      'operation', private.write_operation(v_meeting), 'generation', v_meeting.event_generation,
      'attempt', p_work.attempts + 1, 'outcome_unknown', false)),
    (p_work.subject_id, p_work.owner_id, p_work.lease_token, 'settled', 'slot_taken', 'search_again', null);

  if v_meeting.google_event_id is null then
    perform private.search_again(p_work.subject_id);
    update public.meetings as m
    set scheduling_reason = 'Another meeting was given the time before the event was written. Another time is searched.'
    where m.meeting_id = p_work.subject_id;
  elsif split_part(v_meeting.writeback_error, ':', 1) = 'slot_taken' then
    -- The search has found no other time, so the event keeps the time that it has.
    perform private.apply_write_event(
      p_work.subject_id, jsonb_build_object('type', 'failed', 'verdict', 'reject', 'spends_attempt', false, 'error', v_error));
  else
    perform private.apply_write_event(p_work.subject_id, jsonb_build_object('type', 'search_again', 'error', v_error));
    perform private.enqueue('search', p_work.subject_id, p_work.owner_id);
  end if;
  return true;
end $$;
comment on function private.search_taken_time(private.work) is
  'A leased write whose time another meeting was given: the lease is settled without a request, and another time is searched. An event that exists '
  'keeps its time until then, and if none is found. False: the meeting is locked, and the lease was given back.';

create function private.request_rechecks(p_work private.work[]) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[];
begin
  v_ids := array(
    select w.subject_id
    from unnest(p_work) as w
    join public.meetings as m on m.meeting_id = w.subject_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
    where m.on_conflict = 'reschedule' and m.google_event_id is null and m.cancelled_at is null and m.writeback_status = 'pending'
      -- Only a search gives a score; a time that the caller named is never replaced.
      and m.score is not null
      and w.crashes = 0 and w.attempts = 0 and w.owner_id is not null and es.outcome_unknown_since is null
      and greatest(m.scheduled_at, es.rechecked_at) <= clock_timestamp() - make_interval(mins => private.setting('hold_minutes')::integer)
    order by w.subject_id);
  if cardinality(v_ids) = 0 then
    return v_ids;
  end if;
  insert into private.event_state as es (kind, subject_id, rechecked_at)
  select 'meeting', i.id, clock_timestamp() from unnest(v_ids) as i (id)
  on conflict (kind, subject_id) do update set rechecked_at = excluded.rechecked_at;
  -- The check makes the write due; without its result the time is written as it is.
  update private.work as w
  set lease_token = null, leased_at = null, leased_until = null, leased_version = null, google_account_id = null, google_calendar_id = null,
    due_at = clock_timestamp() + make_interval(mins => private.setting('written_hold_minutes')::integer)
  where w.kind = 'write' and w.subject_id = any (v_ids);
  perform private.request_check(w.subject_id, w.owner_id, 'unwritten') from unnest(p_work) as w where w.subject_id = any (v_ids);
  return v_ids;
end $$;
comment on function private.request_rechecks(private.work[]) is
  'Leased first writes of meetings that are to be moved rather than meet a conflict, and whose time a search found longer ago than a hold lasts: the leases are given back, and '
  'everybody''s calendar is read again first. Returns their ids.';

create function private.hold_for_writes(p_work private.work[]) returns private.work[]
language plpgsql volatile set search_path = '' as $$
declare
  v_until timestamptz;
  v_waiting text[];
  v_ready text[] := array[]::text[];
  v_taken text[] := array[]::text[];
  v_unknown text[] := array[]::text[];
  v_rechecked text[];
  v_named jsonb;
  v_work private.work;
begin
  if coalesce(cardinality(p_work), 0) = 0 then
    return p_work;
  end if;
  v_rechecked := private.request_rechecks(p_work);
  v_until := (select max(w.leased_until) from unnest(p_work) as w)
    + make_interval(mins => private.setting('written_hold_minutes')::integer);
  -- A claim soon after the search finds every hold long enough, and reads no more than this.
  v_waiting := array(
    select w.subject_id
    from unnest(p_work) with ordinality as w
    where w.subject_id <> all (v_rechecked)
      and exists (
        select from private.slot_holds as h
        where h.meeting_id = w.subject_id and (h.state = 'ended' or h.state = 'active' and h.expires_at < v_until))
      and w.owner_id in (select o.owner_id from (select distinct owner_id from unnest(p_work)) as o where private.may_hold(o.owner_id))
    order by w.ordinality);

  if cardinality(v_waiting) > 0 then
    v_ready := private.renew_holds(v_waiting, v_until);
    v_taken := private.unheld_meetings(v_ready);
    v_ready := private.first_of_overlapping(array(
      select i.id from unnest(v_waiting) with ordinality as i (id, place)
      where i.id = any (v_ready) and i.id <> all (v_taken) order by i.place));
    perform private.hold_again(v_ready, v_until);
    -- The event of a meeting whose outcome is unknown may exist: it is verified, and never searched again before that.
    v_unknown := array(
      select w.subject_id
      from unnest(p_work) as w
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
      where w.subject_id = any (v_waiting) and w.subject_id <> all (v_ready)
        and (w.crashes > 0 or es.outcome_unknown_since is not null));
    for v_work in
      select w.* from unnest(p_work) as w
      where w.subject_id = any (v_waiting) and w.subject_id <> all (v_ready) and w.subject_id <> all (v_unknown)
    loop
      if v_work.subject_id = any (v_taken) then
        perform private.search_taken_time(v_work);
      else
        perform private.release_write(v_work);
      end if;
    end loop;
  end if;

  v_named := (
    select coalesce(jsonb_object_agg(t.meeting_id, jsonb_build_object('people', t.people, 'is_searched', false)), '{}')
    from private.named_times_taken(array(
      select w.subject_id
      from unnest(p_work) as w
      join public.meetings as m on m.meeting_id = w.subject_id
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
      where m.cancelled_at is null
        and (
          m.google_event_id is null
          or greatest(
            (es.named_fields ->> 'time')::integer, (es.named_fields ->> 'recurrence')::integer, (es.named_fields ->> 'zone')::integer
          ) > m.written_version)
        and (
          not exists (select from private.slot_holds as h where h.meeting_id = w.subject_id and not h.is_given)
          or exists (select from private.slot_holds as h where h.meeting_id = w.subject_id and h.is_given and h.state = 'ended'))
    )) as t);
  if v_waiting = '{}' and v_rechecked = '{}' and v_named = '{}' and not exists (select from unnest(p_work) as w where w.time_taken is not null) then
    return p_work;
  end if;
  update private.work as w
  set time_taken = case
    when w.subject_id = any (v_unknown) then '{"people": [], "is_searched": true}'
    else v_named -> w.subject_id
  end
  from unnest(p_work) as p
  where w.kind = 'write' and w.subject_id = p.subject_id and w.lease_token = p.lease_token;
  return array(
    select w
    from unnest(p_work) with ordinality as p
    join private.work as w on w.kind = 'write' and w.subject_id = p.subject_id and w.lease_token = p.lease_token
    order by p.ordinality);
end $$;
comment on function private.hold_for_writes(private.work[]) is
  'Reserves the time of leased writes again whose holds have ended or end before the lease, and returns the leases that remain, with time_taken. Of '
  'the others, those whose time another meeting was given are searched again (no attempt is spent), those that are locked are due again, and those of private.request_rechecks '
  'wait for a check.';

revoke all on function
  private.try_lock_people,
  private.unheld_meetings,
  private.hold_again,
  private.end_revoked_holds,
  private.renew_holds,
  private.first_of_overlapping,
  private.named_times_taken,
  private.release_write,
  private.search_taken_time,
  private.request_rechecks,
  private.hold_for_writes
from public, anon, authenticated, service_role;

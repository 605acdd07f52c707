-- Conflicts: other events at the time of a meeting. Sync sees them on the calendars that it reads; a check reads everybody's calendar, as a
-- search does, where a time was named, where a series or whole days may take it, and before a time that was found long ago is written.
-- What it comes to is a row of private.moves.

insert into private.settings (name, value, meaning) values
  ('conflict_checks_per_page', 20, 'Of how many meetings at most, the next ones first, a page of sync checks the time because of series and whole days on it'),
  ('series_check_minutes', 10, 'Changes of series and whole days that follow each other so closely are one check');

create function private.request_check(p_meeting_id text, p_owner_id uuid, p_cause text, p_due_at timestamptz default clock_timestamp()) returns void
language sql volatile set search_path = '' as $$
insert into private.work as w (kind, subject_id, owner_id, due_at, cause)
select 'conflict_check', p_meeting_id, p_owner_id, p_due_at, p_cause
where p_owner_id is not null
on conflict (kind, subject_id) do update
set
  due_at = case when w.lease_token is null then least(w.due_at, excluded.due_at) else excluded.due_at end,
  cause = case when 'named' in (w.cause, excluded.cause) then 'named' else excluded.cause end;
$$;
comment on function private.request_check(text, uuid, text, timestamptz) is
  'Makes a check of a meeting''s time due (private.work.cause), one for several reasons: the warning about a named time includes the others.';

create function private.event_spans(p_events jsonb) returns table (event_id text, starts_at timestamptz, ends_at timestamptz, is_exact boolean)
language sql stable set search_path = '' as $$
select
  g.value ->> 'id',
  -- Whole days begin and end elsewhere on Earth up to 14 hours earlier or later.
  coalesce((g.value #>> '{start,dateTime}')::timestamptz, (g.value #>> '{start,date}')::date::timestamp at time zone 'UTC' - interval '14 hours'),
  case
    when jsonb_typeof(g.value -> 'recurrence') = 'array' then 'infinity'
    else coalesce((g.value #>> '{end,dateTime}')::timestamptz, (g.value #>> '{end,date}')::date::timestamp at time zone 'UTC' + interval '14 hours')
  end,
  g.value #>> '{start,dateTime}' is not null and g.value -> 'recurrence' is null
from jsonb_array_elements(p_events) as g
where g.value ->> 'status' <> 'cancelled'
  and coalesce(g.value ->> 'transparency', 'opaque') <> 'transparent'
  and not exists (
    select from jsonb_array_elements(case jsonb_typeof(g.value -> 'attendees') when 'array' then g.value -> 'attendees' else '[]' end) as a
    where a.value -> 'self' = 'true' and a.value ->> 'responseStatus' = 'declined');
$$;
comment on function private.event_spans(jsonb) is
  'The time that events on a page may take of their calendar''s owner, without what is free, declined or cancelled. is_exact: it is one event with a time; otherwise a series '
  '(ends_at infinity) or whole days, in the widest sense.';

create function private.meetings_shared_with(p_user_id uuid, p_email text, p_from timestamptz, p_to timestamptz) returns text[]
language sql volatile set search_path = '' as $$
select array(
  select m.meeting_id
  from private.sharing_organizers(p_user_id) as o (user_id)
  join public.meetings as m
    on m.organizer_user_id = o.user_id and m.google_event_id is not null and m.cancelled_at is null
    and m.ends_at > greatest(clock_timestamp(), p_from) and m.starts_at < p_to
  where p_email = any (private.participants_of_type(m.participants, array['required']))
    and exists (select from private.sharing_users(array[p_email], m.organizer_user_id) as s where s.user_id = p_user_id));
$$;
comment on function private.meetings_shared_with(uuid, text, timestamptz, timestamptz) is
  'Meetings ahead, from p_from to p_to, of which a user is a required participant and whose organizers may see when the user is busy. p_email: address of the user''s '
  'account, in lower case.';

create function private.touched_meetings(p_user_id uuid, p_shared text[], p_events jsonb) returns table (
  meeting_id text, organizer_user_id uuid, meeting_starts_at timestamptz, event_id text, starts_at timestamptz, ends_at timestamptz, is_exact boolean)
language sql volatile set search_path = '' as $$
select m.meeting_id, m.organizer_user_id, m.starts_at, e.event_id, e.starts_at, e.ends_at, e.is_exact
from private.event_spans(p_events) as e
join public.meetings as m
  on m.organizer_user_id = p_user_id and m.google_event_id is not null and m.cancelled_at is null
  and m.ends_at > greatest(clock_timestamp(), e.starts_at) and m.starts_at < e.ends_at
where m.google_event_id <> e.event_id and m.cancelled_in_google_at is null and m.recurrence is null and m.on_conflict <> 'ignore'
union all
select m.meeting_id, m.organizer_user_id, m.starts_at, e.event_id, e.starts_at, e.ends_at, e.is_exact
from public.meetings as m
join private.event_spans(p_events) as e on m.ends_at > greatest(clock_timestamp(), e.starts_at) and m.starts_at < e.ends_at
where m.meeting_id = any (p_shared)
  and m.google_event_id <> e.event_id and m.cancelled_in_google_at is null and m.recurrence is null and m.on_conflict <> 'ignore';
$$;
comment on function private.touched_meetings(uuid, text[], jsonb) is
  'Single meetings ahead that have time in common with events on a page (private.event_spans): those that the user organizes, and those of p_shared; without those that ignore '
  'conflicts.';

create function private.is_conflict_known(p_meeting public.meetings, p_email text, p_from timestamptz, p_to timestamptz) returns boolean
language sql stable set search_path = '' as $$
select exists (
  select
  from private.moves as v
  cross join lateral jsonb_to_recordset(v.conflicts) as c (email text, is_certain boolean, busy jsonb)
  cross join lateral jsonb_to_recordset(c.busy) as b (start_time timestamptz, end_time timestamptz)
  where v.meeting_id = p_meeting.meeting_id and v.trigger = 'conflict' and v.decision = 'kept'
    and v.from_starts_at = p_meeting.starts_at and v.from_ends_at = p_meeting.ends_at
    and c.email = p_email and c.is_certain and b.start_time <= p_from and b.end_time >= p_to);
$$;
comment on function private.is_conflict_known(public.meetings, text, timestamptz, timestamptz) is
  'Whether a warning about the present time of a meeting already says that this person has something else from p_from to p_to.';

create function private.owner_email(p_calendar private.sync_calendars) returns text
language sql stable set search_path = '' as $$
select lower(c.email)
from private.google_connections as c where c.user_id = p_calendar.user_id and c.google_account_id = p_calendar.google_account_id;
$$;
comment on function private.owner_email(private.sync_calendars) is 'The address of the account of a calendar, in lower case; null if it is not connected any more.';

create function private.meetings_shared_at(p_calendar private.sync_calendars, p_events jsonb) returns text[]
language sql volatile set search_path = '' as $$
select private.meetings_shared_with(p_calendar.user_id, private.owner_email(p_calendar), min(e.starts_at), max(e.ends_at))
from private.event_spans(p_events) as e
-- Events of other calendars take no time of their owner's.
having p_calendar.calendar_id = 'primary' and count(*) > 0;
$$;
comment on function private.meetings_shared_at(private.sync_calendars, jsonb) is
  'private.meetings_shared_with of the times that a page of a primary calendar takes, once a page, however many events it has; null: it takes none.';

create function private.consider_conflicts(p_calendar private.sync_calendars, p_events jsonb, p_shared text[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_email text := private.owner_email(p_calendar);
  v_version text;
  v_row record;
begin
  if p_shared is null then
    return;
  end if;
  for v_row in
    select m as meeting, t.event_id, t.starts_at, t.ends_at
    from private.touched_meetings(p_calendar.user_id, p_shared, p_events) as t
    join public.meetings as m on m.meeting_id = t.meeting_id
    where t.is_exact
    order by m.meeting_id, t.event_id
    for update of m
  loop
    continue when private.is_conflict_known(v_row.meeting, v_email, v_row.starts_at, v_row.ends_at);
    v_version := concat_ws(
      ' ', 'conflict',
      -- The organizer may know when a participant is busy, and nothing else of the event.
      case when (v_row.meeting).organizer_user_id = p_calendar.user_id then v_row.event_id else md5(p_calendar.user_id || v_row.event_id) end,
      v_row.starts_at);
    if (v_row.meeting).on_conflict = 'reschedule' then
      perform private.request_move(v_row.meeting, private.move_rules(v_row.meeting), v_version, 'conflict');
    else
      insert into private.moves (meeting_id, version, trigger, decision, reason, from_starts_at, from_ends_at, conflicts)
      values (
        (v_row.meeting).meeting_id, v_version, 'conflict', 'kept', 'conflict', (v_row.meeting).starts_at, (v_row.meeting).ends_at,
        jsonb_build_array(jsonb_build_object('email', v_email, 'type', 'required', 'is_certain', true, 'busy', jsonb_build_array(
          jsonb_build_object('start_time', v_row.starts_at, 'end_time', v_row.ends_at)))))
      on conflict do nothing;
      if found then
        -- It finds other times, and notifies.
        perform private.request_check((v_row.meeting).meeting_id, (v_row.meeting).organizer_user_id, 'seen');
      end if;
    end if;
  end loop;

  -- A full read shows every series, also those that the searches have seen.
  if p_calendar.cursor is not null then
    perform private.request_check(
      near.meeting_id, near.organizer_user_id, 'seen', clock_timestamp() + make_interval(mins => private.setting('series_check_minutes')::integer))
    from (
      select distinct t.meeting_id, t.organizer_user_id, t.meeting_starts_at
      from private.touched_meetings(p_calendar.user_id, p_shared, p_events) as t
      where not t.is_exact
        -- A series of Convene has its time reserved, and changes with every reply.
        and not exists (select from public.meetings as own where own.google_event_id = t.event_id)
      order by t.meeting_starts_at, t.meeting_id
      limit private.setting('conflict_checks_per_page')::integer
    ) as near;
  end if;
end $$;
comment on function private.consider_conflicts(private.sync_calendars, jsonb, text[]) is
  'Events on a page of a primary calendar that take the time of its owner''s meetings, or of those of organizers who may see when the owner is busy: each is a warning '
  '(private.moves), for which a check becomes due, or with on_conflict reschedule makes a search due, once for each event and time. Series and whole days make a check due. '
  'p_shared: private.meetings_shared_at.';

create function private.is_required_conflict(p_conflicts jsonb, p_is_certain boolean) returns boolean
language sql stable set search_path = '' as $$
select exists (
  select from jsonb_to_recordset(p_conflicts) as c (type text, is_certain boolean)
  where c.type <> 'optional' and (c.is_certain or not p_is_certain));
$$;
comment on function private.is_required_conflict(jsonb, boolean) is
  'Whether a required person or a room has something else, or (p_is_certain false) may have.';

create function private.store_conflicts(p_meeting public.meetings, p_check jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_alternatives constant jsonb := coalesce(private.best_times(p_check -> 'alternatives'), '[]');
  v_conflicts constant jsonb := p_check -> 'conflicts';
  v_version constant text := concat_ws(' ', 'check', extract(epoch from p_meeting.starts_at), md5(v_conflicts::text));
  v_is_new boolean;
begin
  if not private.is_required_conflict(v_conflicts, false) then
    return;
  end if;
  -- What sync has seen, and no check has read yet.
  update private.moves as v
  set conflicts = v_conflicts, alternatives = v_alternatives
  where v.meeting_id = p_meeting.meeting_id and v.trigger = 'conflict' and v.decision = 'kept' and v.reason = 'conflict'
    and v.from_starts_at = p_meeting.starts_at and v.from_ends_at = p_meeting.ends_at and v.alternatives is null;
  v_is_new := found;
  if not v_is_new then
    insert into private.moves (meeting_id, version, trigger, decision, reason, from_starts_at, from_ends_at, conflicts, alternatives)
    values (
      p_meeting.meeting_id, v_version, 'conflict', 'kept', 'conflict', p_meeting.starts_at, p_meeting.ends_at, v_conflicts, v_alternatives)
    on conflict do nothing;
    v_is_new := found;
  end if;
  if v_is_new and private.is_required_conflict(v_conflicts, true) then
    perform private.announce_seen(p_meeting, 'conflict', md5(v_version), jsonb_build_object('conflict', jsonb_build_object(
      'conflicts', v_conflicts, 'alternatives', v_alternatives)));
  end if;
end $$;
comment on function private.store_conflicts(public.meetings, jsonb) is
  'Stores the warning that required people have something else at the time of a meeting, once, and notifies where that is certain. p_check: {conflicts, alternatives} as '
  'private.moves has them; optional people alone are no reason for a warning.';

create function private.announce_unchecked(p_meeting public.meetings) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_conflicts jsonb;
begin
  with seen as (
    update private.moves as v
    set alternatives = '[]'
    where v.meeting_id = p_meeting.meeting_id and v.trigger = 'conflict' and v.decision = 'kept' and v.reason = 'conflict'
      and v.from_starts_at = p_meeting.starts_at and v.from_ends_at = p_meeting.ends_at and v.alternatives is null
    returning v.at, v.version, v.conflicts
  )
  -- Sync may have seen several events, a row for each.
  select jsonb_agg(c.value order by s.at, s.version) into v_conflicts
  from seen as s cross join lateral jsonb_array_elements(s.conflicts) as c;
  if v_conflicts is not null then
    perform private.announce_seen(p_meeting, 'conflict', md5(concat_ws(' ', 'check', extract(epoch from p_meeting.starts_at), md5(v_conflicts::text))), jsonb_build_object(
      'conflict', jsonb_build_object('conflicts', v_conflicts, 'alternatives', jsonb_build_array())));
  end if;
end $$;
comment on function private.announce_unchecked(public.meetings) is
  'Notifies of what sync has seen although no check could be made: without other times.';

create function public.claim_conflict_checks(p_limit integer default 10, p_lease_seconds integer default null) returns setof jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[];
  v_one private.work;
begin
  -- A check that crashes its workers is given up; the meeting keeps its time, and is written, without it.
  delete from private.work as w
  where w.kind = 'conflict_check' and w.lease_token is not null and w.leased_until <= clock_timestamp()
    and w.crashes + 1 >= private.setting('max_attempts');
  v_work := array(select w from private.claim_work('conflict_check', p_limit, p_lease_seconds) as w);
  for v_one in
    select w.* from unnest(v_work) as w
    where exists (
      select from private.work as write
      where write.kind = 'write' and write.subject_id = w.subject_id and write.leased_until > clock_timestamp())
  loop
    -- The event may appear on the calendars while they are read.
    perform private.store_work(private.next_work(v_one, 'defer', 5));
    v_work := array(select w from unnest(v_work) as w where w.subject_id <> v_one.subject_id);
  end loop;
  return query
  select jsonb_build_object(
    'meeting_id', w.subject_id, 'organizer_user_id', w.owner_id, 'lease_token', w.lease_token, 'attempts', w.attempts,
    'max_attempts', private.setting('max_attempts'), 'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
    'is_large', private.are_large(m.participants))
  from unnest(v_work) as w
  left join public.meetings as m on m.meeting_id = w.subject_id
  order by w.due_at, w.subject_id;
end $$;
comment on function public.claim_conflict_checks(integer, integer) is
  'Leases checks of times that are due, organizers in turn, but none of meetings whose event is being written: {meeting_id, organizer_user_id, lease_token, attempts, max_attempts, '
  'lease_seconds, is_large}, one that is_large alone: the row may have megabytes. Settle with settle_conflict_check.';

create function public.read_conflict_context(
  p_meeting_id text, p_user_id uuid default null, p_changes jsonb default null, p_is_claimed boolean default false
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_stored public.meetings;
  v_meeting public.meetings;
  v_seen jsonb;
  v_context jsonb;
begin
  select * into v_stored from public.meetings as m where m.meeting_id = p_meeting_id;
  if not found or (p_user_id is not null and v_stored.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_meeting := jsonb_populate_record(v_stored, coalesce(p_changes, '{}'));
  if v_stored.cancelled_at is not null or v_stored.cancelled_in_google_at is not null or v_meeting.on_conflict = 'ignore'
    or v_meeting.starts_at is null or v_meeting.starts_at >= v_meeting.ends_at or v_meeting.starts_at <= clock_timestamp()
    or p_changes is not null and (v_meeting.starts_at, v_meeting.ends_at) is not distinct from (v_stored.starts_at, v_stored.ends_at)
  then
    return jsonb_build_object('decision', 'not_needed');
  end if;
  if p_changes is not null then
    v_meeting.participants := private.keep_choices(v_meeting.participants, v_stored.participants);
    v_meeting.desired_version := v_meeting.desired_version + 1;
  end if;
  if not p_is_claimed and not private.spend(v_meeting.organizer_user_id, 'conflict_checks_per_minute', 1) then
    return private.search_refusal(v_meeting.organizer_user_id, 'conflict_checks_per_minute');
  end if;
  v_context := private.search_context(v_meeting, false);
  if v_context ->> 'decision' = 'limit_reached' then
    return v_context;
  end if;
  select es.seen_event into v_seen from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  return jsonb_build_object('decision', 'stored') || v_context || jsonb_build_object(
    'meeting', private.leased_search_json(v_meeting, null),
    'event_time', case
      when v_stored.google_event_id is null then null
      when v_seen #>> '{start,dateTime}' is not null then
        jsonb_build_object('start', v_seen #>> '{start,dateTime}', 'end', v_seen #>> '{end,dateTime}')
      else jsonb_build_object('start', v_stored.starts_at, 'end', v_stored.ends_at)
    end || jsonb_build_object('recurrence', v_stored.recurrence, 'timezone', v_stored.timezone));
end $$;
comment on function public.read_conflict_context(text, uuid, jsonb, boolean) is
  'What a check of the time of a meeting (of p_user_id, if given) needs, with the changes of p_changes: {decision, meeting, connection, own_connections, preferences, burdens, '
  'turns, event_time {start, end, recurrence, timezone} of the event on Google, null: there is none}. Stores nothing but what it spends. decision: stored, not_needed (cancelled, past, without '
  'time, the same time, or conflicts are ignored), limit_reached (limit, allowed, until, retry_after_seconds) or not_found. p_is_claimed: claim_conflict_checks has spent the check.';

create function public.settle_conflict_check(
  p_meeting_id text, p_lease_token uuid, p_check jsonb default null, p_verdict text default 'done', p_not_before_seconds double precision default null
) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_work private.work;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  select * into v_work from private.work as w
  where w.kind = 'conflict_check' and w.subject_id = p_meeting_id and w.lease_token = p_lease_token for update;
  if v_work.subject_id is null then
    return 'lease_lost';
  elsif v_meeting.meeting_id is null then
    delete from private.work as w where w.kind = 'conflict_check' and w.subject_id = p_meeting_id;
    return 'settled';
  end if;
  if p_verdict = 'done' and p_check is not null and (
    v_meeting.google_event_id is distinct from p_check ->> 'google_event_id'
    or v_meeting.written_version <> (p_check ->> 'written_version')::integer
    or exists (
      select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id and w.lease_token is not null))
  then
    -- The event may have appeared on calendars before they were read.
    perform private.store_work(private.next_work(v_work, 'defer', 5));
    return 'deferred';
  end if;
  v_work := private.next_work(v_work, p_verdict, p_not_before_seconds);
  perform private.store_work(v_work);
  if v_work.due_at is not null or v_meeting.cancelled_at is not null then
    return 'settled';
  elsif p_check is null or (v_meeting.starts_at, v_meeting.ends_at) is distinct from
    ((p_check ->> 'starts_at')::timestamptz, (p_check ->> 'ends_at')::timestamptz)
  then
    perform private.announce_unchecked(v_meeting);
    if v_work.cause = 'unwritten' then
      perform private.write_checked(v_meeting);
    end if;
    return 'settled';
  end if;
  case v_work.cause
    when 'unwritten' then
      if private.is_required_conflict(p_check -> 'conflicts', true) then
        perform private.search_conflicting_time(v_meeting, p_lease_token);
      else
        perform private.write_checked(v_meeting);
      end if;
    when 'seen' then
      if v_meeting.on_conflict = 'reschedule' and private.is_required_conflict(p_check -> 'conflicts', true) then
        perform private.request_move(
          v_meeting, private.move_rules(v_meeting),
          concat_ws(' ', 'check', extract(epoch from v_meeting.starts_at), md5((p_check -> 'conflicts')::text)), 'conflict');
      else
        perform private.store_conflicts(v_meeting, p_check);
      end if;
    else
      -- Who named the time is warned, and decides.
      perform private.store_conflicts(v_meeting, p_check);
  end case;
  return 'settled';
end $$;
comment on function public.settle_conflict_check(text, uuid, jsonb, text, double precision) is
  'Settles a check. p_check: {starts_at, ends_at, google_event_id, written_version: as the meeting was, conflicts, alternatives}; null: it could not be made, with p_verdict and '
  'p_not_before_seconds as private.next_work takes them, or is not needed (done). settled; deferred: the event was written meanwhile, so it is made again; lease_lost.';

create function private.write_checked(p_meeting public.meetings) returns void
language sql volatile set search_path = '' as $$
update private.work as w set due_at = clock_timestamp()
where w.kind = 'write' and w.subject_id = p_meeting.meeting_id and w.lease_token is null and w.due_at > clock_timestamp();
$$;
comment on function private.write_checked(public.meetings) is 'A write that has waited for its check is due.';

create function private.search_conflicting_time(p_meeting public.meetings, p_lease_token uuid) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if p_meeting.google_event_id is not null or p_meeting.writeback_status is distinct from 'pending' or p_meeting.score is null then
    return;
  end if;
  insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, reason, decision)
  values (p_meeting.meeting_id, p_meeting.organizer_user_id, p_lease_token, 'settled', 'conflict', 'search_again');
  perform private.search_again(p_meeting.meeting_id);
  update public.meetings as m
  set scheduling_reason = 'Another event took the time before the meeting was written. Another time is searched.'
  where m.meeting_id = p_meeting.meeting_id;
end $$;
comment on function private.search_conflicting_time(public.meetings, uuid) is
  'A meeting without event whose time another event took since it was found is searched again, which spends no attempt; the ledger has the reason.';

revoke all on function
  private.request_check,
  private.event_spans,
  private.meetings_shared_with,
  private.owner_email,
  private.meetings_shared_at,
  private.touched_meetings,
  private.is_conflict_known,
  private.consider_conflicts,
  private.is_required_conflict,
  private.store_conflicts,
  private.announce_unchecked,
  public.claim_conflict_checks,
  public.read_conflict_context,
  public.settle_conflict_check,
  private.write_checked,
  private.search_conflicting_time
from public, anon, authenticated, service_role;

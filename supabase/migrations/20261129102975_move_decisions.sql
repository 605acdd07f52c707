-- Decides about moves (private.moves): which replies ask for one, which guard rails forbid it, and what becomes of a proposal.

create function private.participants_of_type(p_participants jsonb, p_types text[]) returns text[]
language sql stable set search_path = '' as $$
select coalesce(array_agg(distinct private.item_email(item)), array[]::text[])
from jsonb_array_elements(private.meeting_people(p_participants)) as item
where coalesce(case jsonb_typeof(item) when 'object' then item ->> 'type' end, 'required') = any (p_types);
$$;
comment on function private.participants_of_type(jsonb, text[]) is 'Addresses of the people of a meeting (private.meeting_people) of these types (required, optional, resource), in lower case.';

create function private.move_rules(p_meeting public.meetings) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_given jsonb := nullif(p_meeting.auto_reschedule, 'null');
begin
  if v_given is null then
    select nullif(p.auto_reschedule, 'null') into v_given
    from public.scheduling_preferences as p where p.owner_user_id = p_meeting.organizer_user_id;
  end if;
  if v_given is null or v_given = 'false' then
    if p_meeting.on_conflict <> 'reschedule' then
      return null;
    end if;
    v_given := jsonb '{"on": "conflict"}';
  end if;
  return private.move_defaults()
    || jsonb_build_object('quorum', coalesce(nullif((
      select case when jsonb_typeof(c.value) = 'number' then c.value end
      from (select p_meeting.constraints -> 'minimum_attendee_percentage' as value) as c), '0'), '100'))
    || case jsonb_typeof(v_given) when 'object' then v_given else '{}' end
    || jsonb_build_object('is_valid', v_given ->> 'on' = 'conflict' or private.auto_reschedule_problem(v_given) is null);
end $$;
comment on function private.move_rules(public.meetings) is
  'auto_reschedule of a meeting, or of its organizer where the meeting has none, completed by the defaults; null: the meeting never moves automatically. on is conflict where only on_conflict asks for moves. is_valid: an inserted value may not be.';

create function private.last_moved_at(p_meeting_id text) returns timestamptz
language sql stable set search_path = '' as $$
select max(v.at) from private.moves as v where v.meeting_id = p_meeting_id and v.decision = 'moved';
$$;
comment on function private.last_moved_at(text) is 'When the meeting last moved automatically.';

create function private.declined_people(p_meeting public.meetings) returns text[]
language sql stable set search_path = '' as $$
select coalesce(array_agg(distinct lower(a.email)), array[]::text[])
from jsonb_to_recordset(case jsonb_typeof(p_meeting.attendees) when 'array' then p_meeting.attendees else '[]' end)
  as a (email text, "responseStatus" text, organizer boolean)
where a."responseStatus" = 'declined' and not coalesce(a.organizer, false)
  and lower(a.email) is distinct from private.account_email(p_meeting.organizer_user_id)
  -- A reply from before the last move declined another time.
  and exists (
    select from public.attendee_responses as r
    where r.kind = 'meeting' and r.subject_id = p_meeting.meeting_id and r.email = lower(a.email) and r.response_status = 'declined'
      and r.recorded_at > coalesce(private.last_moved_at(p_meeting.meeting_id), '-infinity'));
$$;
comment on function private.declined_people(public.meetings) is
  'Guests who declined the present time of a meeting. A reply that Google still shows from before the last move does not count.';

create function private.move_trigger(p_meeting public.meetings, p_rules jsonb) returns text
language sql stable set search_path = '' as $$
select case p_rules ->> 'on'
  when 'required_declined' then
    case when d.declined && private.participants_of_type(p_meeting.participants, '{required,resource}') then 'required_declined' end
  when 'quorum_lost' then
    case when (cardinality(d.asked) - cardinality(d.lost)) * 100 < (p_rules ->> 'quorum')::numeric * cardinality(d.asked) then 'quorum_lost' end
end
from (
  select
    private.declined_people(p_meeting) as declined, asked.emails as asked,
    array(select unnest(asked.emails) intersect select unnest(private.declined_people(p_meeting))) as lost
  from (
    select array(
      select e from unnest(private.participants_of_type(p_meeting.participants, '{required}')) as e
      where e is distinct from lower(p_meeting.organizer_email) and e is distinct from private.account_email(p_meeting.organizer_user_id)
        -- People whom others removed from the event are not asked any more.
        and exists (
          select from jsonb_array_elements(case jsonb_typeof(p_meeting.attendees) when 'array' then p_meeting.attendees else '[]' end) as a
          where lower(a.value ->> 'email') = e)) as emails
  ) as asked
) as d;
$$;
comment on function private.move_trigger(public.meetings, jsonb) is
  'Whether the replies to a meeting ask for a move under its rules (private.move_rules): required_declined, quorum_lost, or null. Rooms count for required_declined alone.';

create function private.reason_not_to_move(p_meeting public.meetings, p_rules jsonb, p_version text, p_now timestamptz) returns text
language sql stable set search_path = '' as $$
select case
  when not (p_rules ->> 'is_valid')::boolean then 'invalid_settings'
  when p_meeting.cancelled_at is not null or p_meeting.cancelled_in_google_at is not null then 'cancelled'
  -- An organizer whom Google has not named is unknown, and is left alone.
  when p_meeting.organizer_self is not true then 'not_organizer'
  when p_meeting.recurrence is not null then 'recurring'
  when private.is_pending_field(p_meeting, coalesce(es.named_fields, '{}'), '{time,zone}') then 'time_changing'
  when p_meeting.starts_at <= p_now + make_interval(hours => (p_rules ->> 'freeze_hours')::integer) then 'freeze'
  when (select count(*) from private.moves as v where v.meeting_id = p_meeting.meeting_id and v.decision = 'moved')
    >= (p_rules ->> 'max_moves')::integer then 'max_moves'
  when exists (
    select from private.moves as v
    where v.meeting_id = p_meeting.meeting_id and v.version <> p_version
      and (v.decision = 'searching' or v.decision = 'proposed' and v.expires_at > p_now)) then 'under_way'
end
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id;
$$;
comment on function private.reason_not_to_move(public.meetings, jsonb, text, timestamptz) is
  'Which guard rail keeps a meeting at its time at p_now, without the move of p_version itself; null: it may move.';

create function private.request_move(p_meeting public.meetings, p_rules jsonb, p_version text, p_trigger text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_reason constant text := private.reason_not_to_move(p_meeting, p_rules, p_version, v_now);
begin
  insert into private.moves (meeting_id, version, trigger, decision, reason, at, from_starts_at, from_ends_at)
  values (
    p_meeting.meeting_id, p_version, p_trigger, case when v_reason is null then 'searching' else 'kept' end, v_reason, v_now,
    p_meeting.starts_at, p_meeting.ends_at)
  on conflict do nothing;
  if found and v_reason is null then
    perform private.enqueue(
      'search', p_meeting.meeting_id, p_meeting.organizer_user_id,
      greatest(
        v_now,
        -- Replies that come together become one move.
        private.last_moved_at(p_meeting.meeting_id) + make_interval(mins => (p_rules ->> 'cooldown_minutes')::integer)));
  end if;
end $$;
comment on function private.request_move(public.meetings, jsonb, text, text) is
  'Stores the decision about one version of an event, once, and makes a search due where no guard rail forbids it: after cooldown_minutes since the last move.';

create function private.consider_replies(p_meeting public.meetings, p_version text, p_declined text[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_rules jsonb;
  v_trigger text;
begin
  if cardinality(p_declined) = 0 or p_meeting.starts_at is null or p_meeting.cancelled_at is not null then
    return;
  end if;
  v_rules := private.move_rules(p_meeting);
  if v_rules is null or not p_declined && private.participants_of_type(p_meeting.participants, '{required,resource}') then
    return;
  end if;
  v_trigger := private.move_trigger(p_meeting, v_rules);
  if v_trigger is not null then
    perform private.request_move(p_meeting, v_rules, p_version, v_trigger);
  end if;
end $$;
comment on function private.consider_replies(public.meetings, text, text[]) is
  'New replies: p_declined are the guests who declined in the version p_version of the event.';

create function private.open_move(p_meeting_id text, p_decision text) returns private.moves
language sql volatile set search_path = '' as $$
select v from private.moves as v where v.meeting_id = p_meeting_id and v.decision = p_decision order by v.at desc limit 1 for update;
$$;
comment on function private.open_move(text, text) is 'The move of a meeting that is searched, or proposed; locked. All null: there is none.';

create function private.reason_to_stop(p_meeting public.meetings, p_move private.moves, p_rules jsonb, p_now timestamptz) returns text
language sql stable set search_path = '' as $$
select case
  when p_rules is null then 'off'
  when p_move.trigger <> 'conflict' and p_move.accepted_starts_at is null and private.move_trigger(p_meeting, p_rules) is null then 'reply_changed'
  else private.reason_not_to_move(p_meeting, p_rules, p_move.version, p_now)
end;
$$;
comment on function private.reason_to_stop(public.meetings, private.moves, jsonb, timestamptz) is
  'Why a move that a search is due for does not take place after all: what asked for it has changed since, or a guard rail; null: it may.';

create function private.move_search_json(p_meeting public.meetings) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_move private.moves;
  v_rules jsonb;
  v_length interval;
begin
  select * into v_move from private.moves as v where v.meeting_id = p_meeting.meeting_id and v.decision = 'searching';
  if not found then
    return null;
  end if;
  v_rules := private.move_rules(p_meeting);
  v_length := v_move.from_ends_at - v_move.from_starts_at;
  return jsonb_build_object(
    'reason', private.reason_to_stop(p_meeting, v_move, v_rules, clock_timestamp()),
    'starts_at', v_move.from_starts_at,
    'ends_at', v_move.from_ends_at,
    'accepted_starts_at', v_move.accepted_starts_at,
    'freeze_hours', v_rules -> 'freeze_hours',
    'window_days', v_rules -> 'window_days',
    'excluded', (
      -- A time that was declined once is never offered again, nor are its neighbours.
      select jsonb_agg(jsonb_build_object('start', d.starts_at - v_length, 'end', d.ends_at + v_length))
      from (
        select v.from_starts_at as starts_at, v.from_ends_at as ends_at
        from private.moves as v
        where v.meeting_id = p_meeting.meeting_id and v.decision in ('searching', 'moved')
      ) as d));
end $$;
comment on function private.move_search_json(public.meetings) is
  'What a search for another time needs beside the meeting: {reason, starts_at, ends_at, accepted_starts_at, freeze_hours, window_days, excluded: [{start, end}]}; null: '
  'the meeting is not to be moved. reason: code of why it is not to be searched any more.';

create function private.keep_time(p_move private.moves, p_reason text) returns void
language sql volatile set search_path = '' as $$
update private.moves as v
set decision = 'kept', reason = p_reason, at = clock_timestamp()
where v.meeting_id = p_move.meeting_id and v.version = p_move.version;
$$;
comment on function private.keep_time(private.moves, text) is 'Decides that a meeting keeps its time.';

create function private.best_times(p_candidates jsonb) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_agg(
  jsonb_build_object(
    'start_time', c.value -> 'start_time', 'end_time', c.value -> 'end_time', 'score', c.value -> 'score', 'reasoning', c.value -> 'reasoning')
  order by c.ordinality)
from jsonb_array_elements(p_candidates) with ordinality as c
where c.ordinality <= 3;
$$;
comment on function private.best_times(jsonb) is 'The first three candidates of a search, as private.moves.alternatives has them; null: there is none.';

create function private.propose_time(p_move private.moves, p_rules jsonb, p_candidates jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_move private.moves;
begin
  update private.moves as v
  set
    decision = 'proposed',
    at = clock_timestamp(),
    to_starts_at = (p_candidates -> 0 ->> 'start_time')::timestamptz,
    to_ends_at = (p_candidates -> 0 ->> 'end_time')::timestamptz,
    alternatives = private.best_times(p_candidates),
    expires_at = least(
      clock_timestamp() + make_interval(hours => private.setting('proposal_hours')::integer),
      v.from_starts_at - make_interval(hours => (p_rules ->> 'freeze_hours')::integer))
  where v.meeting_id = p_move.meeting_id and v.version = p_move.version
  returning * into v_move;
  select * into strict v_meeting from public.meetings as m where m.meeting_id = p_move.meeting_id;
  perform private.announce_seen(v_meeting, 'proposed', md5(v_move.version), jsonb_build_object('proposal', jsonb_build_object(
    'trigger', v_move.trigger, 'start_time', v_move.to_starts_at, 'end_time', v_move.to_ends_at,
    'alternatives', v_move.alternatives, 'expires_at', v_move.expires_at)));
end $$;
comment on function private.propose_time(private.moves, jsonb, jsonb) is 'Offers the best of the candidates, and two alternatives, to the organizer, and notifies once.';

create function private.meetings_close_moves() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (
    select from new_meetings as n
    join private.moves as v on v.meeting_id = n.meeting_id and v.decision in ('searching', 'proposed')
    where (n.starts_at, n.ends_at) is distinct from (v.from_starts_at, v.from_ends_at)
      or n.cancelled_at is not null or n.cancelled_in_google_at is not null)
  then
    return null;
  end if;
  with stale as materialized (
    select v.meeting_id, v.version, v.decision,
      n.cancelled_at is not null or n.cancelled_in_google_at is not null as is_cancelled
    from new_meetings as n
    join private.moves as v on v.meeting_id = n.meeting_id and v.decision in ('searching', 'proposed')
    where (n.starts_at, n.ends_at) is distinct from (v.from_starts_at, v.from_ends_at)
      or n.cancelled_at is not null or n.cancelled_in_google_at is not null
    order by v.meeting_id, v.version
    for update of v
  ), closed as (
    update private.moves as v
    set decision = 'kept', reason = case when s.is_cancelled then 'cancelled' else 'time_changed' end, at = clock_timestamp()
    from stale as s
    where v.meeting_id = s.meeting_id and v.version = s.version
  )
  -- Without its move the search would look for any time of a meeting that has one.
  delete from private.work as w
  using stale as s
  where s.decision = 'searching' and w.kind = 'search' and w.subject_id = s.meeting_id;
  return null;
end $$;
comment on function private.meetings_close_moves() is
  'Trigger: a meeting that people, a change or a search moved, or that was cancelled, is not moved any more because of earlier replies.';

create trigger meetings_close_moves
  after update on public.meetings
  referencing new table as new_meetings
  for each statement execute function private.meetings_close_moves();

create function public.decide_move(p_meeting_id text, p_user_id uuid, p_decision text, p_starts_at timestamptz default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_move private.moves;
  v_starts_at timestamptz;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled');
  end if;
  v_move := private.open_move(p_meeting_id, 'proposed');
  if v_move.meeting_id is null or v_move.expires_at <= clock_timestamp() then
    if v_move.meeting_id is not null then
      perform private.keep_time(v_move, 'expired');
    end if;
    return jsonb_build_object('decision', 'no_proposal', 'move', private.last_move_json(p_meeting_id));
  end if;
  v_starts_at := coalesce(p_starts_at, v_move.to_starts_at);
  if p_decision = 'accept' and not exists (
    select from jsonb_array_elements(v_move.alternatives) as a where (a.value ->> 'start_time')::timestamptz = v_starts_at)
  then
    return jsonb_build_object('decision', 'not_offered', 'move', private.last_move_json(p_meeting_id));
  end if;
  if p_decision = 'accept' then
    update private.moves as v
    set decision = 'searching', accepted_starts_at = v_starts_at, at = clock_timestamp()
    where v.meeting_id = p_meeting_id and v.version = v_move.version;
    perform private.enqueue('search', p_meeting_id, v_meeting.organizer_user_id);
  else
    update private.moves as v
    set decision = 'rejected', at = clock_timestamp()
    where v.meeting_id = p_meeting_id and v.version = v_move.version;
    delete from private.slot_holds as h where h.meeting_id = p_meeting_id and lower(h.slot) is distinct from v_meeting.starts_at;
  end if;
  return jsonb_build_object('decision', p_decision || 'ed', 'move', private.last_move_json(p_meeting_id));
end $$;
comment on function public.decide_move(text, uuid, text, timestamptz) is
  'The organizer accepts (p_starts_at: one of the alternatives; null: the proposed time) or rejects the open proposal: {decision, move}. An accepted time is verified by a search that '
  'becomes due. accepted, rejected, no_proposal (expired, decided already, or never made), not_offered, cancelled or not_found.';

revoke all on function
  private.participants_of_type,
  private.move_rules,
  private.last_moved_at,
  private.declined_people,
  private.move_trigger,
  private.reason_not_to_move,
  private.request_move,
  private.consider_replies,
  private.open_move,
  private.reason_to_stop,
  private.move_search_json,
  private.keep_time,
  private.best_times,
  private.propose_time,
  private.meetings_close_moves,
  public.decide_move
from public, anon, authenticated, service_role;

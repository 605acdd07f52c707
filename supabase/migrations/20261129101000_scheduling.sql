-- The search for a slot. A meeting without a slot is due for schedule, with the same leases as other work.

create function private.frozen_calendar_differs(p_meeting public.meetings, p_request jsonb) returns boolean
language sql stable set search_path = '' as $$
select coalesce(
  (
    select p_request ? 'target_calendar_id'
      and coalesce(es.google_account_id, w.google_account_id) is not null
      and (
        p_meeting.writeback_status in ('pending', 'retrying', 'created')
        or es.outcome_unknown_since is not null
        or w.crashes > 0
      )
      and p_request ->> 'target_calendar_id' not in (
        p_meeting.target_calendar_id, coalesce(es.google_calendar_id, w.google_calendar_id, p_meeting.google_calendar_id))
    from (select 1) as one
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id
    left join private.work as w on w.kind = 'write' and w.subject_id = p_meeting.meeting_id
  ),
  false)
$$;
comment on function private.frozen_calendar_differs(public.meetings, jsonb) is
  'Whether a search request names another calendar than the one that has, or may have, the event. An event id belongs to one calendar.';

create function private.as_requested(p_meeting public.meetings) returns public.meetings
language sql stable set search_path = '' as $$
select jsonb_populate_record(
  p_meeting,
  coalesce(es.search_request, '{}')
    -- begin_scheduling refuses another calendar, but a write may have begun since then.
    - case when private.frozen_calendar_differs(p_meeting, es.search_request) then array['target_calendar_id'] else '{}'::text[] end
    || case
      when es.search_request ? 'participants' then
        jsonb_build_object('participants', private.keep_choices(es.search_request -> 'participants', p_meeting.participants))
      else '{}'
    end
)
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id;
$$;
comment on function private.as_requested(public.meetings) is 'The meeting with the request of the search in progress.';

create function private.accept_search_request(p_meeting_id text, p_choices jsonb default null) returns public.meetings
language plpgsql volatile set search_path = '' as $$
declare
  v_before public.meetings;
  v_after public.meetings;
begin
  select * into v_before from public.meetings as m where m.meeting_id = p_meeting_id;
  v_after := private.as_requested(v_before);
  update public.meetings as m
  set
    title = v_after.title, description = v_after.description, location = v_after.location,
    description_details = v_after.description_details, locale = v_after.locale,
    participants = case
      when p_choices is null then v_after.participants else private.with_choices(v_after.participants, p_choices)
    end,
    constraints = v_after.constraints, recurrence = v_after.recurrence, weights = v_after.weights,
    allow_concessions = v_after.allow_concessions, auto_reschedule = v_after.auto_reschedule, on_conflict = v_after.on_conflict, conference = v_after.conference, reminders = v_after.reminders,
    guests_can_modify = v_after.guests_can_modify, guests_can_invite_others = v_after.guests_can_invite_others,
    guests_can_see_other_guests = v_after.guests_can_see_other_guests, target_calendar_id = v_after.target_calendar_id,
    -- A meeting without conference has no link, even while its event still shows one.
    meet_link = case when v_after.conference <> 'none' then m.meet_link end
  where m.meeting_id = p_meeting_id
  returning m.* into v_after;
  update private.event_state as es
  set search_request = null
  where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  return v_after;
end $$;
comment on function private.accept_search_request(text, jsonb) is
  'Stores the request of the search in progress in the row of the meeting, with who was chosen of its groups (private.with_choices).';

create function private.leased_search_json(p_meeting public.meetings, p_work private.work) returns jsonb
language sql volatile set search_path = '' as $$
select private.meeting_json(p_meeting) || jsonb_build_object(
  'lease_token', p_work.lease_token, 'attempts', p_work.attempts, 'max_attempts', private.setting('max_attempts'),
  'lease_seconds', extract(epoch from p_work.leased_until - p_work.leased_at),
  'named_fields', coalesce(es.named_fields, '{}'),
  'google_account_id', coalesce(es.google_account_id, w.google_account_id))
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id
left join private.work as w on w.kind = 'write' and w.subject_id = p_meeting.meeting_id;
$$;
comment on function private.leased_search_json(public.meetings, private.work) is
  'A leased meeting as returned to a search: private.meeting_json with lease_token, attempts, max_attempts, lease_seconds, named_fields and google_account_id.';

create function private.fail_poison_searches() returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[] := array(
    select w.subject_id from private.work as w
    where w.kind = 'search' and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.due_at <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts')
    order by w.subject_id);
begin
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select m.meeting_id from public.meetings as m where m.meeting_id = any (v_ids) order by m.meeting_id for update skip locked);
  v_ids := array(
    select w.subject_id from private.work as w
    where w.kind = 'search' and w.subject_id = any (v_ids) and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.crashes + 1 >= private.setting('max_attempts')
    for update skip locked);
  -- No request was sent for a meeting without a slot, so there is nothing to verify.
  delete from private.work as w where w.kind = 'search' and w.subject_id = any (v_ids);
  with kept as (
    update private.moves as v
    set decision = 'kept', reason = 'search_abandoned', at = clock_timestamp()
    where v.meeting_id = any (v_ids) and v.decision = 'searching'
    returning v.meeting_id
  )
  -- A meeting that was to move has its time, and keeps it.
  select array(select unnest(v_ids) except select k.meeting_id from kept as k) into v_ids;
  update public.meetings as m
  set
    scheduling_status = 'failed',
    scheduling_error = 'search_abandoned',
    scheduling_reason =
      'Processing crashed three times before a time was found. Ask for fewer people, a shorter window or less busy time at once, then schedule the meeting again.',
    scheduling_details = null
  where m.meeting_id = any (v_ids);
end $$;
comment on function private.fail_poison_searches() is 'Searches that crashed their workers max_attempts times fail with search_abandoned.';

create function private.are_large(p_participants jsonb) returns boolean
language sql stable set search_path = '' as $$
-- As stored, compressed: ten or more times as much as text.
select coalesce(pg_column_size(p_participants) > 50000, false);
$$;
comment on function private.are_large(jsonb) is 'Whether the participants of a stored meeting may have megabytes.';

create function private.meetings_of_one_claim(p_meeting_ids text[]) returns text[]
language sql stable set search_path = '' as $$
select array(
  select c.id
  from (
    select u.id, u.place, min(u.place) filter (where private.are_large(m.participants)) over () as first_large
    from unnest(p_meeting_ids) with ordinality as u (id, place)
    left join public.meetings as m on m.meeting_id = u.id
  ) as c
  where c.place = 1 or c.first_large is null or c.place < c.first_large
  order by c.place);
$$;
comment on function private.meetings_of_one_claim(text[]) is
  'Of meetings in the order of their turns, those before the first large one; a large one at the front alone. Side by side they would need gigabytes.';

create function public.claim_schedulings(p_limit integer default 10, p_lease_seconds integer default null) returns setof jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[];
begin
  perform private.fail_poison_searches();
  v_work := array(select w from private.claim_work('search', p_limit, p_lease_seconds) as w);
  return query
  select jsonb_build_object(
    'meeting_id', m.meeting_id, 'organizer_user_id', m.organizer_user_id, 'lease_token', w.lease_token, 'attempts', w.attempts,
    'max_attempts', private.setting('max_attempts'), 'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
    'is_large', private.are_large(m.participants))
  from unnest(v_work) as w
  join public.meetings as m on m.meeting_id = w.subject_id
  order by w.due_at, w.subject_id;
end $$;
comment on function public.claim_schedulings(integer, integer) is
  'Leases meetings that wait for a slot, organizers in turn; or one alone whose lease expired, which fails after max_attempts crashes. '
  'Returns {meeting_id, organizer_user_id, lease_token, attempts, max_attempts, lease_seconds, is_large}; is_large: the row may '
  'have megabytes, and is alone. Settle with settle_scheduling before the lease ends. '
  'p_lease_seconds: null is search_lease_seconds of private.settings.';

create function private.insert_leased_meeting(
  p_meeting_id text, p_user_id uuid, p_meeting jsonb, p_lease_seconds integer
) returns setof public.meetings
language sql volatile set search_path = '' as $$
with inserted as (
  insert into public.meetings (
    meeting_id, organizer_user_id, title, description, location, description_details, locale, participants, constraints, recurrence, weights,
    allow_concessions, auto_reschedule, on_conflict, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
    target_calendar_id
  )
  select
    p_meeting_id, coalesce(p_user_id, given.organizer_user_id), given.title, given.description, given.location,
    given.description_details, given.locale, given.participants, coalesce(given.constraints, '{}'), given.recurrence, given.weights,
    coalesce(given.allow_concessions, false), given.auto_reschedule, coalesce(given.on_conflict, 'warn'), coalesce(given.conference, 'meet'), given.reminders,
    coalesce(given.guests_can_modify, false), coalesce(given.guests_can_invite_others, true),
    coalesce(given.guests_can_see_other_guests, true), coalesce(given.target_calendar_id, 'primary')
  from jsonb_populate_record(null::public.meetings, p_meeting) as given
  on conflict (meeting_id) do nothing
  returning *
), leased as (
  -- Leased in the same statement: a row that is due without a lease would wake a worker.
  insert into private.work (kind, subject_id, owner_id, due_at, lease_token, leased_at, leased_until, request_id)
  select
    'search', i.meeting_id, i.organizer_user_id, clock_timestamp(), gen_random_uuid(), clock_timestamp(),
    clock_timestamp() + private.lease_length('search', p_lease_seconds), private.request_id()
  from inserted as i
)
select * from inserted;
$$;
comment on function private.insert_leased_meeting(text, uuid, jsonb, integer) is 'Inserts a meeting whose search is leased already; no row if the id exists.';

create function public.begin_scheduling(
  p_meeting_id text,
  p_user_id uuid default null,
  p_meeting jsonb default null,
  p_reschedule boolean default false,
  p_lease_seconds integer default null,
  p_is_waiting boolean default false
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_work private.work;
  v_context jsonb;
  v_pause jsonb;
  -- Megabytes that the caller has sent need not be read again.
  v_is_sent boolean;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found then
    if p_meeting is null then
      return jsonb_build_object('decision', 'not_found');
    end if;
    if not p_meeting ? 'participants' then
      return jsonb_build_object('decision', 'incomplete', 'path', 'participants');
    elsif coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id') is null then
      return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end if;
    v_pause := private.pause_refusal('search', coalesce(p_user_id, (p_meeting ->> 'organizer_user_id')::uuid));
    if v_pause is not null then
      return v_pause;
    end if;
    v_context := private.search_context(private.new_meeting(p_user_id, p_meeting), true, true);
    if v_context ->> 'decision' = 'limit_reached' then
      return v_context;
    end if;
    begin
      select * into v_meeting from private.insert_leased_meeting(p_meeting_id, p_user_id, p_meeting, p_lease_seconds);
    exception
      when foreign_key_violation then
        return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end;
    if v_meeting.meeting_id is null then
      -- The same id was inserted between the first read and the insert.
      return private.lease_wait('search') || jsonb_build_object('decision', 'in_progress', 'retry_after_seconds', 1);
    end if;
    select * into v_work from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
    return case
      -- With participants it is a new meeting whose id the caller chose.
      when p_meeting ? 'participants' then jsonb_build_object('decision', 'taken', 'path', 'meeting_id')
      else jsonb_build_object('decision', 'not_found')
    end;
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
  else
    select * into v_work from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id for update;
    if v_work.leased_until > clock_timestamp() then
      return private.lease_wait('search') || jsonb_build_object(
        'decision', 'in_progress', 'meeting', private.meeting_json(v_meeting),
        'retry_after_seconds', ceil(extract(epoch from v_work.leased_until - clock_timestamp())));
    elsif p_is_waiting and v_meeting.scheduling_status in ('failed', 'retrying') and v_work.lease_token is null then
      return jsonb_build_object(
        'decision', v_meeting.scheduling_status, 'meeting', private.meeting_json(v_meeting),
        'retry_after_seconds', ceil(extract(epoch from v_work.due_at - clock_timestamp())));
    elsif v_meeting.scheduling_status = 'scheduled' and not p_reschedule then
      v_is_sent := private.are_large(v_meeting.participants) and p_meeting -> 'participants' = v_meeting.participants;
      if v_is_sent then
        v_meeting.participants := private.as_guests(v_meeting.participants);
      end if;
      return jsonb_build_object(
        'decision', 'scheduled', 'has_availability', v_is_sent is not true, 'meeting', private.meeting_json(v_meeting));
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id', 'meeting', private.meeting_json(v_meeting));
    end if;
    v_pause := private.pause_refusal('search', v_meeting.organizer_user_id);
    if v_pause is not null then
      return v_pause || jsonb_build_object('meeting', private.meeting_json(v_meeting));
    end if;
    v_context := private.search_context(
      jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'), true, v_meeting.google_event_id is null);
    if v_context ->> 'decision' = 'limit_reached' then
      return v_context || jsonb_build_object('meeting', private.meeting_json(v_meeting));
    end if;
    -- The caller searches another time now, under the meeting's own constraints.
    perform private.keep_time(private.open_move(p_meeting_id, 'searching'), 'search_requested');
    perform private.keep_time(private.open_move(p_meeting_id, 'proposed'), 'search_requested');
    if v_work.subject_id is null then
      -- Leased but not due: if the caller disconnects, the queue does not repeat the search.
      insert into private.work (kind, subject_id, owner_id, due_at)
      values ('search', p_meeting_id, v_meeting.organizer_user_id, 'infinity');
    end if;
    select * into v_work from private.lease_work('search', array[p_meeting_id], p_lease_seconds);
    insert into private.event_state as es (kind, subject_id, search_request)
    values ('meeting', p_meeting_id, p_meeting - 'organizer_user_id')
    on conflict (kind, subject_id) do update set search_request = excluded.search_request;
    if v_meeting.starts_at is null then
      -- The row has no slot yet, so its request may be replaced.
      v_meeting := private.accept_search_request(p_meeting_id);
    end if;
  end if;

  v_meeting := private.as_requested(v_meeting);
  v_is_sent := p_meeting ? 'participants' and private.are_large(v_meeting.participants);
  if v_is_sent then
    v_meeting.participants := private.as_guests(v_meeting.participants);
  end if;
  return jsonb_build_object('decision', 'claimed', 'has_availability', v_is_sent is not true)
    || v_context
    || jsonb_build_object('meeting', private.leased_search_json(v_meeting, v_work));
end $$;
comment on function public.begin_scheduling(text, uuid, jsonb, boolean, integer, boolean) is
  'Leases a meeting for a search, in one round trip: {decision, meeting, connection, own_connections, preferences, burdens, turns, '
  'has_availability, retry_after_seconds}; spends the organizer''s budgets. An unknown id is inserted from p_meeting, already leased. decision: claimed, scheduled, '
  'in_progress, cancelled, not_found (also for another user''s meeting), taken: the id of a new meeting (p_meeting has '
  'participants) is another user''s, incomplete: a new meeting lacks participants '
  'or an organizer that exists (path), limit_reached (limit, allowed, until): a budget is used up, and nothing is stored or leased, processing_paused (paused_until): an operator has paused '
  'searches, and nothing is stored or leased, or frozen: a field that cannot be changed because the event exists, or may '
  'exist (path). in_progress: another worker has the lease (is_leased, wait_seconds). p_is_waiting: the caller has waited for that lease, and gets '
  'failed or retrying if its search found no slot, instead of a lease. has_availability false: the participants are those of p_meeting and large, so '
  'they come without busy time, open hours and preferences.';

create function public.settle_scheduling(
  p_meeting_id text,
  p_lease_token uuid,
  p_slot jsonb default null,
  p_candidates jsonb default '[]',
  p_error text default null,
  p_reason text default null,
  p_details jsonb default null,
  p_verdict text default 'reject',
  p_not_before_seconds double precision default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_work private.work;
  v_move private.moves;
  v_rules jsonb;
  v_reason text;
  v_hold jsonb;
  v_index integer;
  v_chosen jsonb;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  select * into v_work from private.work as w
  where w.kind = 'search' and w.subject_id = p_meeting_id and w.lease_token = p_lease_token
  for update;
  if v_meeting.meeting_id is null or v_work.subject_id is null then
    return jsonb_build_object('decision', 'lease_lost');
  end if;
  v_move := private.open_move(p_meeting_id, 'searching');

  if p_slot is null then
    v_work := private.next_work(
      v_work,
      case
        -- A meeting keeps its slot when a new search finds none, unless another meeting was given it and this search may still find one.
        when v_meeting.starts_at is not null
          and not (
            p_verdict in ('retry', 'defer')
            and (v_move.meeting_id is not null or coalesce(split_part(v_meeting.writeback_error, ':', 1) = 'slot_taken', false))) then 'done'
        else p_verdict
      end,
      case
        -- Google asked to slow down again: the wait grows.
        when p_verdict = 'defer' and v_work.deferrals > 0 then
          greatest(p_not_before_seconds, extract(epoch from private.backoff(v_work.deferrals + 1)))
        else p_not_before_seconds
      end);
    perform private.store_work(v_work);
    update private.event_state as es set search_request = null where es.kind = 'meeting' and es.subject_id = p_meeting_id;
    if v_move.meeting_id is not null then
      -- What the search for another time came to says nothing about the time that the meeting has.
      if v_work.due_at is null then
        perform private.keep_time(v_move, coalesce(p_details ->> 'move', p_details ->> 'reason', p_error));
      end if;
      return jsonb_build_object(
        'decision', 'settled', 'retry_after_seconds', ceil(extract(epoch from v_work.due_at - clock_timestamp())));
    end if;
    update public.meetings as m
    set
      scheduling_status = case
        when m.starts_at is not null then 'scheduled'
        when v_work.due_at is not null then 'retrying'
        else 'failed'
      end,
      scheduling_error = p_error,
      scheduling_reason = p_reason,
      -- The details belong to the slot, which is kept.
      scheduling_details = case when m.starts_at is null then p_details else m.scheduling_details end,
      candidates = case when m.starts_at is null then p_candidates else m.candidates end
    where m.meeting_id = p_meeting_id;
    return jsonb_build_object(
      'decision', 'settled', 'retry_after_seconds', ceil(extract(epoch from v_work.due_at - clock_timestamp())));
  end if;

  -- The calendars that were read under an expired lease may have changed.
  if v_work.leased_until <= clock_timestamp() then
    return jsonb_build_object('decision', 'lease_lost');
  end if;
  if v_move.meeting_id is not null then
    v_rules := private.move_rules(v_meeting);
    v_reason := private.reason_to_stop(v_meeting, v_move, v_rules, clock_timestamp());
    if v_reason is null and exists (
      select from jsonb_array_elements(p_candidates) as c
      where (c.value ->> 'start_time')::timestamptz <= clock_timestamp() + make_interval(hours => (v_rules ->> 'freeze_hours')::integer))
    then
      v_reason := 'freeze';
    end if;
    if v_reason is not null then
      perform private.keep_time(v_move, v_reason);
      v_work.due_at := null;
      perform private.store_work(v_work);
      return jsonb_build_object('decision', 'kept', 'reason', v_reason);
    end if;
  end if;
  v_hold := private.hold_first_free(
    p_meeting_id, null, v_meeting.organizer_user_id, array(select distinct lower(email) from jsonb_array_elements_text(p_slot -> 'held') as email), p_candidates,
    p_slot -> 'occurrences');
  if v_hold ->> 'decision' <> 'settled' then
    return v_hold;
  end if;

  v_index := (v_hold ->> 'candidate')::integer;
  v_chosen := p_candidates -> v_index;
  v_work.due_at := null;
  perform private.store_work(v_work);
  if v_move.meeting_id is not null and (v_rules ->> 'approve')::boolean and v_move.accepted_starts_at is null then
    perform private.propose_time(v_move, v_rules, (
      select jsonb_agg(c.value order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c where c.ordinality > v_index));
    return jsonb_build_object('decision', 'proposed', 'candidate', v_index);
  elsif v_move.meeting_id is not null then
    update private.moves as v
    set
      decision = 'moved', at = clock_timestamp(), desired_version = v_meeting.desired_version + 1,
      to_starts_at = (v_chosen ->> 'start_time')::timestamptz, to_ends_at = (v_chosen ->> 'end_time')::timestamptz
    where v.meeting_id = p_meeting_id and v.version = v_move.version;
  end if;
  perform private.accept_search_request(p_meeting_id, p_slot -> 'choices' -> v_index);
  perform private.apply_write_event(p_meeting_id, jsonb_build_object(
    'type', 'slot_found',
    'slot', jsonb_build_object(
      'starts_at', v_chosen -> 'start_time', 'ends_at', v_chosen -> 'end_time',
      -- A moved event stays in its zone, also where people chose it.
      'timezone', case when v_move.meeting_id is not null then coalesce(v_meeting.timezone, p_slot ->> 'timezone') else p_slot ->> 'timezone' end)));
  update public.meetings as m
  set
    score = (v_chosen ->> 'score')::numeric,
    reasoning = v_chosen ->> 'reasoning',
    candidates = (
      select jsonb_agg(c.value - 'event_reasoning' order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c
      where c.ordinality > v_index and c.ordinality <= v_index + (p_slot ->> 'max_candidates')::integer
    ),
    scheduled_at = clock_timestamp(),
    scheduling_status = 'scheduled',
    scheduling_error = null,
    scheduling_reason = null,
    -- What guests may read of the reasons stays beside them; an event is composed of the row.
    scheduling_details = coalesce(p_details, '{}') || jsonb_build_object('event_reasoning', v_chosen -> 'event_reasoning')
  where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $$;
comment on function public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, text, double precision) is
  'Settles the lease of a search. p_slot {timezone, held, max_candidates, occurrences, choices} takes the first of p_candidates at '
  'which none of held (addresses) has a hold of another meeting, and makes write-back due; occurrences is, for a '
  'series, a list for each candidate of {start_time, end_time, taken}, all of which it takes; choices is, for a meeting with groups, who is chosen at each candidate '
  '(private.with_choices). Without p_slot the '
  'meeting failed with p_error (code) and p_reason (sentence): for good (p_verdict reject), or until the backoff is over or '
  'p_not_before_seconds have passed (retry, which spends an attempt, or defer). {decision, candidate, limit, retry_after_seconds}: '
  'settled (candidate: its index, from 0; retry_after_seconds: when the search is due again), taken '
  'or too_many_holds (limit: how many times an organizer may hold; the lease stays valid), lease_lost (nothing was changed). Of a meeting that is to move '
  'automatically (private.moves) also proposed (candidate: the best one waits for the organizer) or kept (reason: the guard rail).';

revoke all on function
  private.frozen_calendar_differs,
  private.as_requested,
  private.accept_search_request,
  private.leased_search_json,
  private.fail_poison_searches,
  private.are_large,
  private.meetings_of_one_claim,
  public.claim_schedulings,
  private.insert_leased_meeting,
  public.begin_scheduling,
  public.settle_scheduling
from public, anon, authenticated, service_role;

-- The scheduling queue: rows without a slot. Same discipline as write-back, with a lease of its own.
create view private.due_schedulings with (security_invoker = true) as
select m.meeting_id, m.organizer_user_id, m.scheduling_next_attempt_at as due_at, m.created_at
from public.meetings as m
where m.scheduling_next_attempt_at <= now()
  and (m.scheduling_leased_until is null or m.scheduling_leased_until <= now());
comment on view private.due_schedulings is 'Meetings that wait for a slot and that no live lease covers.';
comment on column private.due_schedulings.meeting_id is 'The meeting.';
comment on column private.due_schedulings.organizer_user_id is 'Its organizer.';
comment on column private.due_schedulings.due_at is 'Since when the search is due.';
comment on column private.due_schedulings.created_at is 'When the meeting was inserted.';

-- Whether a proposal names another calendar than the one that holds the event, or may: Google has it under an id
-- that belongs to that calendar.
create function private.changes_frozen_calendar(p_meeting public.meetings, p_proposal jsonb) returns boolean
language sql immutable set search_path = '' as $$
select coalesce(
  p_proposal ? 'target_calendar_id'
    and p_meeting.google_account_id is not null
    and (p_meeting.writeback_status in ('pending', 'retrying', 'created') or p_meeting.writeback_outcome_unknown)
    and p_proposal ->> 'target_calendar_id' not in (p_meeting.target_calendar_id, p_meeting.google_calendar_id),
  false)
$$;
comment on function private.changes_frozen_calendar is
  'Whether a proposal names another calendar than the one that holds the event, or may hold it.';

create function private.as_proposed(p_meeting public.meetings) returns public.meetings
language sql stable set search_path = '' as $$
select jsonb_populate_record(
  p_meeting,
  coalesce(p_meeting.scheduling_proposal, '{}')
    -- begin_scheduling refuses another calendar; a write that began since has frozen the one there was.
    - case when private.changes_frozen_calendar(p_meeting, p_meeting.scheduling_proposal) then array['target_calendar_id'] else '{}'::text[] end
);
$$;
comment on function private.as_proposed is 'The row as the search in progress was asked for it.';

create function private.accept_proposal(p_meeting_id text) returns public.meetings
language sql set search_path = '' as $$
update public.meetings as m
set
  (title, description, location, participants, constraints, recurrence, weights, allow_concessions, conference, reminders,
    guests_can_modify, guests_can_invite_others, guests_can_see_other_guests, target_calendar_id, event_settings_version) = (
    select
      p.title, p.description, p.location, p.participants, p.constraints, p.recurrence, p.weights, p.allow_concessions, p.conference,
      p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests, p.target_calendar_id,
      -- The version that the slot found for the proposal will have.
      case
        when m.starts_at is not null
          and (p.conference, p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests)
            is distinct from (m.conference, m.reminders, m.guests_can_modify, m.guests_can_invite_others, m.guests_can_see_other_guests)
        then m.desired_version + 1
        else m.event_settings_version
      end
    from private.as_proposed(m) as p
  ),
  scheduling_proposal = null
where m.meeting_id = p_meeting_id
returning m.*;
$$;
comment on function private.accept_proposal is 'Stores the proposal of a search in the row itself and clears it.';

-- Nothing was ever sent for a meeting without a slot, so there is nothing to look for before it is given up.
create function private.give_up_killing_searches() returns void
language sql set search_path = '' as $$
update public.meetings as m
set
  scheduling_status = 'failed',
  scheduling_error = 'search_abandoned',
  scheduling_reason =
    'The workers that searched for a time ended three times before they had one. Ask for fewer people, a shorter window or less busy time at once, then schedule the meeting again.',
  scheduling_details = null,
  scheduling_next_attempt_at = null,
  scheduling_lease_token = null,
  scheduling_leased_until = null,
  scheduling_lease_losses = 0,
  scheduling_retry_count = 0,
  scheduling_waits = 0
where m.meeting_id in (
  select a.meeting_id
  from public.meetings as a
  where a.scheduling_lease_token is not null
    and a.scheduling_next_attempt_at is not null
    and a.scheduling_leased_until <= clock_timestamp()
    and a.scheduling_lease_losses >= 2
  for update skip locked
);
$$;
comment on function private.give_up_killing_searches is
  'Marks meetings failed (search_abandoned) whose search lost its lease three times in a row.';

-- One abandoned row, unless another one is in somebody's hands: a row that kills its worker must find no
-- neighbours there.
create function private.choose_abandoned_scheduling() returns text
language sql volatile set search_path = '' as $$
select m.meeting_id
from public.meetings as m
where m.scheduling_lease_token is not null
  and m.scheduling_next_attempt_at <= clock_timestamp()
  and m.scheduling_leased_until <= clock_timestamp()
  and not exists (
    select from public.meetings as other
    where other.scheduling_lease_token is not null
      and other.scheduling_next_attempt_at is not null
      and other.scheduling_leased_until > clock_timestamp()
      and other.scheduling_lease_losses > 0
  )
order by m.scheduling_leased_until, m.meeting_id
limit 1
for update of m skip locked;
$$;
comment on function private.choose_abandoned_scheduling is
  'One row whose search lease expired, locked; null while another such row is leased, because a row that kills its '
  'worker must be processed alone.';

create function public.claim_schedulings(p_limit integer default 10, p_lease_seconds integer default 60)
returns setof public.meetings
language plpgsql set search_path = '' as $$
declare
  v_ids text[];
begin
  perform private.give_up_killing_searches();
  if p_limit > 0 then
    v_ids := array(
      select a.id from (select private.choose_abandoned_scheduling() as id) as a where a.id is not null);
  end if;
  if coalesce(cardinality(v_ids), 0) = 0 then
    v_ids := array(
      select m.meeting_id
      from public.meetings as m
      where m.scheduling_next_attempt_at <= clock_timestamp() and m.scheduling_lease_token is null
      order by m.scheduling_next_attempt_at, m.created_at
      limit p_limit
      for update skip locked);
  end if;
  return query
  update public.meetings as m
  set
    scheduling_lease_token = gen_random_uuid(),
    scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
    scheduling_attempts = m.scheduling_attempts + 1,
    scheduling_lease_losses = m.scheduling_lease_losses + case when m.scheduling_lease_token is null then 0 else 1 end
  where m.meeting_id = any (v_ids)
  returning m.*;
end $$;
comment on function public.claim_schedulings is
  'Leases meetings that wait for a slot, oldest first; or one alone whose worker died, which fails after three '
  'deaths. Settle with settle_scheduling before the lease ends.';

create function private.insert_leased_meeting(
  p_meeting_id text, p_user_id uuid, p_meeting jsonb, p_lease_seconds integer
) returns public.meetings
language sql set search_path = '' as $$
insert into public.meetings (
  meeting_id, organizer_user_id, title, description, location, participants, constraints, recurrence, weights,
  allow_concessions, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
  target_calendar_id, scheduling_lease_token, scheduling_leased_until, scheduling_attempts
)
select
  p_meeting_id, coalesce(p_user_id, given.organizer_user_id), given.title, given.description, given.location,
  given.participants, coalesce(given.constraints, '{}'), given.recurrence, given.weights,
  coalesce(given.allow_concessions, false), coalesce(given.conference, 'meet'), given.reminders,
  coalesce(given.guests_can_modify, false), coalesce(given.guests_can_invite_others, true),
  coalesce(given.guests_can_see_other_guests, true), coalesce(given.target_calendar_id, 'primary'),
  gen_random_uuid(), clock_timestamp() + make_interval(secs => p_lease_seconds), 1
from jsonb_populate_record(null::public.meetings, p_meeting) as given
on conflict (meeting_id) do nothing
returning *;
$$;
comment on function private.insert_leased_meeting is
  'Inserts a meeting with a search lease already on it, so that the insert does not wake schedule; a null row when '
  'the id exists.';

create function public.begin_scheduling(
  p_meeting_id text,
  p_user_id uuid default null,
  p_meeting jsonb default null,
  p_reschedule boolean default false,
  p_lease_seconds integer default 60
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
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
    begin
      v_meeting := private.insert_leased_meeting(p_meeting_id, p_user_id, p_meeting, p_lease_seconds);
    exception
      when foreign_key_violation then
        return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end;
    if v_meeting.meeting_id is null then
      -- Somebody inserted the same id between the look and the insert.
      return jsonb_build_object('decision', 'in_progress', 'retry_after_seconds', 1);
    end if;
  elsif p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.scheduling_leased_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.scheduling_leased_until - clock_timestamp())));
  elsif v_meeting.scheduling_status = 'scheduled' and not p_reschedule then
    return jsonb_build_object('decision', 'scheduled', 'meeting', to_jsonb(v_meeting));
  elsif private.changes_frozen_calendar(v_meeting, p_meeting) then
    return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id', 'meeting', to_jsonb(v_meeting));
  else
    update public.meetings as m
    set
      scheduling_proposal = p_meeting - 'organizer_user_id',
      scheduling_lease_token = gen_random_uuid(),
      scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
      scheduling_attempts = m.scheduling_attempts + 1,
      scheduling_lease_losses = m.scheduling_lease_losses + case when m.scheduling_lease_token is null then 0 else 1 end
    where m.meeting_id = p_meeting_id
    returning m.* into v_meeting;
    if v_meeting.starts_at is null then
      -- Nothing was found for what the row says, so nothing is lost with it.
      v_meeting := private.accept_proposal(p_meeting_id);
    end if;
  end if;

  return jsonb_build_object('decision', 'claimed') || private.scheduling_context(private.as_proposed(v_meeting));
end $$;
comment on function public.begin_scheduling is
  'One round trip before a meeting is scheduled: {decision, meeting, connection, own_connections, burdens, '
  'retry_after_seconds}. An unknown id is inserted from p_meeting, already leased. decision: claimed, scheduled, '
  'in_progress, cancelled, not_found (also for another user''s meeting), incomplete: a new meeting lacks participants '
  'or an organizer that exists (path), or frozen: what an existing event, or one that may exist, cannot change '
  '(path).';

create function public.settle_scheduling(
  p_meeting_id text,
  p_lease_token uuid,
  p_slot jsonb default null,
  p_candidates jsonb default '[]',
  p_error text default null,
  p_reason text default null,
  p_details jsonb default null,
  p_retry_after_seconds double precision default null
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_index integer;
  v_chosen jsonb;
  v_is_put_off boolean;
  -- A meeting that failed with a known outcome has no event, so nothing of its last attempt binds the next one.
  v_is_free boolean;
begin
  select * into v_meeting from public.meetings as m
  where m.meeting_id = p_meeting_id and m.scheduling_lease_token = p_lease_token
  for update;
  if not found then
    return jsonb_build_object('decision', 'lease_lost');
  end if;

  if p_slot is null then
    v_is_put_off := p_retry_after_seconds is not null;
    update public.meetings as m
    set
      -- A meeting that has a slot keeps it when a new search finds none.
      scheduling_status = case
        when m.starts_at is not null then 'scheduled'
        when v_is_put_off then 'retrying'
        else 'failed'
      end,
      scheduling_error = p_error,
      scheduling_reason = p_reason,
      -- What was said of the slot stays with it.
      scheduling_details = case when m.starts_at is null then p_details else m.scheduling_details end,
      candidates = case when m.starts_at is null then p_candidates else m.candidates end,
      scheduling_next_attempt_at = case
        when m.starts_at is null then clock_timestamp() + make_interval(secs => p_retry_after_seconds)
      end,
      scheduling_retry_count = case
        when not v_is_put_off or m.starts_at is not null then 0
        when p_error = 'google_unavailable' then m.scheduling_retry_count + 1
        else m.scheduling_retry_count
      end,
      scheduling_waits = case
        when not v_is_put_off or m.starts_at is not null then 0
        when p_error = 'google_unavailable' then m.scheduling_waits
        else m.scheduling_waits + 1
      end,
      scheduling_lease_losses = 0,
      scheduling_proposal = null,
      scheduling_lease_token = null,
      scheduling_leased_until = null
    where m.meeting_id = p_meeting_id;
    return jsonb_build_object('decision', 'settled');
  end if;

  -- What was read under a lease that has ended is too old to promise anybody's time.
  if v_meeting.scheduling_leased_until <= clock_timestamp() then
    return jsonb_build_object('decision', 'lease_lost');
  elsif private.holds_too_many(v_meeting) then
    return jsonb_build_object('decision', 'too_many_holds');
  end if;
  v_index := private.hold_first_free(
    v_meeting, array(select distinct lower(email) from jsonb_array_elements_text(p_slot -> 'held') as email), p_candidates,
    p_slot -> 'occurrences');
  if v_index is null then
    return jsonb_build_object('decision', 'taken');
  end if;

  v_chosen := p_candidates -> v_index;
  v_is_free := coalesce(v_meeting.writeback_status = 'failed' and not v_meeting.writeback_outcome_unknown, false);
  perform private.accept_proposal(p_meeting_id);
  update public.meetings as m
  set
    starts_at = (v_chosen ->> 'start_time')::timestamptz,
    ends_at = (v_chosen ->> 'end_time')::timestamptz,
    timezone = p_slot ->> 'timezone',
    score = (v_chosen ->> 'score')::numeric,
    reasoning = v_chosen ->> 'reasoning',
    candidates = (
      select jsonb_agg(c.value order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c
      where c.ordinality > v_index and c.ordinality <= v_index + (p_slot ->> 'max_candidates')::integer
    ),
    scheduled_at = clock_timestamp(),
    scheduling_status = 'scheduled',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = p_details,
    scheduling_next_attempt_at = null,
    scheduling_retry_count = 0,
    scheduling_waits = 0,
    scheduling_lease_losses = 0,
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    -- An event that exists, or may, is changed; where there is none, the queue starts afresh.
    writeback_status = case when m.writeback_status in ('created', 'retrying') then m.writeback_status else 'pending' end,
    writeback_operation = case when m.writeback_status = 'created' then 'update' else m.writeback_operation end,
    writeback_error = case when m.writeback_status in ('created', 'retrying') then m.writeback_error end,
    writeback_retry_count = case when m.writeback_status in ('created', 'retrying') then m.writeback_retry_count else 0 end,
    writeback_attempts = case when m.writeback_status in ('created', 'retrying') then m.writeback_attempts else 0 end,
    writeback_next_attempt_at = coalesce(m.writeback_next_attempt_at, clock_timestamp()),
    google_account_id = case when not v_is_free then m.google_account_id end,
    event_generation = m.event_generation
      + case when v_is_free and split_part(m.writeback_error, ':', 1) = 'foreign_event' then 1 else 0 end,
    desired_version = m.desired_version + case when m.starts_at is null then 0 else 1 end
  where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $$;
comment on function public.settle_scheduling is
  'Ends a scheduling lease. p_slot {timezone, held, max_candidates, occurrences} takes the first of p_candidates at '
  'which none of held (addresses) has a hold of another meeting, and makes write-back due; occurrences is, for a '
  'series, a list for each candidate of {start_time, end_time, taken}, all of which it takes. Without p_slot the '
  'meeting failed with p_error (code) and p_reason (sentence), or is retried after p_retry_after_seconds, which '
  'spends an attempt only as google_unavailable. {decision, candidate}: settled (candidate: its index, from 0), taken '
  'or too_many_holds (the lease goes on), lease_lost (nothing was changed).';

revoke all on private.due_schedulings from public, anon, authenticated, service_role;
revoke all on function
  private.changes_frozen_calendar,
  private.as_proposed,
  private.accept_proposal,
  private.give_up_killing_searches,
  private.choose_abandoned_scheduling,
  public.claim_schedulings,
  private.insert_leased_meeting,
  public.begin_scheduling,
  public.settle_scheduling
from public, anon, authenticated, service_role;

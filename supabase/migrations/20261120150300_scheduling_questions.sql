-- What a search may be asked beyond people and constraints, and one round trip before it and after it.
alter table public.meetings
  add column weights jsonb,
  add column allow_concessions boolean not null default false;
comment on column public.meetings.weights is
  '{availability, preference, conflict_proximity, fragmentation, optimization}: points, 100 in all; null is 35, 25, 20, 15, 5.';
comment on column public.meetings.allow_concessions is
  'Take a slot that asks for concessions (fewer people, smaller buffers, less time) where nothing fits everyone.';
grant insert (weights, allow_concessions) on public.meetings to authenticated;

create index idx_google_connections_email on private.google_connections (lower(email));

-- The healthy connections of those among organizer and participants who are users, each with profile (encoded, or null)
-- and profile_is_due.
create function private.own_connections(p_participants jsonb, p_organizer_user_id uuid) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  jsonb_agg(
    to_jsonb(own) || jsonb_build_object(
      'profile', p.profile,
      'profile_is_due',
      (p.learned_at is null or p.learned_at < now() - interval '1 day')
        and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))),
  '[]')
from (
  select distinct on (lower(c.email)) c.*
  from private.google_connections as c
  where c.status = 'healthy'
    and (c.paused_until is null or c.paused_until <= now())
    and (
      c.user_id = p_organizer_user_id
      or lower(c.email) in (
        select distinct email from private.participant_emails(p_participants) as email
      )
    )
  -- Of two users with one Google account the organizer counts, else the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
) as own
left join private.calendar_profiles as p
  on p.user_id = own.user_id and p.google_account_id = own.google_account_id;
$$;

create function private.scheduling_context(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'meeting', to_jsonb(p_meeting),
  'connection', (
    select to_jsonb(c) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ),
  'own_connections', private.own_connections(p_meeting.participants, p_meeting.organizer_user_id),
  'burdens', private.burdens_of(array(
    select distinct email from private.participant_emails(p_meeting.participants) as email
    union
    select lower(c.email) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ))
);
$$;
comment on function private.scheduling_context(public.meetings) is
  '{meeting, connection, own_connections, burdens}: the row, its organizer''s Google connection, those of its people who are '
  'users, and the points that earlier meetings of the same people have cost each.';

create or replace function private.insert_leased_meeting(
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

-- What a repeated search is asked for. It takes the place of what the slot was found for only together
-- with the new slot: a search that is refused leaves the meeting as it was.
alter table public.meetings add column scheduling_proposal jsonb;
comment on column public.meetings.scheduling_proposal is
  'Columns as the search that is under way was asked for them; null when none is.';

create function private.as_proposed(p_meeting public.meetings) returns public.meetings
language sql stable set search_path = '' as $$
select jsonb_populate_record(
  p_meeting,
  coalesce(p_meeting.scheduling_proposal, '{}')
    -- How an event was made is not changed afterwards.
    - case when p_meeting.writeback_status = 'created' then
        array['conference', 'reminders', 'guests_can_modify', 'guests_can_invite_others', 'guests_can_see_other_guests', 'target_calendar_id']
      else '{}'::text[] end
);
$$;

create function private.accept_proposal(p_meeting_id text) returns public.meetings
language sql set search_path = '' as $$
update public.meetings as m
set
  (title, description, location, participants, constraints, recurrence, weights, allow_concessions, conference, reminders,
    guests_can_modify, guests_can_invite_others, guests_can_see_other_guests, target_calendar_id) = (
    select
      p.title, p.description, p.location, p.participants, p.constraints, p.recurrence, p.weights, p.allow_concessions, p.conference,
      p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests, p.target_calendar_id
    from private.as_proposed(m) as p
  ),
  scheduling_proposal = null
where m.meeting_id = p_meeting_id
returning m.*;
$$;

create or replace function public.begin_scheduling(
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
  else
    update public.meetings as m
    set
      scheduling_proposal = p_meeting - 'organizer_user_id',
      scheduling_lease_token = gen_random_uuid(),
      scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
      scheduling_attempts = m.scheduling_attempts + 1
    where m.meeting_id = p_meeting_id
    returning m.* into v_meeting;
    if v_meeting.starts_at is null then
      -- Nothing was found for what the row says, so nothing is lost with it.
      v_meeting := private.accept_proposal(p_meeting_id);
    end if;
  end if;

  return jsonb_build_object('decision', 'claimed') || private.scheduling_context(private.as_proposed(v_meeting));
end $$;
comment on function public.begin_scheduling(text, uuid, jsonb, boolean, integer) is
  'One round trip before a meeting is scheduled: {decision, meeting, connection, own_connections, burdens, retry_after_seconds}. An '
  'unknown id is inserted from p_meeting, already leased, so it does not wake schedule again. '
  'decision: claimed, scheduled, in_progress, cancelled, not_found (also for another user''s), or incomplete: a new meeting '
  'lacks participants or an organizer that exists (path).';

create function public.read_scheduling_context(p_meeting_id text, p_user_id uuid default null, p_meeting jsonb default null)
returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  if found then
    if p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
      return jsonb_build_object('decision', 'not_found');
    end if;
    return jsonb_build_object('decision', 'stored')
      || private.scheduling_context(jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'));
  end if;
  if p_meeting is null then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_meeting := jsonb_populate_record(
    null::public.meetings,
    p_meeting || jsonb_build_object('organizer_user_id', coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id')));
  return jsonb_build_object('decision', 'new') || (private.scheduling_context(v_meeting) - 'meeting');
end $$;
comment on function public.read_scheduling_context(text, uuid, jsonb) is
  'What a search needs of a meeting (of p_user_id, if given) as p_meeting would change it, storing nothing: {decision, meeting, '
  'connection, own_connections, burdens}. decision: stored, new (no such meeting, so none is told) or not_found.';

-- The answer has become richer: which of the candidates nobody else had taken.
drop function public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision);

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
begin
  select * into v_meeting from public.meetings as m
  where m.meeting_id = p_meeting_id and m.scheduling_lease_token = p_lease_token
  for update;
  if not found then
    return jsonb_build_object('decision', 'lease_lost');
  end if;

  if p_slot is null then
    update public.meetings as m
    set
      -- A meeting that has a slot keeps it when a new search finds none.
      scheduling_status = case
        when m.starts_at is not null then 'scheduled'
        when p_retry_after_seconds is not null then 'retrying'
        else 'failed'
      end,
      scheduling_error = p_error,
      scheduling_reason = p_reason,
      scheduling_details = p_details,
      candidates = p_candidates,
      scheduling_next_attempt_at = case
        when m.starts_at is null then clock_timestamp() + make_interval(secs => p_retry_after_seconds)
      end,
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
    v_meeting, array(select distinct lower(email) from jsonb_array_elements_text(p_slot -> 'held') as email), p_candidates);
  if v_index is null then
    return jsonb_build_object('decision', 'taken');
  end if;

  v_chosen := p_candidates -> v_index;
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
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    -- An event that exists, or may, is changed; where there is none, the queue starts afresh.
    writeback_status = case when m.writeback_status in ('created', 'retrying') then m.writeback_status else 'pending' end,
    writeback_operation = case when m.writeback_status = 'created' then 'update' else m.writeback_operation end,
    writeback_error = case when m.writeback_status in ('created', 'retrying') then m.writeback_error end,
    writeback_retry_count = case when m.writeback_status in ('created', 'retrying') then m.writeback_retry_count else 0 end,
    writeback_attempts = case when m.writeback_status in ('created', 'retrying') then m.writeback_attempts else 0 end,
    writeback_next_attempt_at = coalesce(m.writeback_next_attempt_at, clock_timestamp()),
    desired_version = m.desired_version + case when m.starts_at is null then 0 else 1 end
  where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $$;
comment on function public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision) is
  'Ends a scheduling lease. p_slot {timezone, held, max_candidates} takes the first of p_candidates at which nobody of held '
  '(addresses) is promised to another meeting, and makes write-back due; without it the meeting failed with p_error (code) and '
  'p_reason (sentence), or is tried again after p_retry_after_seconds. {decision, candidate}: settled (candidate: which one, '
  'from 0), taken or too_many_holds (the lease goes on), lease_lost (nothing was changed).';

revoke all on function
  private.own_connections(jsonb, uuid), private.scheduling_context(public.meetings),
  private.as_proposed(public.meetings), private.accept_proposal(text),
  public.read_scheduling_context(text, uuid, jsonb),
  public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision)
from public, anon, authenticated, service_role;
grant execute on function
  private.own_connections(jsonb, uuid), private.scheduling_context(public.meetings),
  private.as_proposed(public.meetings), private.accept_proposal(text),
  public.read_scheduling_context(text, uuid, jsonb),
  public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision)
to service_role;
